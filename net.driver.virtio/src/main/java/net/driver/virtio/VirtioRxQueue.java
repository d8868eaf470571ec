package net.driver.virtio;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.device.Interrupt;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.OwnedRxQueue;
import net.hw.virtio.NetHeader;
import net.hw.virtio.VirtqAvail;
import net.hw.virtio.VirtqDesc;
import net.hw.virtio.VirtqUsed;

/**
 * A receive queue: 5.1.6.3, 5.1.6.4. Every posted buffer is one descriptor that begins with the header, directly in front of where the packet
 * will be.
 *
 * <p>As long as the device uses descriptors in the order in which they were posted, descriptor, available entry and used element number i belong
 * together: the available ring is written once, and receiving moves runs of the ring at a time. The first element out of order ends that for this
 * queue, and each is looked up from then on.
 */
final class VirtioRxQueue extends OwnedRxQueue {
    static final int KICKS = OWN;
    static final int VIOLATIONS = OWN + 1;
    /** Shortest used length: a header and an Ethernet header. */
    private static final int MIN_LEN = NetHeader.SIZE + 14;
    /** In flags and gso_type: what would have to be done to the frame before it is one. Nothing of it is negotiated. */
    private static final int OFFLOADS = 0xff00 | NetHeader.NEEDS_CSUM;

    private final SplitRing queue;
    private final NetBuf[] ring;
    private final int[] lengths;
    private final NetBuf[] fresh;
    /** Where the packet begins in a buffer; the header is directly in front of it. */
    private final int packetAt;
    /** Bytes of a posted buffer, header included. */
    private final int room;
    private final int batch;
    /** num_buffers is compared in these bits: all with MRG_RXBUF, else none. */
    private final int numBuffersMask;

    private final boolean vectored;

    private int outstanding;
    /** Used elements that {@link #single} took. */
    private int singleTook;
    /** Null as long as the device keeps the order. */
    private FreeIds free;

    /**
     * @param index the queue's number among the receive queues
     * @param ring for the buffers that the device holds, as many as the queue has descriptors
     * @param mergeable MRG_RXBUF was negotiated
     * @param interrupt its vector, or null
     */
    VirtioRxQueue(int index, SplitRing queue, NetBuf[] ring, NetBufPool pool, DeviceWatch watch, boolean mergeable, Interrupt interrupt) {
        super(index, ring, pool, watch, interrupt, 1 + Violation.values().length);
        this.queue = queue;
        this.ring = ring;
        lengths = new int[queue.size];
        packetAt = Math.max(pool.headroom(), NetHeader.SIZE);
        room = pool.headroom() + pool.dataRoom() - packetAt + NetHeader.SIZE;
        batch = Math.max(1, Math.min(32, queue.size / 4));
        fresh = new NetBuf[batch];
        numBuffersMask = mergeable ? 0xffff : 0;
        vectored = interrupt != null;
    }

    SplitRing queue() {
        return queue;
    }

    /** It has a vector to wait for. */
    boolean hasInterrupt() {
        return vectored;
    }

    /**
     * Posts buffers for the first time; the device is not told yet. On the thread that attaches.
     *
     * @return how many
     */
    int fill(NetBufCache from) {
        long word = VirtqDesc.word(room, VirtqDesc.WRITE, 0);
        for (int i = 0; i < queue.size; i++) {
            VirtqDesc.setWord(queue.memory, VirtqDesc.at(0, i), word);
            VirtqAvail.setEntry(queue.memory, queue.avail, i, i);
        }
        int n = from.take(ring, 0, queue.size);
        counters().add(NO_BUF, n < queue.size ? 1 : 0);
        describe(0, n);
        outstanding = n;
        queue.published = n & 0xffff;
        VirtqAvail.setIdxRelease(queue.memory, queue.avail, n);
        from.flush();
        return n;
    }

    /** The first notification, after DRIVER_OK. */
    void start() {
        queue.notifyDevice();
        counters().add(KICKS, 1);
    }

    /** Notes where the queue stands; its owner has left. */
    void save(HandOver.Writer to) {
        String prefix = "rx." + index() + ".";
        queue.save(to, prefix);
        to.put(prefix + "outstanding", outstanding).put(prefix + "interrupt", vectored ? 1 : 0).put(prefix + "counters", counters().values());
        if (free != null) {
            to.put(prefix + "free", free.all());
        }
    }

    /** Goes on where another driver was. */
    void restore(HandOver from, VirtioPci pci) {
        String prefix = "rx." + index() + ".";
        queue.restore(from, prefix, pci);
        outstanding = from.number(prefix + "outstanding", 0, queue.size);
        long held = Arrays.stream(ring).filter(Objects::nonNull).count();
        if (held != outstanding) {
            throw new DevException(DevError.INVALID_PARAM, "%s holds %d buffers, not %d".formatted(name(), held, outstanding));
        }
        free = from.has(prefix + "free") ? FreeIds.of(queue.size, from.chars(prefix + "free")) : null;
        counters().restore(from.longs(prefix + "counters"));
    }

    @Override
    protected boolean hasFrames() {
        return queue.hasUsed();
    }

    @Override
    protected void armInterrupt() {
        queue.armInterrupt();
    }

    @Override
    protected void disarmInterrupt() {
        queue.suppressInterrupts();
    }

    @Override
    protected void refillIfLow() {
        if (queue.size - outstanding >= batch) {
            refill();
        }
    }

    @Override
    protected int poll(NetBuf[] to, int from, int max) {
        SplitRing q = queue;
        int there = q.usedCount();
        if (there > outstanding) {
            violation(Violation.USED_IDX, there, outstanding);
            return 0;
        }
        int end = from + max;
        int at = from;
        while (there > 0 && at < end) {
            int n = free == null ? run(to, at, Math.min(Math.min(there, end - at), q.size - (q.lastUsed & q.mask))) : 0;
            if (n > 0) {
                at += n;
                there -= n;
            } else {
                at += single(to, at, there);
                there -= singleTook;
            }
        }
        refillIfLow();
        return at - from;
    }

    /**
     * Takes frames from used elements that are in order, complete in one buffer, and right in everything; stops before the first that is not.
     *
     * @param max most elements, up to the ring's end
     */
    private int run(NetBuf[] to, int at, int max) {
        SplitRing q = queue;
        MemorySegment m = q.memory;
        long used = q.used;
        int first = q.lastUsed & q.mask;
        int spread = room - MIN_LEN;
        int[] lens = lengths;
        int good = 0;
        while (good < max) {
            long e = VirtqUsed.element(m, used, first + good);
            int len = VirtqUsed.len(e);
            if (VirtqUsed.id(e) != first + good || Integer.compareUnsigned(len - MIN_LEN, spread) > 0) {
                break;
            }
            lens[good++] = len;
        }
        if (good == 0) {
            return 0;
        }
        System.arraycopy(ring, first, to, at, good);
        int where = packetAt;
        int mask = numBuffersMask;
        long bytes = 0;
        int n = 0;
        while (n < good) {
            NetBuf b = to[at + n];
            int len = lens[n] - NetHeader.SIZE;
            b.received(where, len);
            MemorySegment p = b.memory();
            long header = b.memoryOffset() - NetHeader.SIZE;
            if ((NetHeader.flagsAndGsoType(p, header) & OFFLOADS) != 0 || (NetHeader.numBuffers(p, header) - 1 & mask) != 0) {
                break;
            }
            bytes += len;
            n++;
        }
        Arrays.fill(to, at + n, at + good, null);
        Arrays.fill(ring, first, first + n, null);
        q.lastUsed = q.lastUsed + n & 0xffff;
        outstanding -= n;
        deliver(n, bytes);
        return n;
    }

    /**
     * Takes one frame, whatever it is: several buffers, out of order, or against the rules; then it is dropped.
     *
     * @param there used elements that there are, 1 or more
     * @return 1, or 0 if it was dropped
     */
    private int single(NetBuf[] to, int at, int there) {
        singleTook = 0;
        NetBuf head = take(NetHeader.SIZE);
        if (head == null) {
            counters().add(ERRORS, 1);
            return 0;
        }
        MemorySegment p = head.memory();
        long header = head.memoryOffset() - NetHeader.SIZE;
        int n = NetHeader.numBuffers(p, header);
        boolean good = true;
        int offloads = NetHeader.flagsAndGsoType(p, header) & OFFLOADS;
        if (offloads != 0) {
            violation(Violation.HEADER, offloads, 0);
            good = false;
        }
        if (numBuffersMask == 0) {
            n = 1;
        } else if (n < 1 || n > there) {
            violation(Violation.NUM_BUFFERS, n, there);
            n = Math.min(n, there);
            good = false;
        }
        // Those behind the first have no header: their packet bytes begin where the buffer was posted. 5.1.6.4.
        NetBuf last = head;
        while (singleTook < n) {
            NetBuf b = take(0);
            if (b == null) {
                good = false;
            } else {
                last.chain(b);
                last = b;
            }
        }
        if (!good) {
            cache().release(head);
            counters().add(ERRORS, 1);
            return 0;
        }
        to[at] = head;
        deliver(1, head.frameLength());
        return 1;
    }

    /**
     * Takes the buffer of the next used element.
     *
     * @param header bytes in front of its packet bytes: those of the header, or 0
     * @return null if the element broke a rule; the buffer then is in the cache, or, if nobody knows which it was, stays in the ring
     */
    private NetBuf take(int header) {
        SplitRing q = queue;
        int min = header == 0 ? 1 : MIN_LEN;
        long e = VirtqUsed.element(q.memory, q.used, q.lastUsed & q.mask);
        int expected = q.lastUsed & q.mask;
        q.lastUsed = q.lastUsed + 1 & 0xffff;
        singleTook++;
        int id = VirtqUsed.id(e);
        int len = VirtqUsed.len(e);
        if (free == null && id != expected) {
            leaveOrder();
        }
        NetBuf b = Integer.compareUnsigned(id, q.size) < 0 ? ring[id] : null;
        if (b == null) {
            violation(Violation.USED_ID, id & 0xffff_ffffL, q.size);
            return null;
        }
        ring[id] = null;
        outstanding--;
        if (free != null) {
            free.give(id);
        }
        boolean fits = Integer.compareUnsigned(len - min, room - min) <= 0;
        b.received(packetAt - NetHeader.SIZE + header, fits ? len - header : 0);
        if (!fits) {
            violation(Violation.USED_LEN, len & 0xffff_ffffL, room);
            cache().release(b);
            return null;
        }
        return b;
    }

    /** The device does not keep the order, or cannot be trusted with it: from now on free descriptors are kept by number. */
    private void leaveOrder() {
        free = new FreeIds(queue.size);
        for (int i = queue.published; free.count() < queue.size - outstanding; i++) {
            free.give(i & queue.mask);
        }
    }

    /** Posts fresh buffers, in whole batches; with an empty pool the queue goes on with what is posted. */
    private void refill() {
        SplitRing q = queue;
        int posted = 0;
        int wanted = q.size - outstanding & -batch;
        while (posted < wanted) {
            int first = q.published + posted & q.mask;
            int asked = free == null ? Math.min(wanted - posted, q.size - first) : batch;
            int n;
            if (free == null) {
                n = cache().take(ring, first, asked);
                describe(first, n);
            } else {
                n = refillFree(posted);
            }
            posted += n;
            if (n < asked) {
                counters().add(NO_BUF, 1);
                break;
            }
        }
        if (posted > 0) {
            outstanding += posted;
            if (q.publish(posted)) {
                counters().add(KICKS, 1);
            }
        }
    }

    private int refillFree(int posted) {
        SplitRing q = queue;
        int n = cache().take(fresh, 0, batch);
        for (int i = 0; i < n; i++) {
            int id = free.take();
            ring[id] = fresh[i];
            VirtqDesc.setAddr(q.memory, VirtqDesc.at(0, id), fresh[i].bufferIova() + packetAt - NetHeader.SIZE);
            VirtqAvail.setEntry(q.memory, q.avail, q.published + posted + i & q.mask, id);
        }
        Arrays.fill(fresh, 0, n, null);
        return n;
    }

    /** Descriptors {@code first} on get the addresses of the buffers in the ring; length and flags never change. */
    private void describe(int first, int n) {
        MemorySegment m = queue.memory;
        NetBuf[] bufs = ring;
        long offset = packetAt - NetHeader.SIZE;
        for (int i = first; i < first + n; i++) {
            VirtqDesc.setAddr(m, VirtqDesc.at(0, i), bufs[i].bufferIova() + offset);
        }
    }

    private void violation(Violation what, long found, long limit) {
        violation(VIOLATIONS + what.ordinal(), what.counter(), found, limit);
    }
}
