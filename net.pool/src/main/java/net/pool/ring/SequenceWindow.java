package net.pool.ring;

import java.util.Arrays;

/**
 * Which numbers have come, which are missing, and what is next: the arithmetic of {@link OrderedBuffer}, without its bytes. Single-threaded.
 *
 * <p>All is told relative to the next number expected, so that only differences of sequence numbers count (RFC 1982): a number less than half of the number
 * space ahead is later, any other one earlier. The same slots hold what has come of the window ahead, and, one bit further, what had come of the
 * window behind, which tells duplicates from late packets.
 */
final class SequenceWindow {
    private static final byte HERE = 1;
    private static final byte CAME = 2;

    private final int size;
    private final int unusedBits;
    private final long timeout;
    private final long maxJump;
    private final Counters counters;
    private final byte[] slots;
    private final long[] arrivals;
    private boolean started;
    private long next;
    /** One more than the last number that came, relative to {@link #next}: 0 to size. */
    private int top;
    /** Numbers given up directly before {@link #next}. */
    private long gap;
    /** What is missing below this, relative to {@link #next}, is given up: 0 to size. */
    private int floor;
    private int waiting;
    /** The earliest arrival among those waiting, if {@link #waitingKnown}. */
    private long waitingSince;
    private boolean waitingKnown;
    private boolean suspecting;
    private long suspect;
    /** The place of the packet that {@link #classify} found to be stored, relative to {@link #next}. */
    private int found;

    SequenceWindow(OrderedSpec spec, Counters counters) {
        size = spec.window();
        unusedBits = 64 - spec.sequenceBits();
        timeout = spec.gapTimeout();
        maxJump = spec.maxJump();
        this.counters = counters;
        slots = new byte[size];
        arrivals = new long[size];
    }

    /** Expects that number next, and knows of nothing before it. */
    void start(long sequence) {
        Arrays.fill(slots, (byte) 0);
        next = sequence;
        gap = 0;
        top = 0;
        floor = 0;
        waiting = 0;
        waitingKnown = false;
        suspecting = false;
        started = true;
    }

    /** What is to become of a packet with that number; for IN_ORDER and REORDERED, {@link #foundSlot} is its place and {@link #accept} must follow. */
    PacketFate classify(long sequence) {
        if (!started) {
            start(sequence);
        }
        long ahead = difference(sequence, next);
        if (ahead >= maxJump || ahead <= -maxJump) {
            return far(sequence);
        }
        suspecting = false;
        if (ahead < 0) {
            return ahead >= -size && (slots[slot(ahead)] & CAME) != 0 ? PacketFate.DUPLICATE : PacketFate.LATE;
        }
        if (ahead >= size) {
            long move = ahead - size + 1;
            if (waiting > 0 && missing() < move) {
                floor = (int) Math.min(move, size);
                return PacketFate.DRAIN_FIRST;
            }
            giveUp(move);
            ahead -= move;
        }
        if ((slots[slot(ahead)] & HERE) != 0) {
            return PacketFate.DUPLICATE;
        }
        found = (int) ahead;
        return found >= top ? PacketFate.IN_ORDER : PacketFate.REORDERED;
    }

    /** RFC 3550, A.1: two packets in a row that follow on each other, far away, are a source that has begun anew; one is a mistake. */
    private PacketFate far(long sequence) {
        if (!suspecting || difference(sequence, suspect) != 1) {
            suspecting = true;
            suspect = sequence;
            return PacketFate.FAR;
        }
        if (waiting > 0) {
            floor = top;
            return PacketFate.DRAIN_FIRST;
        }
        start(sequence);
        counters.releaseAdd(OrderedBuffer.RESTARTS, 1);
        found = 0;
        return PacketFate.IN_ORDER;
    }

    int foundSlot() {
        return slot(found);
    }

    /** The packet that was classified last is here now. */
    void accept(long now) {
        int slot = slot(found);
        slots[slot] |= HERE;
        arrivals[slot] = now;
        top = Math.max(top, found + 1);
        if (waiting++ == 0) {
            waitingSince = now;
            waitingKnown = true;
        }
    }

    /** The slot of the packet that is to come out next, or -1; gives up what has to be given up before it. */
    int ready(long now) {
        for (;;) {
            if (waiting > 0 && (slots[slot(0)] & HERE) != 0) {
                return slot(0);
            }
            if (floor > 0) {
                giveUp(waiting == 0 ? floor : Math.min(floor, missing()));
            } else if (waiting > 0 && now - waitingSince() >= timeout) {
                giveUp(missing());
            } else {
                return -1;
            }
        }
    }

    /** The packet that {@link #ready} returned is out. */
    void remove() {
        waiting--;
        waitingKnown = false;
        gap = 0;
        advance(1);
    }

    /** The number expected next; after {@link #ready}, that of the packet. */
    long next() {
        return number(next);
    }

    /** How many numbers directly before {@link #next} were given up. */
    long gap() {
        return gap;
    }

    /** The first of them. */
    long gapStart() {
        return number(next - gap);
    }

    int waiting() {
        return waiting;
    }

    long arrival(int slot) {
        return arrivals[slot];
    }

    /** When {@link #ready} has to be asked again, if no packet comes; only if one waits. */
    long deadline() {
        return waitingSince() + timeout;
    }

    boolean isReady() {
        return floor > 0 || waiting > 0 && (slots[slot(0)] & HERE) != 0;
    }

    private long waitingSince() {
        if (!waitingKnown) {
            boolean first = true;
            for (int i = 0; i < top; i++) {
                int slot = slot(i);
                if ((slots[slot] & HERE) != 0 && (first || arrivals[slot] - waitingSince < 0)) {
                    waitingSince = arrivals[slot];
                    first = false;
                }
            }
            waitingKnown = true;
        }
        return waitingSince;
    }

    /** How many are missing before the first that waits. */
    private int missing() {
        int n = 0;
        while ((slots[slot(n)] & HERE) == 0) {
            n++;
        }
        return n;
    }

    private void giveUp(long n) {
        counters.releaseAdd(OrderedBuffer.GAPS, 1);
        counters.releaseAdd(OrderedBuffer.LOST, n);
        gap += n;
        advance(n);
    }

    /** Moves on; what had come of the numbers passed is remembered for one window. */
    private void advance(long n) {
        for (int i = 0; i < Math.min(n, size); i++) {
            int slot = slot(i);
            slots[slot] = (slots[slot] & HERE) != 0 ? CAME : 0;
        }
        next += n;
        top = (int) Math.max(0, top - n);
        floor = (int) Math.max(0, floor - n);
    }

    private int slot(long ahead) {
        return (int) (next + ahead) & size - 1;
    }

    private long number(long n) {
        return n << unusedBits >>> unusedBits;
    }

    /** Serial number arithmetic: a - b as a signed number of the width. */
    private long difference(long a, long b) {
        return a - b << unusedBits >> unusedBits;
    }
}
