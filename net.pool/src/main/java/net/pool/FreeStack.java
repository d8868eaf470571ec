package net.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.api.NetBuf;

/**
 * The free buffers of a pool: a lock-free stack of chunks, of which each push makes one and each take consumes from the top.
 *
 * <p>A chunk is up to {@link #CHUNK} buffers, listed in the slots of its first one, the leader, so that storage for the list is always at hand and batches
 * move by array copy. The head word names the leader of the top chunk and how many of its buffers are left; taking a few only lowers that count. So a
 * batch of any size costs one compare-and-set, "empty" is exact, and a thread that is suspended anywhere holds up nobody and hides nothing.
 *
 * <pre>
 *  head   63        62         30 29       24 23             0
 *         sealed  |  tag         | left in it | leader's index |      left = 0: empty
 *  link   63                   32 31 30 29   24 23             0
 *         buffers beneath        |     the head's low bits when the chunk was pushed
 * </pre>
 *
 * What is read of a chunk before the compare-and-set may be overwritten meanwhile by others who took it; then the tag has moved on, the compare-and-set
 * fails and what was read is dropped. The tag would have to come round, 2^33 operations, within one such attempt.
 */
final class FreeStack {
    /** Most buffers of a chunk. */
    static final int CHUNK = 32;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long SEALED = Long.MIN_VALUE;
    private static final int LEFT_SHIFT = 24;
    private static final int INDEX_MASK = (1 << LEFT_SHIFT) - 1;
    private static final long PLACE_MASK = (1L << 30) - 1;
    private static final long TAG = 1L << 30;
    /** The head stands alone between two pairs of cache lines. */
    private static final int HEAD = 16;
    /** A buffer's record: link, buffers that were allocated and released in batches that it began, unused. */
    private static final int RECORD = 4;
    private static final int TAKEN = 1;
    private static final int GIVEN = 2;

    private final long[] head = new long[2 * HEAD];
    private final long[] records;
    private final NetBuf[][] slots;

    /** @param buffers all of them, by their index; they are free at once, index 0 on top */
    FreeStack(NetBuf[] buffers) {
        records = new long[buffers.length * RECORD];
        slots = new NetBuf[buffers.length][Math.min(CHUNK, buffers.length)];
        NetBuf[] downwards = new NetBuf[buffers.length];
        for (int i = 0; i < buffers.length; i++) {
            slots[i][0] = buffers[i];
            downwards[buffers.length - 1 - i] = buffers[i];
        }
        give(downwards, 0, downwards.length);
    }

    /** One buffer, or null if there is none or the stack is sealed. */
    NetBuf pop() {
        for (;;) {
            long h = acquireHead();
            int left = left(h);
            if (left == 0) {
                return null;
            }
            int leader = leader(h);
            NetBuf b = slots[leader][left - 1];
            long place = left > 1 ? h - (1L << LEFT_SHIFT) : records[leader * RECORD];
            if (moveHead(h, place)) {
                return b;
            }
        }
    }

    /** Puts one buffer on top; false if the stack is sealed. */
    boolean push(NetBuf b) {
        int leader = b.index();
        for (;;) {
            long h = acquireHead();
            if (h < 0) {
                return false;
            }
            records[leader * RECORD] = link(size(h), h);
            if (moveHead(h, place(1, leader))) {
                return true;
            }
        }
    }

    /**
     * Takes up to {@code n} buffers.
     *
     * @return how many; places behind them, up to {@code n}, may have been nulled
     */
    int take(NetBuf[] to, int from, int n) {
        int most = 0;
        for (;;) {
            long h = acquireHead();
            long place = h;
            int got = 0;
            while (got < n && left(place) != 0) {
                int leader = leader(place);
                int left = left(place);
                int m = Math.min(left, n - got);
                System.arraycopy(slots[leader], left - m, to, from + got, m);
                got += m;
                place = m < left ? place - ((long) m << LEFT_SHIFT) : records[leader * RECORD];
            }
            most = Math.max(most, got);
            if (got == 0 || moveHead(h, place)) {
                for (int i = got; i < most; i++) {
                    to[from + i] = null;
                }
                return got;
            }
        }
    }

    /** Puts buffers on top, the last one uppermost; false if the stack is sealed. The array is only read. */
    boolean give(NetBuf[] from, int first, int n) {
        if (n == 0) {
            return true;
        }
        int end = first + n;
        for (int i = first; i < end; i += CHUNK) {
            System.arraycopy(from, i, slots[from[i].index()], 0, Math.min(CHUNK, end - i));
        }
        for (;;) {
            long h = acquireHead();
            if (h < 0) {
                return false;
            }
            int beneath = size(h);
            long place = h;
            for (int i = first; i < end; i += CHUNK) {
                int leader = from[i].index();
                int m = Math.min(CHUNK, end - i);
                records[leader * RECORD] = link(beneath, place);
                beneath += m;
                place = place(m, leader);
            }
            if (moveHead(h, place)) {
                return true;
            }
        }
    }

    /** How many there are; approximate while others work, never outside 0 to all. */
    int size() {
        for (int tries = 0;; tries++) {
            long h = acquireHead();
            int n = Math.clamp(size(h), 0, slots.length);
            VarHandle.acquireFence();
            if ((long) LONGS.getOpaque(head, HEAD) == h || tries == 8) {
                return n;
            }
        }
    }

    /** Takes all buffers out for good; from now on nothing comes out and nothing goes in. Returns how many there were; 0 when sealed before. */
    int seal() {
        for (;;) {
            long h = acquireHead();
            int n = size(h);
            if (h < 0 || LONGS.compareAndSet(head, HEAD, h, SEALED)) {
                return h < 0 ? 0 : n;
            }
        }
    }

    /** Counts {@code n} buffers as allocated; the caller owns {@code first}, which is one of them, so that nobody else counts in its place. */
    void countTaken(NetBuf first, int n) {
        count(first.index() * RECORD + TAKEN, n);
    }

    /** Counts {@code n} buffers as released; the caller still owns {@code first}. */
    void countGiven(NetBuf first, int n) {
        count(first.index() * RECORD + GIVEN, n);
    }

    private void count(int at, int n) {
        LONGS.setOpaque(records, at, records[at] + n);
    }

    /** The sum of {@link #countTaken}. */
    long taken() {
        return sum(TAKEN);
    }

    /** The sum of {@link #countGiven}. */
    long given() {
        return sum(GIVEN);
    }

    private long sum(int field) {
        long n = 0;
        for (int i = field; i < records.length; i += RECORD) {
            n += (long) LONGS.getOpaque(records, i);
        }
        return n;
    }

    private long acquireHead() {
        return (long) LONGS.getAcquire(head, HEAD);
    }

    private boolean moveHead(long from, long place) {
        return LONGS.compareAndSet(head, HEAD, from, (from & ~PLACE_MASK) + TAG & Long.MAX_VALUE | place & PLACE_MASK);
    }

    private int size(long h) {
        return left(h) == 0 ? 0 : left(h) + (int) (records[leader(h) * RECORD] >>> 32);
    }

    private static long link(int beneath, long place) {
        return (long) beneath << 32 | place & PLACE_MASK;
    }

    private static long place(int left, int leader) {
        return (long) left << LEFT_SHIFT | leader;
    }

    private static int left(long place) {
        return (int) (place >>> LEFT_SHIFT) & 0x3f;
    }

    private static int leader(long place) {
        return (int) place & INDEX_MASK;
    }
}
