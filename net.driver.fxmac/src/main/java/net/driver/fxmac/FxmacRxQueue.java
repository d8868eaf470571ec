package net.driver.fxmac;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.RxInfo;
import net.api.RxInfo.Checksum;
import net.api.device.Interrupt;
import net.api.driver.DeviceWatch;
import net.api.driver.HandOver;
import net.api.driver.OwnedRxQueue;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.RxBd;

/**
 * A receive queue: TRM 16.3.3. The device fills descriptors in order. Frames that fit in one buffer are moved in runs; any other is put together piece by
 * piece.
 *
 * <p>A device that read a used descriptor, because all had been filled, waits until it is told to look again. That it may have is seen, some time after more
 * were posted, from the last one of before, which is used, and the first of those, which is not.
 */
final class FxmacRxQueue extends OwnedRxQueue {
    static final int RESTARTS = OWN;
    /** Frames that the device did not finish. */
    static final int CUT = OWN + 1;
    static final int VIOLATIONS = OWN + 2;
    /** How many descriptors are read together. */
    private static final int LOOK = 128;
    /** How many in a lull, if not all of those are used. */
    private static final int FEW = 8;
    /** In place of a descriptor. */
    private static final int NONE = -1;
    private static final VarHandle PAUSED;
    private static final long WHOLE = RxBd.SOF | RxBd.EOF;
    /** Bits 23:22 of the second word, with checksums on: TRM table 16-2. */
    private static final int SUM_SHIFT = 54;
    private static final long[] SUMS = {0, RxInfo.withIp(0, Checksum.GOOD), RxInfo.withL4(RxInfo.withIp(0, Checksum.GOOD), Checksum.GOOD),
        RxInfo.withL4(RxInfo.withIp(0, Checksum.GOOD), Checksum.GOOD)};

    static {
        try {
            PAUSED = MethodHandles.lookup().findVarHandle(FxmacRxQueue.class, "paused", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MacRegisters mac;
    private final boolean clearOnRead;
    private final MemorySegment memory;
    /** Where the ring begins in the memory. */
    private final long base;
    private final NetBuf[] ring;
    /** Descriptors that {@link #look} read. */
    private final long[] read = new long[2 * LOOK];
    /** Descriptors that are about to be written. */
    private final long[] fresh;
    private final int mask;
    private final int packetAt;
    private final int room;
    private final int maxPieces;
    /** Buffers that are posted together: each time the descriptor posted last is looked at, whose line the device has written. */
    private final int batch;
    private final int lengthMask;
    private final boolean checksums;
    private final PauseSender.Level level;
    /** The ring is being set up again: nobody else may touch it. */
    private boolean paused;
    /** Descriptor that is filled next, by the device. */
    private int next;
    /** Descriptors that the device holds, from {@link #next} on. */
    private int outstanding;
    /** Descriptors from {@link #next} on, up to the ring's end, that {@link #look} read; the last of them was used. */
    private int seen;
    /** Where the first of them is in {@link #read}. */
    private int readAt;
    /** All descriptors that the last {@link #look} wanted to read were used. */
    private boolean busy;
    /** Descriptor that was posted first when buffers were posted last, until it has been looked whether the device waits in front of it; or {@link #NONE}. */
    private int doubtful = NONE;

    /**
     * @param rings memory with the ring
     * @param base where it begins there
     * @param room bytes of a buffer, a multiple of 64
     * @param longest bytes of the longest frame that the device takes
     * @param checksums the device compares checksums, and tells
     * @param level sends pause frames while the ring runs full; null if nobody wants that
     */
    FxmacRxQueue(int index, NetBuf[] ring, NetBufPool pool, DeviceWatch watch, Interrupt interrupt, MacRegisters mac, boolean clearOnRead,
            MemorySegment rings, long base,
            int room, int longest, boolean checksums, PauseSender.Level level) {
        super(index, ring, pool, watch, interrupt, 2 + Violation.values().length);
        this.mac = mac;
        this.clearOnRead = clearOnRead;
        this.memory = rings;
        this.base = base;
        this.ring = ring;
        this.room = room;
        this.checksums = checksums;
        this.level = level;
        mask = ring.length - 1;
        fresh = new long[2 * ring.length];
        packetAt = pool.headroom();
        maxPieces = Math.min(ring.length, (longest + room - 1) / room);
        batch = Math.max(1, Math.min(128, ring.length / 4));
        lengthMask = longest > RxBd.LENGTH_MASK ? RxBd.JUMBO_LENGTH_MASK : RxBd.LENGTH_MASK;
    }

    // ---- setting up: before anybody receives, or while paused ----

    /** Posts buffers for the first time; returns how many. On the thread that attaches. */
    int fill(NetBufCache from) {
        int n = from.take(ring, 0, size());
        counters().add(NO_BUF, n < size() ? 1 : 0);
        describeAll(n);
        from.flush();
        return n;
    }

    /** Every buffer's address may be written to a descriptor. */
    boolean isAligned() {
        for (NetBuf b : ring) {
            if (b != null && (b.bufferIova() + packetAt & ~RxBd.ADDRESS_MASK & 0xffff_ffffL) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Owners find nothing from now on, and leave; {@link #awaitOutside} tells when. */
    void pause() {
        PAUSED.setVolatile(this, true);
    }

    /** After {@link #pause}, with everything that was done to the ring. */
    void resume() {
        PAUSED.setRelease(this, false);
    }

    /** Puts the ring as after {@link #fill}, with the buffers that it has; what was received and not taken is lost. While paused, with the receiver off. */
    void restart() {
        int n = 0;
        for (int i = 0; i < ring.length; i++) {
            NetBuf b = ring[i];
            ring[i] = null;
            if (b != null) {
                ring[n++] = b;
            }
        }
        describeAll(n);
    }

    private void describeAll(int n) {
        for (int i = n; i < ring.length; i++) {
            RxBd.setUsed(memory, RxBd.at(base, i), wrap(i));
        }
        describe(0, n);
        next = 0;
        outstanding = n;
        seen = 0;
        doubtful = NONE;
    }

    // ---- hand-over ----

    void save(HandOver.Writer to) {
        settle();
        String prefix = "rx." + index() + ".";
        to.put(prefix + "next", next).put(prefix + "outstanding", outstanding).put(prefix + "counters", counters().values());
    }

    /** Goes on where another driver was. */
    void restore(HandOver from) {
        String prefix = "rx." + index() + ".";
        next = from.number(prefix + "next", 0, mask);
        outstanding = from.number(prefix + "outstanding", 0, size());
        Slots.check(name(), ring, next, outstanding);
        counters().restore(from.longs(prefix + "counters"));
    }

    // ---- receiving ----

    @Override
    protected boolean hasFrames() {
        return !(boolean) PAUSED.getAcquire(this) && outstanding > 0 && (RxBd.wordAcquire(memory, RxBd.at(base, next)) & RxBd.USED) != 0;
    }

    @Override
    protected int poll(NetBuf[] to, int from, int max) {
        if ((boolean) PAUSED.getAcquire(this)) {
            return 0;
        }
        if (seen == 0) {
            look();
        }
        int n = seen == 0 ? 0 : max == 1 ? moveOne(to, from) : move(to, from, Math.min(max, seen));
        if (n < max) {
            n += moveMore(to, from + n, max - n);
        }
        if (seen == 0 && n > 0) {
            // For the next call: the lines come while this one goes on.
            look();
        }
        refillIfLow();
        if (level != null) {
            level.look(isFree(size() / 4), isFree(size() / 2));
        }
        return n;
    }

    /** What a burst does not bring: what is behind the ring's end, the rest of a long batch, and what is out of the ordinary. */
    private int moveMore(NetBuf[] to, int from, int max) {
        int end = from + max;
        int at = from;
        while (at < end && outstanding > 0) {
            if (seen == 0) {
                look();
                if (seen == 0) {
                    break;
                }
            }
            int n = move(to, at, Math.min(end - at, seen));
            if (n == 0) {
                seen = 0;
                int pieces = pieces();
                if (pieces == 0) {
                    break;
                }
                n = assemble(to, at, pieces);
            }
            at += n;
        }
        return at - from;
    }

    /** So many descriptors, those that were posted last, are the device's and empty. */
    private boolean isFree(int count) {
        return outstanding >= count && (word(outstanding - count) & RxBd.USED) == 0;
    }

    /**
     * Reads the next descriptors: further than a small batch wants, because a line that the device has written takes as long to come as the work on many
     * frames, and many come at once. In a lull the first and the last are looked at before: where nothing or little has come, the device is about to write the
     * others.
     */
    private void look() {
        int first = next;
        int there = Math.min(Math.min(LOOK, outstanding), size() - first);
        int n = busy ? there : lookAtEnds(first, there);
        if (n > 0) {
            RxBd.read(memory, RxBd.at(base, first), read, n);
            VarHandle.acquireFence();
            while (n > 0 && !isUsed(read[2 * n - 2])) {
                n--;
            }
            readAt = 0;
            seen = n;
        }
        busy = n == there && n > 0;
    }

    /** How many of the next descriptors are worth being read. */
    private int lookAtEnds(int first, int there) {
        MemorySegment m = memory;
        if (there <= 0 || !isUsed(RxBd.word(m, RxBd.at(base, first)))) {
            return 0;
        }
        return isUsed(RxBd.word(m, RxBd.at(base, first + there - 1))) ? there : Math.min(there, FEW);
    }

    private static boolean isUsed(long word) {
        return (word & RxBd.USED) != 0;
    }

    /**
     * Moves whole frames in one buffer, of a length that can be.
     *
     * <p>Called only if there is something: the compiler leaves calls in a loop that it has mostly seen skipped, on a card that was idle, and does not compile
     * it again when there is traffic.
     *
     * @param max how many descriptors, all of them read, 1 or more
     * @return how many frames; what stands in front of the next, if there are fewer than {@code max}, is for {@link #moveMore}
     */
    private int move(NetBuf[] to, int at, int max) {
        NetBuf[] bufs = ring;
        long[] words = read;
        int where = packetAt;
        int spread = room - NetDriverOps.MIN_FRAME;
        int lengthBits = lengthMask;
        int from = readAt;
        int first = next;
        boolean more = false;
        int bytes = 0;
        int n = 0;
        for (; n < max; n++) {
            long word = words[2 * (from + n)];
            int length = RxBd.length(word, lengthBits);
            if ((word & (WHOLE | RxBd.USED)) != (WHOLE | RxBd.USED) || Integer.compareUnsigned(length - NetDriverOps.MIN_FRAME, spread) > 0) {
                break;
            }
            more |= bufs[first + n].arrived(where, length);
            bytes += length;
        }
        if (n > 0) {
            if (more) {
                NetBuf.arrived(bufs, first, n);
            }
            enter(bufs, first, to, at, n);
            deliver(n, bytes);
        }
        return n;
    }

    /** As {@link #move}, for callers that want one frame. */
    private int moveOne(NetBuf[] to, int at) {
        long word = read[2 * readAt];
        int length = RxBd.length(word, lengthMask);
        if ((word & (WHOLE | RxBd.USED)) != (WHOLE | RxBd.USED)
                || Integer.compareUnsigned(length - NetDriverOps.MIN_FRAME, room - NetDriverOps.MIN_FRAME) > 0) {
            return 0;
        }
        int first = next;
        NetBuf b = ring[first];
        b.received(packetAt, length);
        if (checksums) {
            b.found(SUMS[(int) (word >>> SUM_SHIFT) & 3]);
        }
        ring[first] = null;
        to[at] = b;
        readAt++;
        seen--;
        next = first + 1 & mask;
        outstanding--;
        deliver(1, length);
        return 1;
    }

    /** Moves the references of frames that are the caller's now. */
    private void enter(NetBuf[] bufs, int first, NetBuf[] to, int at, int n) {
        System.arraycopy(bufs, first, to, at, n);
        Arrays.fill(bufs, first, first + n, null);
        if (checksums) {
            for (int i = 0; i < n; i++) {
                to[at + i].found(SUMS[(int) (read[2 * (readAt + i)] >>> SUM_SHIFT) & 3]);
            }
        }
        readAt += n;
        seen -= n;
        next = first + n & mask;
        outstanding -= n;
    }

    /** How many descriptors the next frame has; 0 if it is not there yet. One that breaks a rule counts as a frame of its own. */
    private int pieces() {
        for (int n = 0; n < outstanding; n++) {
            long word = word(n);
            if ((word & RxBd.USED) == 0) {
                return 0;
            }
            if (n > 0 && (word & RxBd.SOF) != 0) {
                return n;
            }
            if ((word & RxBd.EOF) != 0 || n + 1 == maxPieces) {
                return n + 1;
            }
        }
        return 0;
    }

    private long word(int ahead) {
        return wordAt(next + ahead);
    }

    private long wordAt(int place) {
        return RxBd.wordAcquire(memory, RxBd.at(base, place & mask));
    }

    /** Takes a frame of several descriptors, or one that breaks a rule: then its buffers go back. Returns 1, or 0 if it was dropped. */
    private int assemble(NetBuf[] to, int at, int pieces) {
        long firstWord = word(0);
        long lastWord = word(pieces - 1);
        int length = RxBd.length(lastWord, lengthMask);
        int before = (pieces - 1) * room;
        boolean good = true;
        if ((firstWord & RxBd.SOF) != 0 && (lastWord & RxBd.EOF) == 0 && pieces < maxPieces) {
            // The device ran out of descriptors in the middle, and began the next frame in the next one.
            counters().add(CUT, 1);
            good = false;
        } else if ((firstWord & RxBd.SOF) == 0 || (lastWord & RxBd.EOF) == 0) {
            violation(Violation.FRAME_BOUNDS, pieces, maxPieces);
            good = false;
        } else if (length < NetDriverOps.MIN_FRAME || length <= before || length > before + room) {
            violation(Violation.LENGTH, length, before + room);
            good = false;
        }
        NetBuf head = null;
        NetBuf last = null;
        for (int i = 0; i < pieces; i++) {
            int place = next + i & mask;
            NetBuf b = ring[place];
            ring[place] = null;
            b.received(packetAt, good ? Math.min(room, length - i * room) : 0);
            if (head == null) {
                head = b;
            } else {
                last.chain(b);
            }
            last = b;
        }
        next = next + pieces & mask;
        outstanding -= pieces;
        if (!good) {
            cache().release(head);
            counters().add(ERRORS, 1);
            return 0;
        }
        if (checksums) {
            head.found(SUMS[(int) (lastWord >>> SUM_SHIFT) & 3]);
        }
        to[at] = head;
        deliver(1, length);
        return 1;
    }

    // ---- posting ----

    @Override
    protected void refillIfLow() {
        if ((boolean) PAUSED.getAcquire(this)) {
            return;
        }
        settle();
        if (size() - outstanding >= batch) {
            refill();
        }
    }

    /** Has a device that waits look at what was posted. A while after that was written, when there is nothing left for which the fence must wait. */
    private void settle() {
        int d = doubtful;
        if (d != NONE) {
            doubtful = NONE;
            VarHandle.fullFence();
            if (!isUsed(wordAt(d)) && isUsed(wordAt(d - 1))) {
                restartDevice();
            }
        }
    }

    private void restartDevice() {
        counters().add(RESTARTS, 1);
        mac.restartReceive();
    }

    /** Posts fresh buffers, in whole batches; with an empty pool the queue goes on with what is posted. */
    private void refill() {
        int before = outstanding;
        int start = next + before & mask;
        int wanted = size() - before & -batch;
        int posted = 0;
        while (posted < wanted) {
            int first = start + posted & mask;
            int asked = Math.min(wanted - posted, size() - first);
            int n = cache().take(ring, first, asked);
            describe(first, n);
            posted += n;
            if (n < asked) {
                counters().add(NO_BUF, 1);
                break;
            }
        }
        outstanding = before + posted;
        if (before == 0 && posted > 0) {
            // It had nothing left, and it waits or is about to.
            restartDevice();
        } else if (posted > 0) {
            doubtful = start;
        }
    }

    /** Gives the buffers in the ring from {@code first} on to the device. */
    private void describe(int first, int n) {
        if (n == 0) {
            return;
        }
        NetBuf[] bufs = ring;
        long[] words = fresh;
        long offset = packetAt;
        for (int i = 0; i < n; i++) {
            long iova = bufs[first + i].bufferIova() + offset;
            words[2 * i] = RxBd.word(iova, 0);
            words[2 * i + 1] = RxBd.highWord(iova);
        }
        words[2 * n - 2] |= wrap(first + n - 1);
        RxBd.give(memory, RxBd.at(base, first), words, n);
    }

    private long wrap(int i) {
        return i == mask ? RxBd.WRAP : 0;
    }

    // ---- interrupts ----

    @Override
    protected void armInterrupt() {
        int q = index();
        if (q == 0) {
            int causes = mac.read(Fxmac.ISR);
            if (!clearOnRead) {
                mac.write(Fxmac.ISR, causes);
            }
            mac.write(Fxmac.IER, Irq.RX_COMPLETE);
        } else {
            int causes = mac.read(Fxmac.QISR, q - 1);
            if (!clearOnRead) {
                mac.write(Fxmac.QISR, q - 1, causes);
            }
            mac.write(Fxmac.QIER, q - 1, Irq.RX_COMPLETE);
        }
    }

    @Override
    protected void disarmInterrupt() {
        if (index() == 0) {
            mac.write(Fxmac.IDR, Irq.RX_COMPLETE);
        } else {
            mac.write(Fxmac.QIDR, index() - 1, Irq.RX_COMPLETE);
        }
    }

    private void violation(Violation what, long found, long limit) {
        violation(VIOLATIONS + what.ordinal(), what.counter(), found, limit);
    }
}
