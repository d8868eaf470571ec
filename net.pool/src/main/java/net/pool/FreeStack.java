package net.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
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
    private static final VarHandle TAKEN;
    private static final VarHandle GIVEN;
    private static final long SEALED = Long.MIN_VALUE;
    private static final int LEFT_SHIFT = 24;
    private static final int INDEX_MASK = (1 << LEFT_SHIFT) - 1;
    private static final long PLACE_MASK = (1L << 30) - 1;
    private static final long TAG = 1L << 30;
    /** The head stands alone between two pairs of cache lines. */
    private static final int HEAD = 16;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TAKEN = lookup.findVarHandle(Node.class, "taken", long.class);
            GIVEN = lookup.findVarHandle(Node.class, "given", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What the stack knows of a buffer. */
    private static final class Node {
        /** The chunk that the buffer leads; the first is the buffer itself for good, as far as single buffers are pushed. */
        final NetBuf[] slots = new NetBuf[CHUNK];
        long link;
        /** Buffers that were allocated and released in batches that this one began. */
        long taken;
        long given;

        Node(NetBuf b) {
            slots[0] = b;
        }
    }

    private final long[] head = new long[2 * HEAD];
    /** By index. Replaced by a longer one when buffers are added, before any of them is on the stack: whoever has acquired a head with an index finds it. */
    private Node[] nodes;

    /** @param buffers all of them, by their index; they are free at once, index 0 on top */
    FreeStack(NetBuf[] buffers) {
        nodes = new Node[0];
        extend(buffers);
        giveAll(buffers, 0, buffers.length);
    }

    /** An empty one for the same buffers, each of which is in one of the two, or in none. */
    FreeStack(FreeStack other) {
        nodes = other.nodes;
    }

    /** There are more buffers than before; they are not free yet. One thread at a time; a second stack is made after. */
    void extend(NetBuf[] buffers) {
        Node[] more = Arrays.copyOf(nodes, buffers.length);
        for (int i = nodes.length; i < more.length; i++) {
            more[i] = new Node(buffers[i]);
        }
        nodes = more;
    }

    /** Buffers of the array are free, the first one uppermost. */
    void giveAll(NetBuf[] buffers, int first, int n) {
        NetBuf[] downwards = new NetBuf[n];
        for (int i = 0; i < n; i++) {
            downwards[n - 1 - i] = buffers[first + i];
        }
        give(downwards, 0, n);
    }

    /** One buffer, or null if there is none or the stack is sealed. */
    NetBuf pop() {
        for (;;) {
            long h = acquireHead();
            int left = left(h);
            if (left == 0) {
                return null;
            }
            Node leader = nodes[leader(h)];
            NetBuf b = leader.slots[left - 1];
            long place = left > 1 ? h - (1L << LEFT_SHIFT) : leader.link;
            if (moveHead(h, place)) {
                return b;
            }
        }
    }

    /** Puts one buffer on top; false if the stack is sealed. */
    boolean push(NetBuf b) {
        Node leader = nodes[b.index()];
        for (;;) {
            long h = acquireHead();
            if (h < 0) {
                return false;
            }
            leader.link = link(size(h), h);
            if (moveHead(h, place(1, b.index()))) {
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
                Node leader = nodes[leader(place)];
                int left = left(place);
                int m = Math.min(left, n - got);
                System.arraycopy(leader.slots, left - m, to, from + got, m);
                got += m;
                place = m < left ? place - ((long) m << LEFT_SHIFT) : leader.link;
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
            System.arraycopy(from, i, nodes[from[i].index()].slots, 0, Math.min(CHUNK, end - i));
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
                nodes[leader].link = link(beneath, place);
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
            int n = Math.clamp(size(h), 0, nodes.length);
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
        Node node = nodes[first.index()];
        TAKEN.setOpaque(node, node.taken + n);
    }

    /** Counts {@code n} buffers as released; the caller still owns {@code first}. */
    void countGiven(NetBuf first, int n) {
        Node node = nodes[first.index()];
        GIVEN.setOpaque(node, node.given + n);
    }

    /** The sum of {@link #countTaken}. */
    long taken() {
        long n = 0;
        for (Node node : nodes) {
            n += (long) TAKEN.getOpaque(node);
        }
        return n;
    }

    /** The sum of {@link #countGiven}. */
    long given() {
        long n = 0;
        for (Node node : nodes) {
            n += (long) GIVEN.getOpaque(node);
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
        return left(h) == 0 ? 0 : left(h) + (int) (nodes[leader(h)].link >>> 32);
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
