package net.driver.fxmac;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.TxOffload;
import net.api.TxOffload.L4;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.OwnedTxQueue;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.TxBd;

/**
 * A transmit queue: TRM 16.3.3. The device sends in order, and marks the first descriptor of each frame when it is done. A frame is a descriptor for each
 * buffer;
 * those behind the first are marked by the driver when the frame is done, so that whatever follows the last frame is used.
 *
 * <p>What is done is found from the oldest frame on, up to the first that is not: never more than there are. As long as there is room, of a group only the last
 * descriptor is looked at: a line that the device has written takes long to come.
 */
final class FxmacTxQueue extends OwnedTxQueue {
    static final int STARTS = OWN;
    /** Frames that were given up when the ring was set up again. */
    static final int DROPPED = OWN + 1;
    private static final int OWN_COUNTERS = 2;
    private static final int MAX_SEGMENTS = 16;
    /** Most descriptors in a group. */
    private static final int GROUP = 128;
    private static final VarHandle PAUSED;
    private static final VarHandle ROOM;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PAUSED = lookup.findVarHandle(FxmacTxQueue.class, "paused", boolean.class);
            ROOM = lookup.findVarHandle(FxmacTxQueue.class, "room", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MacRegisters mac;
    private final MemorySegment memory;
    /** Where the ring begins in the memory. */
    private final long base;
    private final NetBuf[] ring;
    private final NetBuf[] empty = new NetBuf[1];
    /** Bytes of the frame whose first descriptor this is. */
    private final int[] bytes;
    /** Descriptors of the frame whose first descriptor this is; 1 unless there are more. */
    private final int[] spans;
    /** Descriptors that are about to be written. */
    private final long[] fresh;
    private final int mask;
    private final int group;
    private final int maxSegments;
    private final boolean checksums;
    private final boolean tailPointer;
    /** The ring is being set up again: nobody else may touch it. */
    private boolean paused;
    /** Descriptor that is written next. */
    private int tail;
    /** Descriptors that the device does not hold. */
    private int room;
    /** Frames of several descriptors that the device holds. */
    private int chains;

    /**
     * @param rings memory with the ring
     * @param base where it begins there
     * @param checksums the device fills in checksums, of all frames
     * @param tailPointer the device is told how far it may look
     */
    FxmacTxQueue(int index, NetBuf[] ring, NetBufPool pool, DeviceWatch watch, MacRegisters mac, MemorySegment rings, long base, boolean checksums,
            boolean tailPointer) {
        super(index, ring.length, pool, watch, OWN_COUNTERS);
        this.mac = mac;
        this.memory = rings;
        this.base = base;
        this.ring = ring;
        this.checksums = checksums;
        this.tailPointer = tailPointer;
        mask = ring.length - 1;
        bytes = new int[ring.length];
        spans = new int[ring.length];
        fresh = new long[2 * ring.length];
        group = Math.max(1, Math.min(GROUP, ring.length / 4));
        Arrays.fill(spans, 1);
        maxSegments = Math.min(MAX_SEGMENTS, ring.length / 2);
        room = ring.length;
    }

    /** Makes the ring empty: before anybody sends, or with transmission off. */
    void begin() {
        for (int i = 0; i < ring.length; i++) {
            TxBd.setUsed(memory, TxBd.at(base, i), wrap(i));
        }
        tail = 0;
        room = ring.length;
        chains = 0;
    }

    private long wrap(int i) {
        return i == mask ? TxBd.WRAP : 0;
    }

    // ---- hand-over ----

    void save(HandOver.Writer to) {
        String prefix = "tx." + index() + ".";
        to.put(prefix + "tail", tail).put(prefix + "room", room).put(prefix + "bytes", bytes).put(prefix + "spans", spans)
                .put(prefix + "counters", counters().values());
    }

    /** Goes on where another driver was. */
    void restore(HandOver from) {
        String prefix = "tx." + index() + ".";
        tail = from.number(prefix + "tail", 0, mask);
        room = from.number(prefix + "room", 0, size());
        Slots.check(name(), ring, head(), held());
        System.arraycopy(numbers(from, prefix + "bytes"), 0, bytes, 0, bytes.length);
        int[] noted = numbers(from, prefix + "spans");
        for (int left = held(), at = head(); left > 0;) {
            int span = noted[at];
            if (span < 1 || span > Math.min(left, maxSegments)) {
                throw new DevException(DevError.INVALID_PARAM, "%s: a frame of %d descriptors of %d".formatted(name(), span, left));
            }
            spans[at] = span;
            chains += span > 1 ? 1 : 0;
            left -= span;
            at = at + span & mask;
        }
        adopt(ring);
        counters().restore(from.longs(prefix + "counters"));
    }

    private int[] numbers(HandOver from, String name) {
        int[] numbers = from.ints(name);
        if (numbers.length != ring.length) {
            throw new DevException(DevError.INVALID_PARAM, "%s: '%s' has %d numbers, not %d".formatted(name(), name, numbers.length, ring.length));
        }
        return numbers;
    }

    // ---- setting up again ----

    /** Owners find no room from now on, and leave; {@link #awaitOutside} tells when. */
    void pause() {
        PAUSED.setVolatile(this, true);
    }

    /** After {@link #pause}, with everything that was done to the ring. */
    void resume() {
        PAUSED.setRelease(this, false);
    }

    /**
     * Puts the ring as it was made: what was sent is counted, what was not is an error, all buffers are back in the pool. While paused, with
     * transmission off.
     */
    void restart() {
        int head = head();
        int left = ring.length - room;
        int lost = 0;
        while (left > 0) {
            long word = TxBd.wordAcquire(memory, TxBd.at(base, head));
            if ((word & TxBd.USED) != 0 && (word & TxBd.ERRORS) == 0) {
                sent(1, bytes[head]);
            } else {
                lost++;
            }
            int span = spans[head];
            spans[head] = 1;
            left -= span;
            head = head + span & mask;
        }
        counters().add(ERRORS, lost);
        counters().add(DROPPED, lost);
        pool().reclaim(ring);
        begin();
    }

    /** The device holds frames. Any thread, a hint. */
    boolean isBusy() {
        return (int) ROOM.getOpaque(this) < ring.length;
    }

    // ---- OwnedTxQueue ----

    @Override
    public int maxSegments() {
        return maxSegments;
    }

    /** IP, TCP and UDP without VLAN insertion and segmentation; the frame's own tags may be in front of IP. */
    @Override
    protected int longest(TxOffload o) {
        return checksums && o.mss() == 0 && o.vlanTag() == TxOffload.NO_VLAN && o.l4() != L4.SCTP ? maxFrame() : 0;
    }

    @Override
    protected boolean hasRoom() {
        return !(boolean) PAUSED.getAcquire(this)
                && ((int) ROOM.getOpaque(this) > 0 || (TxBd.wordAcquire(memory, TxBd.at(base, head())) & TxBd.USED) != 0);
    }

    @Override
    protected int held() {
        return ring.length - room;
    }

    @Override
    protected int clean() {
        if (!(boolean) PAUSED.getAcquire(this) && room < ring.length) {
            int before = room;
            reclaimDone();
            if (room == before) {
                // A start at the moment in which the device found the queue empty may have been lost: TRM 16.3.6.
                ring();
            }
        }
        return held();
    }

    @Override
    protected int send(NetBuf[] bufs, int from, int count) {
        if ((boolean) PAUSED.getAcquire(this)) {
            return 0;
        }
        if (room < Math.max(count, ring.length / 2)) {
            makeRoom(count);
        }
        int limit = maxFrame();
        int end = from + count;
        int at = from;
        while (at < end) {
            int n = room == 0 ? 0 : count == 1 ? runOne(bufs, at, limit) : run(bufs, at, end - at, limit);
            at += n;
            if (n == 0) {
                int segments = check(bufs[at], at == from);
                if (segments == 0 || segments > room) {
                    break;
                }
                NetBuf head = bufs[at];
                bufs[at++] = null;
                accept(1);
                enter(head);
            }
        }
        if (at > from) {
            ring();
        }
        return at - from;
    }

    /** Tells the device, once for a batch. */
    private void ring() {
        if (tailPointer) {
            mac.write(Fxmac.TAILPTR, index(), Fxmac.TAIL_VALID | tail);
        }
        mac.startTransmit();
        counters().add(STARTS, 1);
    }

    /**
     * Takes frames of one buffer, as many as there are in a row, up to the ring's end. Each is marked as soon as it was checked: a buffer that is in the batch
     * twice is not sendable the second time.
     */
    private int run(NetBuf[] bufs, int from, int count, int limit) {
        NetBufPool ours = pool();
        int[] lengths = bytes;
        long[] words = fresh;
        int first = tail;
        int max = Math.min(Math.min(count, room), ring.length - first);
        int n = 0;
        while (n < max) {
            NetBuf b = bufs[from + n];
            int length = b == null ? -1 : b.toDevice(ours, NetDriverOps.MIN_FRAME, limit);
            if (length < 0) {
                break;
            }
            long iova = b.packetIova();
            words[2 * n] = TxBd.word(iova, length, TxBd.LAST);
            words[2 * n + 1] = TxBd.highWord(iova);
            lengths[first + n++] = length;
        }
        if (n == 0) {
            return 0;
        }
        words[2 * n - 2] |= wrap(first + n - 1);
        System.arraycopy(bufs, from, ring, first, n);
        Arrays.fill(bufs, from, from + n, null);
        accept(n);
        room -= n;
        tail = first + n & mask;
        TxBd.give(memory, TxBd.at(base, first), words, n);
        return n;
    }

    /** As {@link #run}, for callers that have one frame. */
    private int runOne(NetBuf[] bufs, int at, int limit) {
        NetBuf b = bufs[at];
        int length = b == null ? -1 : b.toDevice(pool(), NetDriverOps.MIN_FRAME, limit);
        if (length < 0) {
            return 0;
        }
        int place = tail;
        bytes[place] = length;
        ring[place] = b;
        bufs[at] = null;
        accept(1);
        room--;
        tail = place + 1 & mask;
        TxBd.give(memory, TxBd.at(base, place), b.packetIova(), length, TxBd.LAST | wrap(place));
        return 1;
    }

    /** Takes a checked frame of any kind: descriptors from the second on first, and the first, with which the device may begin, last. */
    private void enter(NetBuf head) {
        TxOffload offload = head.offload();
        if (offload != null) {
            clearChecksums(head, offload);
            head.setOffload(null);
        }
        int first = tail;
        int length = head.frameLength();
        int n = 0;
        for (NetBuf b = head; b != null;) {
            NetBuf rest = b.unchain();
            if (b.length() == 0) {
                // The device takes no empty descriptor.
                b.toDevice();
                empty[0] = b;
                giveBack(empty, 0, 1);
                empty[0] = null;
            } else {
                ring[first + n++ & mask] = b;
            }
            b = rest;
        }
        for (int i = n - 1; i >= 0; i--) {
            int place = first + i & mask;
            NetBuf b = ring[place];
            long iova = b.packetIova();
            int part = b.length();
            b.toDevice();
            long flags = (i == n - 1 ? TxBd.LAST : 0) | wrap(place);
            if (i == 0) {
                bytes[place] = length;
                spans[place] = n;
                TxBd.give(memory, TxBd.at(base, place), iova, part, flags);
            } else {
                TxBd.prepare(memory, TxBd.at(base, place), iova, part, flags);
            }
        }
        chains += n > 1 ? 1 : 0;
        room -= n;
        tail = first + n & mask;
    }

    /** The device computes the whole sum, pseudo header included, and wants zeros in the fields: Linux's macb driver, macb_clear_csum. */
    private static void clearChecksums(NetBuf head, TxOffload o) {
        if (o.l4() == L4.NONE) {
            return;
        }
        int at = o.l2Length() + o.l3Length() + (o.l4() == L4.TCP ? 16 : 6);
        int end = at + 2;
        int from = 0;
        for (NetBuf b = head; b != null && from < end; b = b.next()) {
            for (int i = Math.max(at, from); i < Math.min(end, from + b.length()); i++) {
                b.setByte(i - from, 0);
            }
            from += b.length();
        }
    }

    // ---- completions ----

    private int head() {
        return tail + room & mask;
    }

    /** Takes back groups until half of the ring is free, as far as they are done; and if there is no room for so many frames then, whatever is done. */
    private void makeRoom(int count) {
        while (chains == 0 && room < ring.length / 2 && reclaimGroup(head())) {
            continue;
        }
        if (chains > 0 || room < count) {
            reclaimDone();
        }
    }

    /** Takes back what the device is done with, the oldest first. */
    private void reclaimDone() {
        while (room < ring.length) {
            int first = head();
            int n = chains > 0 ? reclaimOneByOne(first, 1) : reclaimRun(first, Math.min(held(), ring.length - first));
            if (n == 0) {
                return;
            }
        }
    }

    /**
     * Takes back the oldest group of frames of one descriptor, or fewer up to the ring's end: all of them, or it returns false. The device sends in order, and
     * stops at a frame that it could not send, TRM 16.3.6, so that the last one, sent, stands for all.
     */
    private boolean reclaimGroup(int first) {
        int n = Math.min(group, ring.length - first);
        if (n > held()) {
            return false;
        }
        long last = TxBd.wordAcquire(memory, TxBd.at(base, first + n - 1));
        if ((last & TxBd.USED) == 0) {
            return false;
        }
        if ((last & TxBd.ERRORS) != 0) {
            return reclaimOneByOne(first, n) == n;
        }
        int[] lengths = bytes;
        int sum = 0;
        for (int i = first; i < first + n; i++) {
            sum += lengths[i];
        }
        take(first, n, sum);
        return true;
    }

    /** Frames of one descriptor that are done, in a row. */
    private int reclaimRun(int first, int max) {
        int[] lengths = bytes;
        long any = 0;
        long sum = 0;
        int n = 0;
        for (; n < max; n++) {
            long word = TxBd.word(memory, TxBd.at(base, first + n));
            if ((word & TxBd.USED) == 0) {
                break;
            }
            any |= word;
            sum += lengths[first + n];
        }
        VarHandle.acquireFence();
        if ((any & TxBd.ERRORS) != 0) {
            return reclaimOneByOne(first, n);
        }
        if (n > 0) {
            take(first, n, sum);
        }
        return n;
    }

    /** Frames of one descriptor that were sent are no longer the device's. */
    private void take(int first, int n, long sum) {
        giveBack(ring, first, n);
        Arrays.fill(ring, first, first + n, null);
        room += n;
        sent(n, sum);
    }

    /** Frames that are done, some of them with errors. */
    private int reclaimOneByOne(int first, int max) {
        int n = 0;
        while (n < max && reclaimOne(first + n)) {
            n++;
        }
        return n;
    }

    /** The oldest frame, of any number of descriptors. */
    private boolean reclaimOne(int first) {
        long word = TxBd.wordAcquire(memory, TxBd.at(base, first));
        if ((word & TxBd.USED) == 0) {
            return false;
        }
        int span = spans[first];
        for (int i = 0; i < span; i++) {
            int place = first + i & mask;
            giveBack(ring, place, 1);
            ring[place] = null;
            if (i > 0) {
                TxBd.setUsed(memory, TxBd.at(base, place), wrap(place));
            }
        }
        spans[first] = 1;
        chains -= span > 1 ? 1 : 0;
        room += span;
        if ((word & TxBd.ERRORS) != 0) {
            counters().add(ERRORS, 1);
        } else {
            sent(1, bytes[first]);
        }
        return true;
    }
}
