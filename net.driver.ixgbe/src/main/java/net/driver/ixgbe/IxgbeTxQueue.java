package net.driver.ixgbe;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.TxOffload;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.OwnedTxQueue;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TxDescriptor;

/**
 * A transmit queue: 7.2.1, 7.2.3.
 *
 * <p>Frames of one buffer go in runs of at most {@link #GROUP}: checked, marked and described; moved; and then their descriptors are written together. Any
 * other frame is written by itself. The tail is written once a batch.
 *
 * <p>The last descriptor of each run asks for a report (RS), so that the last descriptor given always has one: a queue that falls idle can be reclaimed to the
 * end. While it is busy, such a report is noted as a mark only every {@link #GROUP} descriptors, and only each fourth mark is looked at; all in front of it is
 * taken back at once: the device works in order.
 *
 * <p>Positions count on for ever and wrap as ints do; their low bits are the place in the ring.
 */
final class IxgbeTxQueue extends OwnedTxQueue {
    /** Descriptors that are given and reclaimed together. */
    static final int GROUP = 32;
    /** Most descriptors of a frame: 7.2.1.1. */
    static final int MAX_SEGMENTS = 40;
    private static final long SIMPLE = TxDescriptor.EOP | TxDescriptor.IFCS;
    private static final VarHandle CLEAN = Fields.ofInt(MethodHandles.lookup(), "clean");
    private static final VarHandle TAIL = Fields.ofInt(MethodHandles.lookup(), "tail");

    private final MemorySegment memory;
    private final NetBuf[] ring;
    private final int size;
    private final int mask;
    private final Mmio window;
    private final long tailAt;
    private final TxReports reports;
    private final TxContexts contexts;
    private final NetBuf[] empty = new NetBuf[1];
    /** The descriptors of a run. */
    private final long[] group = new long[2 * GROUP];
    /** Marks that are passed at once while there is room. */
    private final int leap;
    /** Descriptors with the device from which on it is asked whether it is done with some. */
    private final int reclaimAt;

    /** The next descriptor to write. */
    private int tail;
    /** The first descriptor that the device may still use. */
    private int clean;

    /**
     * @param memory of the descriptors, as many as the ring is long
     * @param ring a power of two, at least 64 slots
     */
    IxgbeTxQueue(int index, Registers regs, DmaMemory memory, NetBuf[] ring, NetBufPool pool, DeviceWatch watch) {
        super(index, ring.length, pool, watch, 0);
        this.memory = memory.segment();
        this.ring = ring;
        size = ring.length;
        mask = size - 1;
        window = regs.window();
        tailAt = Reg.TDT.at(index);
        reports = new TxReports(size);
        leap = Math.clamp(size / GROUP / 4, 1, 4);
        reclaimAt = (leap + 1) * GROUP;
        contexts = new TxContexts(this.memory);
    }

    /** Notes where the queue stands; its owner has left. */
    void save(HandOver.Writer to) {
        String prefix = "tx." + index() + ".";
        new RingState(size, clean & mask, tail - clean).save(to, prefix);
        reports.save(to, prefix, clean, tail);
        to.put(prefix + "counters", counters().values());
    }

    /** Goes on where another driver was: places of the device's without a buffer are contexts. The device gets a new one for the next offload. */
    void restore(RingState state, HandOver from) {
        String prefix = "tx." + index() + ".";
        contexts.restore(state.withoutBuffer(ring, name()));
        reports.restore(from, prefix, state);
        clean = state.first();
        tail = state.end();
        adopt(ring);
        counters().restore(from.longs(prefix + "counters"));
    }

    @Override
    public int maxSegments() {
        return MAX_SEGMENTS;
    }

    @Override
    protected int longest(TxOffload offload) {
        if (!offload.segments()) {
            return maxFrame();
        }
        return offload.headers() + offload.mss() <= maxFrame() ? TxDescriptor.MAX_PAYLEN : 0;
    }

    @Override
    protected boolean hasRoom() {
        int t = (int) TAIL.getOpaque(this);
        return t - (int) CLEAN.getOpaque(this) < size - 1 || isDone(t);
    }

    @Override
    protected int clean() {
        reclaim(size);
        return held();
    }

    @Override
    protected int held() {
        return tail - clean - contexts.inRing();
    }

    private int room() {
        return size - 1 - (tail - clean);
    }

    // ---- sending ----

    @Override
    protected int send(NetBuf[] bufs, int from, int count) {
        if (tail - clean >= reclaimAt || room() < count) {
            reclaim(count);
        }
        int before = tail;
        int limit = maxFrame();
        int end = from + count;
        int at = from;
        while (at < end) {
            int n = room() == 0 ? 0 : run(bufs, at, Math.min(end - at, GROUP), limit);
            if (n == 0) {
                int segments = check(bufs[at], at == from);
                if (segments == 0 || !frame(bufs, at)) {
                    break;
                }
                n = 1;
            }
            at += n;
        }
        if (tail != before) {
            window.write32(tailAt, tail & mask);
        }
        return at - from;
    }

    /**
     * Takes frames of one buffer without offloads, as many as there are in a row, up to the ring's end. Each is marked as soon as it was checked: a buffer that
     * is in the batch twice is not sendable the second time.
     */
    private int run(NetBuf[] bufs, int from, int count, int limit) {
        NetBufPool ours = pool();
        long[] words = group;
        int first = tail & mask;
        int max = Math.min(Math.min(count, room()), size - first);
        int bytes = 0;
        int n = 0;
        while (n < max) {
            NetBuf b = bufs[from + n];
            int length = b == null ? -1 : b.toDevice(ours, NetDriverOps.MIN_FRAME, limit);
            if (length < 0) {
                break;
            }
            words[2 * n] = b.packetIova();
            words[2 * n + 1] = TxDescriptor.word1(length, length, SIMPLE);
            bytes += length;
            n++;
        }
        if (n == 0) {
            return 0;
        }
        words[2 * n - 1] |= TxDescriptor.RS;
        NetBuf[] slots = ring;
        System.arraycopy(bufs, from, slots, first, n);
        Arrays.fill(bufs, from, from + n, null);
        accept(n);
        TxDescriptor.set(memory, TxDescriptor.at(0, first), words, n);
        given(n, n, bytes);
        return n;
    }

    private void given(int descriptors, long frames, long bytes) {
        int now = tail + descriptors;
        TAIL.setOpaque(this, now);
        reports.given(now, frames, bytes);
    }

    /** Takes a checked frame of several buffers or with an offload. False: there is not enough room. */
    private boolean frame(NetBuf[] bufs, int at) {
        NetBuf head = bufs[at];
        TxOffload offload = head.offload();
        int data = 0;
        for (NetBuf b = head; b != null; b = b.next()) {
            data += b.length() == 0 ? 0 : 1;
        }
        boolean context = offload != null && !contexts.has(offload);
        int needed = data + (context ? 1 : 0);
        if (needed > room()) {
            reclaim(needed);
            if (needed > room()) {
                return false;
            }
        }
        int length = head.frameLength();
        bufs[at] = null;
        accept(1);
        int place = tail;
        if (context) {
            contexts.write(TxDescriptor.at(0, place++ & mask), offload);
        }
        int payload = offload != null && offload.segments() ? length - offload.headers() : length;
        // PAYLEN, POPTS and the context's index count in the first descriptor, IFCS, VLE and TSE are alike in all: 7.2.3.2.4.
        long all = TxDescriptor.IFCS | TxContexts.commands(offload);
        long first = TxContexts.options(offload);
        for (NetBuf b = head; b != null;) {
            NetBuf behind = b.unchain();
            int n = b.length();
            b.unlink();
            if (n == 0) {
                // The device does not take descriptors without bytes.
                b.toDevice();
                empty[0] = b;
                giveBack(empty, 0, 1);
                empty[0] = null;
            } else {
                data--;
                long bits = all | first | (data == 0 ? TxDescriptor.EOP | TxDescriptor.RS : 0);
                b.toDevice();
                ring[place & mask] = b;
                TxDescriptor.set(memory, TxDescriptor.at(0, place & mask), b.packetIova(), TxDescriptor.word1(n, payload, bits));
                place++;
                payload = 0;
                first = 0;
            }
            b = behind;
        }
        given(place - tail, TxContexts.frames(offload, length), TxContexts.bytes(offload, length));
        return true;
    }

    // ---- completions ----

    /**
     * Takes back what the device is done with, in leaps: each look at a mark is at a line that the device has written, and waits for it. If that leaves less
     * room than wanted, report by report.
     */
    private void reclaim(int wanted) {
        int to = clean;
        for (int i = leap - 1; i < reports.pending() && isDone(reports.pending(i)); i += leap) {
            to = reports.pending(i);
        }
        if (size - 1 - (tail - to) < wanted) {
            for (int p = to + 1; p - tail <= 0; p++) {
                if (reports.isAt(p)) {
                    if (!isDone(p)) {
                        break;
                    }
                    to = p;
                }
            }
        }
        if (to != clean) {
            free(to);
        }
    }

    /** The descriptor in front of a position, which has RS, is done. */
    private boolean isDone(int position) {
        return TxDescriptor.isDoneAcquire(memory, TxDescriptor.at(0, position - 1 & mask));
    }

    private void free(int to) {
        int first = clean & mask;
        int n = to - clean;
        int k = Math.min(n, size - first);
        give(first, k);
        if (k < n) {
            give(0, n - k);
        }
        sent(reports.newFrames(to), reports.newBytes(to));
        reports.passed(clean, to);
        CLEAN.setOpaque(this, to);
    }

    private void give(int first, int n) {
        NetBuf[] slots = ring;
        if (contexts.inRing() == 0) {
            giveBack(slots, first, n);
        } else {
            // A context has no buffer.
            for (int i = first; i < first + n; i++) {
                if (slots[i] == null) {
                    contexts.left();
                } else {
                    giveBack(slots, i, 1);
                }
            }
        }
        Arrays.fill(slots, first, first + n, null);
    }
}
