package net.driver.ixgbe;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.OwnedRxQueue;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;

/**
 * A receive queue: 7.1.6, 7.1.9. The device writes descriptors back in their order (Setup turns relaxed ordering of write-backs off, 8.2.3.11.1), so whoever
 * sees a descriptor done knows that all in front of it are.
 *
 * <p>The good path moves bursts of frames of one buffer each: it reads every status and length once and checks them; moves references; and posts fresh buffers
 * in aligned groups of {@link #GROUP}, whose descriptors it writes together. What is out of the ordinary is taken frame by frame.
 *
 * <p>Positions count on for ever and wrap as ints do; their low bits are the place in the ring.
 */
final class IxgbeRxQueue extends OwnedRxQueue {
    static final int VIOLATIONS = OWN;
    /** Buffers that are posted together. */
    static final int GROUP = 32;
    /** How far ahead of one that is not done a look is worth while: no further than a cache line. */
    private static final int AHEAD = 3;
    /** How many descriptors are looked at together. */
    private static final int LOOK = 64;
    /** Descriptors of a cache line. */
    private static final int LINE = 4;
    private static final long WHOLE = RxDescriptor.DD | RxDescriptor.EOP;
    /** MAC errors, header buffer overflow, security errors: in bits 31 to 20 of word 1. Wrong checksums are the application's business. */
    private static final int BROKEN = RxDescriptor.RXE | RxDescriptor.HBO | 3 << 7;
    private static final long BROKEN_BITS = (long) BROKEN << 20;
    private static final VarHandle NEXT = Fields.ofInt(MethodHandles.lookup(), "next");
    private static final VarHandle POSTED = Fields.ofInt(MethodHandles.lookup(), "posted");

    private final MemorySegment memory;
    private final NetBuf[] ring;
    private final int size;
    private final int mask;
    private final Mmio window;
    private final long tail;
    private final RxVector vector;
    private final RxFinder finder;
    private final int packetAt;
    /** Bytes of a buffer that a frame can be in. */
    private final int room;
    /** The descriptors of a group that is posted; words 1 are 0. */
    private final long[] group = new long[2 * GROUP];
    /** Words 1 of the frame that is being taken. */
    private final long[] words;

    /** The first descriptor whose frame was not taken. */
    private int next;
    /** Descriptors from there on, up to the ring's end, that {@link #look} found done. */
    private int seen;
    /** One past the last descriptor with a fresh buffer. */
    private int posted;

    /**
     * @param memory of the descriptors, as many as the ring is long
     * @param ring a power of two, at least 64 slots
     * @param finder what applications are told of frames, or null for nothing
     * @param interrupt its vector, or null
     */
    IxgbeRxQueue(int index, Registers regs, DmaMemory memory, NetBuf[] ring, NetBufPool pool, DeviceWatch watch, RxBuffers buffers, RxFinder finder,
            Interrupt interrupt) {
        super(index, ring, pool, watch, interrupt, Violation.values().length);
        this.memory = memory.segment();
        this.ring = ring;
        room = buffers.room();
        this.finder = finder;
        size = ring.length;
        mask = size - 1;
        words = new long[buffers.longest()];
        packetAt = buffers.packetAt();
        window = regs.window();
        tail = Reg.RDT.at(index);
        vector = new RxVector(regs, index);
    }

    /**
     * Writes descriptors for as many groups of buffers as there are; the device is not told yet. On the thread that attaches.
     *
     * @return how many buffers are posted
     */
    int fill(NetBufCache from) {
        while (posted < size && post(from)) {
            continue;
        }
        from.flush();
        return posted;
    }

    /** Gives the device what is posted, once the queue is enabled: 4.6.7. */
    void start() {
        window.write32(tail, posted - 1 & mask);
    }

    /** Notes where the queue stands; its owner has left. */
    void save(HandOver.Writer to) {
        String prefix = "rx." + index() + ".";
        new RingState(size, next & mask, posted - next).save(to, prefix);
        to.put(prefix + "counters", counters().values());
    }

    /** Goes on where another driver was: the device has a buffer in each of its descriptors. */
    void restore(RingState state, HandOver from) {
        if (state.withoutBuffer(ring, name()) > 0 || state.end() % GROUP != 0) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %s is no state of %s: each descriptor needs a buffer, and they end with a group of %d"
                    .formatted(from, state, name(), GROUP));
        }
        next = state.first();
        posted = state.end();
        counters().restore(from.longs("rx." + index() + ".counters"));
    }

    @Override
    protected boolean hasFrames() {
        int n = (int) NEXT.getOpaque(this);
        return n != (int) POSTED.getOpaque(this) && RxDescriptor.isDone(RxDescriptor.word1Acquire(memory, RxDescriptor.at(0, n & mask)));
    }

    @Override
    protected void armInterrupt() {
        vector.enable();
    }

    @Override
    protected void disarmInterrupt() {
        vector.disable();
    }

    // ---- receiving ----

    @Override
    protected int poll(NetBuf[] to, int from, int max) {
        if (seen < max) {
            look();
        }
        int n = seen == 0 ? 0 : move(to, from, Math.min(max, seen));
        if (n < max) {
            n += moveMore(to, from + n, max - n);
        }
        if (seen < n) {
            // For the next call: the lines come while this one goes on.
            look();
        }
        if (size - (posted - next) >= GROUP) {
            refill();
        }
        return n;
    }

    /** What a burst does not bring: what is behind the ring's end, the rest of a long batch, and what is out of the ordinary. */
    private int moveMore(NetBuf[] to, int from, int max) {
        int end = from + max;
        int at = from;
        while (at < end && next != posted) {
            if (seen == 0) {
                look();
            }
            int n = seen == 0 ? 0 : move(to, at, Math.min(end - at, seen));
            if (n == 0) {
                seen = 0;
                at += isDone(next) ? frames(to, at, end) : 0;
                lookForHole(next);
                break;
            }
            at += n;
        }
        return at - from;
    }

    /**
     * Looks how many more of the next descriptors are done, further than a small batch wants: a line that the device has written takes as long to come as the
     * work on many frames. So one word of each line is asked for, the last, and all lines come at once. What is in them, and whether it can be, is for
     * {@link #move}.
     */
    private void look() {
        MemorySegment m = memory;
        int from = (next & mask) + seen;
        int end = from + Math.min(Math.min(LOOK, posted - next - seen), size - from);
        int i = from | LINE - 1;
        while (i < end && RxDescriptor.isDone(RxDescriptor.word1(m, RxDescriptor.at(0, i)))) {
            i += LINE;
        }
        int done = Math.max(from, i & -LINE);
        while (done < end && RxDescriptor.isDone(RxDescriptor.word1(m, RxDescriptor.at(0, done)))) {
            done++;
        }
        VarHandle.acquireFence();
        seen += done - from;
    }

    private boolean isDone(int position) {
        return RxDescriptor.isDone(RxDescriptor.word1Acquire(memory, RxDescriptor.at(0, position & mask)));
    }

    /** The descriptor at a position was not done. None behind it can be. */
    private void lookForHole(int position) {
        if (posted - position > AHEAD && isDone(position + AHEAD) && !isDone(position)) {
            violation(Violation.ORDER, AHEAD, 0);
        }
    }

    /**
     * Moves whole frames in one buffer, without errors, of a length that can be; reads what each descriptor says once, with one fence for all.
     *
     * <p>Called only if there is something: the compiler leaves calls in a loop that it has mostly seen skipped, on a card that was idle, and does not compile
     * it again when there is traffic.
     *
     * @param max how many descriptors, all of them seen, 1 or more
     * @return how many frames; what stands in front of the next, if there are fewer than {@code max}, is for {@link #moveMore}
     */
    private int move(NetBuf[] to, int at, int max) {
        NetBuf[] bufs = ring;
        MemorySegment m = memory;
        int where = packetAt;
        int spread = room - NetDriverOps.MIN_FRAME;
        int first = next & mask;
        int end = first + max;
        boolean more = false;
        int bytes = 0;
        int i = first;
        for (; i < end; i++) {
            long word = RxDescriptor.word1(m, RxDescriptor.at(0, i));
            int length = RxDescriptor.length(word);
            if ((word & (WHOLE | BROKEN_BITS)) != WHOLE || Integer.compareUnsigned(length - NetDriverOps.MIN_FRAME, spread) > 0) {
                break;
            }
            more |= bufs[i].arrived(where, length);
            bytes += length;
        }
        VarHandle.acquireFence();
        int n = i - first;
        if (n > 0) {
            if (more) {
                NetBuf.arrived(bufs, first, n);
            }
            enter(bufs, first, to, at, n);
            deliver(n, bytes);
        }
        return n;
    }

    /** Moves the references of frames that are the caller's now. */
    private void enter(NetBuf[] bufs, int first, NetBuf[] to, int at, int n) {
        System.arraycopy(bufs, first, to, at, n);
        Arrays.fill(bufs, first, first + n, null);
        if (finder != null) {
            for (int i = 0; i < n; i++) {
                to[at + i].found(finder.find(memory, RxDescriptor.at(0, first + i)));
            }
        }
        seen -= n;
        NEXT.setOpaque(this, next + n);
    }

    // ---- frame by frame ----

    /** Takes frames of several buffers, and drops what is wrong; returns how many were entered. */
    private int frames(NetBuf[] to, int from, int end) {
        int at = from;
        while (at < end) {
            int k = whole();
            if (k == 0) {
                break;
            }
            NetBuf head = take(k);
            if (head != null) {
                to[at++] = head;
                deliver(1, head.frameLength());
            }
        }
        return at - from;
    }

    /** Reads the next frame's words 1; returns how many descriptors it has, 0 if it is not complete. */
    private int whole() {
        int there = Math.min(posted - next, words.length);
        for (int i = 0; i < there; i++) {
            long word = RxDescriptor.word1Acquire(memory, RxDescriptor.at(0, next + i & mask));
            if (!RxDescriptor.isDone(word)) {
                lookForHole(next + i);
                return 0;
            }
            words[i] = word;
            if (RxDescriptor.isLast(word)) {
                return i + 1;
            }
        }
        if (there < words.length) {
            return 0;
        }
        violation(Violation.NO_END, there, words.length);
        return there;
    }

    /** Takes a frame of {@code k} descriptors, whose words were read; null if it was dropped. */
    private NetBuf take(int k) {
        long lastWord = words[k - 1];
        boolean good = RxDescriptor.isLast(lastWord) && (RxDescriptor.errors(lastWord) & BROKEN) == 0;
        boolean fits = true;
        for (int i = 0; i < k; i++) {
            int length = RxDescriptor.length(words[i]);
            int least = i < k - 1 ? room : k == 1 ? NetDriverOps.MIN_FRAME : 1;
            if (fits && (length < least || length > room)) {
                fits = false;
                violation(Violation.LENGTH, length, length < least ? least : room);
            }
        }
        NetBuf head = null;
        NetBuf last = null;
        for (int i = 0; i < k; i++) {
            int slot = next + i & mask;
            NetBuf b = ring[slot];
            ring[slot] = null;
            b.received(packetAt, fits ? RxDescriptor.length(words[i]) : 0);
            if (head == null) {
                head = b;
            } else {
                last.chain(b);
            }
            last = b;
        }
        if (finder != null) {
            head.found(finder.find(memory, RxDescriptor.at(0, next + k - 1 & mask)));
        }
        NEXT.setOpaque(this, next + k);
        if (good && fits) {
            return head;
        }
        counters().add(ERRORS, 1);
        cache().release(head);
        return null;
    }

    // ---- posting ----

    @Override
    protected void refillIfLow() {
        if (size - (posted - next) >= GROUP) {
            refill();
        }
    }

    /** Posts groups, and gives them to the device; with an empty pool the queue goes on with what is posted. */
    private void refill() {
        int before = posted;
        NetBufCache from = cache();
        do {
            if (!post(from)) {
                break;
            }
        } while (size - (posted - next) >= GROUP);
        if (posted != before) {
            window.write32(tail, posted - 1 & mask);
        }
    }

    /** Writes the descriptors of a group: all of one, so that the device sees no half-filled cache line. */
    private boolean post(NetBufCache from) {
        NetBuf[] bufs = ring;
        int first = posted & mask;
        int n = from.take(bufs, first, GROUP);
        if (n < GROUP) {
            from.give(bufs, first, n);
            Arrays.fill(bufs, first, first + GROUP, null);
            counters().add(NO_BUF, 1);
            return false;
        }
        long[] words = group;
        int where = packetAt;
        for (int i = 0; i < GROUP; i++) {
            words[2 * i] = bufs[first + i].bufferIova() + where;
        }
        RxDescriptor.setRead(memory, RxDescriptor.at(0, first), words, GROUP);
        POSTED.setOpaque(this, posted + GROUP);
        return true;
    }

    private void violation(Violation what, long found, long limit) {
        violation(VIOLATIONS + what.ordinal(), what.counter(), found, limit);
    }
}
