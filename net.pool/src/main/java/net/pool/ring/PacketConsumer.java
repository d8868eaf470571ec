package net.pool.ring;

import java.lang.foreign.MemorySegment;
import net.api.DevException;

/**
 * The side of an {@link UnorderedBuffer} where packets come out. It belongs to the first thread that calls, until that calls {@link #unbind} or ends; calls
 * of others, and calls from within a handler, fail with BAD_STATE and change nothing. Nothing here allocates, locks or waits.
 */
public final class PacketConsumer extends Side {
    static final int POPPED = 0;
    static final int POPPED_BYTES = 1;
    static final int LEFT = 2;

    final Counters counters = new Counters(3);
    private final Records records;
    private final Positions positions;
    private final PacketView view;
    /** The producer drops the oldest: the consumed word is shared, and must be held while one looks at packets. */
    private final boolean shared;
    /** Records that this side is through with, published or not. */
    private long head;
    /** The producer's count when it was last looked at. */
    private long produced;
    private boolean peeked;

    PacketConsumer(RingSpec spec, MemorySegment memory, Records records, Positions positions) {
        super("consumer of a packet ring", memory);
        this.records = records;
        this.positions = positions;
        this.view = new PacketView(memory, records, spec.capacity());
        this.shared = spec.overflow() == OverflowPolicy.DROP_OLDEST;
    }

    /**
     * Shows the oldest packet to the handler, and removes it if the handler says so.
     *
     * @return 1 if a packet was removed; 0 if there was none, or it was left
     * @throws DevException BAD_STATE for a thread that does not own this side, in a handler, and between peek and remove or leave
     */
    public int pop(PacketHandler handler) {
        return pop(handler, 1);
    }

    /**
     * Shows packets, oldest first, to the handler until it leaves one, or there are no more. If it throws, that packet stays too. The places of removed
     * packets are free for the producer when the call ends: choose a {@code max} that is small beside the ring.
     *
     * @param max most packets, 0 or more
     * @return how many were removed
     * @throws DevException INVALID_PARAM if {@code max} is negative; BAD_STATE as {@link #pop(PacketHandler)}
     */
    public int pop(PacketHandler handler, int max) {
        enter();
        try {
            checkNoPeek();
            if (max < 0) {
                throw invalid("at most " + max + " packets");
            }
            if (max == 0 || !begin()) {
                return 0;
            }
            int n = 0;
            long bytes = 0;
            try {
                do {
                    view.open(head);
                    if (!handler.packet(view)) {
                        counters.releaseAdd(LEFT, 1);
                        break;
                    }
                    bytes += records.length(head);
                    head++;
                    n++;
                } while (n < max && next());
            } finally {
                end(n, bytes);
            }
            return n;
        } finally {
            leave();
        }
    }

    /**
     * Looks at the oldest packet without removing it; {@link #remove} or {@link #leavePacket} must follow.
     *
     * @return the packet; null if there is none
     * @throws DevException BAD_STATE as {@link #pop(PacketHandler)}
     */
    public PacketView peek() {
        enter();
        try {
            checkNoPeek();
            if (!begin()) {
                return null;
            }
            peeked = true;
            view.open(head);
            return view;
        } finally {
            leave();
        }
    }

    /** Removes the packet that {@link #peek} returned. BAD_STATE without one. */
    public void remove() {
        enter();
        try {
            checkPeek();
            int length = records.length(head);
            head++;
            end(1, length);
        } finally {
            leave();
        }
    }

    /** Leaves the packet that {@link #peek} returned the oldest. BAD_STATE without one. */
    public void leavePacket() {
        enter();
        try {
            checkPeek();
            counters.releaseAdd(LEFT, 1);
            end(0, 0);
        } finally {
            leave();
        }
    }

    /** Goes to the oldest packet, and holds it where the producer might drop it; false, and not held, if there is none. */
    private boolean begin() {
        if (!shared) {
            return next();
        }
        for (;;) {
            long word = positions.acquireConsumed();
            produced = positions.acquireProduced();
            if (word >= produced) {
                return false;
            }
            if (positions.compareAndSetConsumed(word, word | Positions.HELD)) {
                head = word;
                return next();
            }
        }
    }

    /** Goes on to the next packet; padding is published together with the packet behind it. */
    private boolean next() {
        if (head == produced) {
            produced = positions.acquireProduced();
            if (head == produced) {
                return false;
            }
        }
        if (records.isPadding(head)) {
            head++;
        }
        return true;
    }

    /** Publishes what was removed, and the padding behind it. Counters go first, so that who sees the ring emptied sees them. */
    private void end(int packets, long bytes) {
        peeked = false;
        view.close();
        if (head == produced) {
            produced = positions.acquireProduced();
        }
        if (head < produced && records.isPadding(head)) {
            head++;
        }
        counters.releaseAdd(POPPED_BYTES, bytes);
        counters.releaseAdd(POPPED, packets);
        positions.releaseConsumed(head);
    }

    private void checkPeek() {
        if (!peeked) {
            throw badState("has no packet from peek()");
        }
    }

    private void checkNoPeek() {
        if (peeked) {
            throw badState("has a packet from peek(): call remove() or leavePacket() first");
        }
    }
}
