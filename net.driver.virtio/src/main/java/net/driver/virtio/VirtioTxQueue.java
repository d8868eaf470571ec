package net.driver.virtio;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.OwnedTxQueue;
import net.hw.virtio.NetHeader;
import net.hw.virtio.VirtqAvail;
import net.hw.virtio.VirtqDesc;
import net.hw.virtio.VirtqUsed;

/**
 * A transmit queue: 5.1.6.2. A frame of one buffer is one descriptor, which begins with the header in the buffer's headroom; any other frame is a
 * table or a chain of descriptors ({@link TxChains}).
 *
 * <p>As long as the device completes in order and no frame takes more than one descriptor of the ring, descriptor, available entry and used element number i
 * belong together, as in {@link VirtioRxQueue}.
 */
final class VirtioTxQueue extends OwnedTxQueue {
    static final int KICKS = OWN;
    static final int VIOLATIONS = OWN + 1;
    private static final VarHandle ROOM;

    static {
        try {
            ROOM = MethodHandles.lookup().findVarHandle(VirtioTxQueue.class, "room", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SplitRing queue;
    private final NetBuf[] ring;
    private final TxChains chains;
    /** Bytes of the frame whose first descriptor this is. */
    private final int[] bytes;

    /** Descriptors that the device does not hold. */
    private int room;
    /** Frames that it holds. */
    private int frames;
    /** Available entries that were written and not published. */
    private int pending;
    /** Null as long as descriptors are used in order, one for each frame. */
    private FreeIds free;

    /**
     * @param index the queue's number among the transmit queues
     * @param ring for the buffers that the device holds, as many as the queue has descriptors
     */
    VirtioTxQueue(int index, SplitRing queue, NetBuf[] ring, TxChains chains, NetBufPool pool, DeviceWatch watch) {
        super(index, queue.size, pool, watch, 1 + Violation.values().length);
        this.queue = queue;
        this.ring = ring;
        this.chains = chains;
        bytes = new int[queue.size];
        room = queue.size;
    }

    SplitRing queue() {
        return queue;
    }

    /** Before the device is told of the queue: what is written once, as long as frames take one descriptor each. */
    void begin() {
        for (int i = 0; i < queue.size; i++) {
            VirtqAvail.setEntry(queue.memory, queue.avail, i, i);
        }
    }

    /** Notes where the queue stands; its owner has left. */
    void save(HandOver.Writer to) {
        String prefix = "tx." + index() + ".";
        queue.save(to, prefix);
        to.put(prefix + "room", room).put(prefix + "frames", frames).put(prefix + "pending", pending).put(prefix + "bytes", bytes)
                .put(prefix + "counters", counters().values());
        if (free != null) {
            to.put(prefix + "free", free.all());
        }
        chains.save(to, prefix);
    }

    /** Goes on where another driver was. */
    void restore(HandOver from, VirtioPci pci) {
        String prefix = "tx." + index() + ".";
        queue.restore(from, prefix, pci);
        room = from.number(prefix + "room", 0, queue.size);
        frames = from.number(prefix + "frames", 0, queue.size);
        pending = from.number(prefix + "pending", 0, queue.size);
        int[] lengths = from.ints(prefix + "bytes");
        System.arraycopy(lengths, 0, bytes, 0, Math.min(lengths.length, bytes.length));
        free = from.has(prefix + "free") ? FreeIds.of(queue.size, from.chars(prefix + "free")) : null;
        chains.restore(from, prefix);
        adopt(ring);
        adopt(chains.further());
        counters().restore(from.longs(prefix + "counters"));
    }

    @Override
    public int maxSegments() {
        return chains.maxSegments();
    }

    @Override
    protected boolean hasRoom() {
        return (int) ROOM.getOpaque(this) > 0 || queue.hasUsed();
    }

    @Override
    protected int clean() {
        reclaimUsed();
        return held();
    }

    @Override
    protected int held() {
        return frames + chains.furtherBuffers();
    }

    // ---- sending ----

    @Override
    protected int send(NetBuf[] bufs, int from, int count) {
        reclaimUsed();
        int limit = maxFrame();
        int end = from + count;
        int at = from;
        while (at < end) {
            int n = free == null ? run(bufs, at, end - at, limit) : each(bufs, at, end - at, limit);
            at += n;
            if (n == 0) {
                int segments = check(bufs[at], at == from);
                if (segments == 0 || room == 0 || !chain(bufs[at], segments)) {
                    break;
                }
                bufs[at++] = null;
                accept(1);
            }
        }
        if (pending > 0) {
            int n = pending;
            pending = 0;
            if (queue.publish(n)) {
                counters().add(KICKS, 1);
            }
        }
        return at - from;
    }

    private static boolean simple(NetBuf b, NetBufPool pool, int limit) {
        return b != null && b.isSendable(pool, NetDriverOps.MIN_FRAME, limit) && b.offset() >= NetHeader.SIZE;
    }

    /**
     * Takes frames of one buffer, as many as there are in a row, up to the ring's end. Each is marked as soon as it was checked: a buffer that is in the
     * batch twice is not sendable the second time.
     */
    private int run(NetBuf[] bufs, int from, int count, int limit) {
        SplitRing q = queue;
        NetBufPool ours = pool();
        int[] lens = bytes;
        int first = q.published + pending & q.mask;
        int max = Math.min(Math.min(count, room), q.size - first);
        int n = 0;
        while (n < max) {
            NetBuf b = bufs[from + n];
            if (!simple(b, ours, limit)) {
                break;
            }
            lens[first + n++] = b.length();
            b.toDevice();
        }
        if (n == 0) {
            return 0;
        }
        NetBuf[] slots = ring;
        System.arraycopy(bufs, from, slots, first, n);
        Arrays.fill(bufs, from, from + n, null);
        accept(n);
        room -= n;
        frames += n;
        pending += n;
        int end = first + n;
        for (int i = first; i < end; i++) {
            NetHeader.setPlain(slots[i].memory(), slots[i].memoryOffset() - NetHeader.SIZE);
        }
        MemorySegment m = q.memory;
        for (int i = first; i < end; i++) {
            VirtqDesc.set(m, VirtqDesc.at(0, i), slots[i].packetIova() - NetHeader.SIZE, lens[i] + NetHeader.SIZE, 0, 0);
        }
        return n;
    }

    /** As {@link #run}, for a ring whose descriptors are not in order. */
    private int each(NetBuf[] bufs, int from, int count, int limit) {
        int n = 0;
        while (n < count && room > 0 && simple(bufs[from + n], pool(), limit)) {
            NetBuf b = bufs[from + n];
            bufs[from + n++] = null;
            accept(1);
            int length = b.length();
            b.toDevice();
            int id = enter(b, length);
            NetHeader.setPlain(b.memory(), b.memoryOffset() - NetHeader.SIZE);
            VirtqDesc.set(queue.memory, VirtqDesc.at(0, id), b.packetIova() - NetHeader.SIZE, length + NetHeader.SIZE, 0, 0);
        }
        return n;
    }

    /** Takes a descriptor for a frame, and enters its first buffer and the descriptor in the rings. */
    private int enter(NetBuf head, int length) {
        SplitRing q = queue;
        int place = q.published + pending & q.mask;
        int id = free == null ? place : free.take();
        if (free != null) {
            VirtqAvail.setEntry(q.memory, q.avail, place, id);
        }
        ring[id] = head;
        bytes[id] = length;
        room--;
        frames++;
        pending++;
        return id;
    }

    /** Takes a checked frame of several buffers, or without room for the header. False: there is not enough room. */
    private boolean chain(NetBuf head, int segments) {
        int length = head.frameLength();
        boolean fits = TxChains.headerFits(head);
        if (chains.indirect()) {
            if (!chains.hasTable()) {
                return false;
            }
            NetBuf rest = head.unchain();
            head.toDevice();
            chains.enterTable(enter(head, length), head, fits, rest);
            return true;
        }
        int needed = fits ? segments : segments + 1;
        if (needed > room) {
            return false;
        }
        if (free == null) {
            leaveOrder();
        }
        NetBuf rest = head.unchain();
        head.toDevice();
        int id = enter(head, length);
        room -= needed - 1;
        chains.enterRing(id, head, fits, rest, ring, free);
        return true;
    }

    // ---- completions ----

    private void reclaimUsed() {
        SplitRing q = queue;
        int there = q.usedCount();
        if (there == 0) {
            return;
        }
        if (there > frames) {
            violation(Violation.USED_IDX, there, frames);
            return;
        }
        while (there > 0) {
            int n = free == null ? reclaimRun(Math.min(there, q.size - (q.lastUsed & q.mask))) : 0;
            if (n == 0) {
                reclaimOne();
                n = 1;
            }
            there -= n;
        }
    }

    private int reclaimRun(int max) {
        SplitRing q = queue;
        MemorySegment m = q.memory;
        long used = q.used;
        int first = q.lastUsed & q.mask;
        int n = 0;
        while (n < max && VirtqUsed.id(VirtqUsed.element(m, used, first + n)) == first + n) {
            n++;
        }
        if (n == 0) {
            return 0;
        }
        giveBack(ring, first, n);
        Arrays.fill(ring, first, first + n, null);
        int[] lens = bytes;
        long sum = 0;
        for (int i = first; i < first + n; i++) {
            sum += lens[i];
        }
        q.lastUsed = q.lastUsed + n & 0xffff;
        room += n;
        frames -= n;
        sent(n, sum);
        if (chains.hasFrames()) {
            for (int i = first; i < first + n; i++) {
                chains.leaveTable(i, this);
            }
        }
        return n;
    }

    private void reclaimOne() {
        SplitRing q = queue;
        int id = VirtqUsed.id(VirtqUsed.element(q.memory, q.used, q.lastUsed & q.mask));
        if (free == null) {
            leaveOrder();
        }
        q.lastUsed = q.lastUsed + 1 & 0xffff;
        if (Integer.compareUnsigned(id, q.size) >= 0 || bytes[id] == 0) {
            violation(Violation.USED_ID, id & 0xffff_ffffL, q.size);
            return;
        }
        sent(1, bytes[id]);
        bytes[id] = 0;
        frames--;
        chains.leaveTable(id, this);
        room += chains.leaveRing(id, ring, free, this);
    }

    /** {@link #giveBack}, for {@link TxChains}. */
    void done(NetBuf[] buffers, int first, int count) {
        giveBack(buffers, first, count);
    }

    /** From now on free descriptors are kept by number, and a descriptor begins a frame that the device holds if it has bytes. */
    private void leaveOrder() {
        free = new FreeIds(queue.size);
        for (int i = queue.published + pending; free.count() < room; i++) {
            free.give(i & queue.mask);
            bytes[i & queue.mask] = 0;
        }
    }

    private void violation(Violation what, long found, long limit) {
        violation(VIOLATIONS + what.ordinal(), what.counter(), found, limit);
    }
}
