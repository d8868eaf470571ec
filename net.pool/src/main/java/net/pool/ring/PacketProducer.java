package net.pool.ring;

import java.lang.foreign.MemorySegment;
import net.api.DevException;

/**
 * The side of an {@link UnorderedBuffer} where packets go in. It belongs to the first thread that calls, until that calls {@link #unbind} or ends; calls of
 * others, and calls from within a receiver, fail with BAD_STATE and change nothing. Nothing here allocates, locks or waits.
 */
public final class PacketProducer extends Side {
    /** Of {@link #push}: there was no room, the receiver was not called, and nothing changed. */
    public static final int NO_ROOM = -1;
    /** Of {@link #push} and {@link #commit}: the packet was received, and dropped for want of room. */
    public static final int DROPPED = -2;

    static final int PUSHED = 0;
    static final int PUSHED_BYTES = 1;
    static final int REFUSED = 2;
    static final int DROPPED_NEWEST = 3;
    static final int DROPPED_OLDEST = 4;
    static final int ABORTED = 5;
    static final int FAILED = 6;
    static final int PADDING_BYTES = 7;

    final Counters counters = new Counters(8);
    private final MemorySegment memory;
    private final Records records;
    private final Positions positions;
    private final PacketSlot slot;
    private final OverflowPolicy overflow;
    private final int capacity;
    private final int maxPacket;
    /** Records that this side has published. */
    private long produced;
    /** Where the next byte goes, counted since the beginning. */
    private long tail;
    /** The consumer's count when it was last looked at, and where the first byte lay that was not free then. */
    private long consumed;
    private long head;
    /** The outcome of {@link #place}: where the packet begins, and the padding in front of it. */
    private long start;
    private int padding;
    private boolean reserved;
    private boolean staged;

    PacketProducer(RingSpec spec, MemorySegment memory, Records records, Positions positions) {
        super("producer of a packet ring", memory);
        this.memory = memory;
        this.records = records;
        this.positions = positions;
        this.slot = new PacketSlot(memory);
        this.overflow = spec.overflow();
        this.capacity = spec.capacity();
        this.maxPacket = spec.maxPacket();
    }

    /**
     * Receives one packet into the ring.
     *
     * @param max most bytes it can have, 1 to {@link RingSpec#maxPacket}
     * @param receiver writes it, or finds none, or fails: then the ring is as it was
     * @return its length; 0 if the receiver found none; {@link #NO_ROOM}; {@link #DROPPED}
     * @throws E of the receiver
     * @throws DevException INVALID_PARAM if {@code max} is out of range, or the receiver returned less than 0 or more than {@code max}; BAD_STATE for a thread
     *         that does not own this side, in a receiver, and between reserve and commit
     */
    public <E extends Exception> int push(int max, PacketReceiver<E> receiver) throws E {
        enter();
        try {
            if (!open(max)) {
                return NO_ROOM;
            }
            boolean done = false;
            try {
                int length = receiver.receive(slot);
                checkLength(length);
                done = true;
                return close(length);
            } finally {
                if (!done) {
                    counters.releaseAdd(FAILED, 1);
                    end();
                }
            }
        } finally {
            leave();
        }
    }

    /**
     * Copies a packet into the ring.
     *
     * @param source where it is
     * @param from where it begins there, in bytes
     * @param length its length, 1 to {@link RingSpec#maxPacket}
     * @param time to be noted
     * @return its length; {@link #NO_ROOM}; {@link #DROPPED}
     * @throws DevException as {@link #push}, and INVALID_PARAM if the packet is not all in the source
     */
    public int push(MemorySegment source, long from, int length, long time) {
        PacketSlot to = reserve(length);
        if (to == null) {
            return NO_ROOM;
        }
        boolean done = false;
        try {
            to.copyFrom(source, from, length);
            to.time(time);
            done = true;
            return commit(length);
        } finally {
            if (!done) {
                abort();
            }
        }
    }

    /**
     * Reserves a place, for those who would rather not be called back; {@link #commit} or {@link #abort} must follow.
     *
     * @param max its size in bytes, 1 to {@link RingSpec#maxPacket}
     * @return the place; null if there is no room
     * @throws DevException INVALID_PARAM if {@code max} is out of range; BAD_STATE as {@link #push}
     */
    public PacketSlot reserve(int max) {
        enter();
        try {
            return open(max) ? slot : null;
        } finally {
            leave();
        }
    }

    /**
     * Publishes the packet in the reserved place.
     *
     * @param length its length; 0 is {@link #abort}
     * @return the length; {@link #DROPPED}
     * @throws DevException INVALID_PARAM if the length is less than 0 or more than was reserved: the place stays reserved; BAD_STATE if none is,
     *         and as {@link #push}
     */
    public int commit(int length) {
        enter();
        try {
            checkReserved();
            checkLength(length);
            return close(length);
        } finally {
            leave();
        }
    }

    /** Gives the reserved place back; the ring is as before {@link #reserve}. BAD_STATE if none is reserved. */
    public void abort() {
        enter();
        try {
            checkReserved();
            close(0);
        } finally {
            leave();
        }
    }

    /** Bytes of the ring that are not free: packets that were not popped yet, and padding. Owner only. */
    public int used() {
        enter();
        try {
            look();
            return consumed == produced ? 0 : (int) (tail - head);
        } finally {
            leave();
        }
    }

    private boolean open(int max) {
        if (reserved) {
            throw badState("has a place reserved: commit or abort it first");
        }
        if (max < 1 || max > maxPacket) {
            throw invalid("a place of " + max + " bytes, not from 1 to " + maxPacket);
        }
        if (place(max)) {
            staged = false;
            slot.open((int) start & capacity - 1, max);
        } else if (overflow == OverflowPolicy.REFUSE) {
            counters.releaseAdd(REFUSED, 1);
            return false;
        } else {
            staged = true;
            slot.open(capacity, max);
        }
        reserved = true;
        return true;
    }

    private int close(int length) {
        int result = length;
        if (length == 0) {
            counters.releaseAdd(ABORTED, 1);
        } else if (!staged) {
            publish(length);
        } else if (place(length) || overflow == OverflowPolicy.DROP_OLDEST && makeRoom(length)) {
            MemorySegment.copy(memory, slot.offset(), memory, start & capacity - 1, length);
            publish(length);
        } else {
            counters.releaseAdd(DROPPED_NEWEST, 1);
            result = DROPPED;
        }
        end();
        return result;
    }

    private void end() {
        reserved = false;
        slot.close();
    }

    /** The only change that a packet makes: one or two records and the positions, published together. */
    private void publish(int length) {
        if (consumed == produced) {
            head = start - padding;
        }
        if (padding > 0) {
            records.writePadding(produced++, tail, padding);
            counters.releaseAdd(PADDING_BYTES, padding);
        }
        records.writePacket(produced++, start, length, slot);
        tail = start + length;
        counters.releaseAdd(PUSHED_BYTES, length);
        counters.releaseAdd(PUSHED, 1);
        positions.releaseProduced(produced);
    }

    /** Finds a place in one piece, with the records that it needs, and changes nothing. */
    private boolean place(int size) {
        return fits(size) || look() && fits(size);
    }

    private boolean fits(int size) {
        int offset = (int) tail & capacity - 1;
        if (consumed == produced) {
            start = offset == 0 ? tail : tail + capacity - offset;
            padding = 0;
            return true;
        }
        int toEnd = capacity - offset;
        padding = size <= toEnd ? 0 : toEnd;
        start = tail + padding;
        int recordsNeeded = padding == 0 ? 1 : 2;
        return start + size - head <= capacity && produced - consumed + recordsNeeded <= records.size();
    }

    /** Looks how far the consumer is; false if that is nothing new. */
    private boolean look() {
        return moved(positions.acquireConsumed() & ~Positions.HELD);
    }

    private boolean moved(long to) {
        if (to == consumed) {
            return false;
        }
        consumed = to;
        head = to == produced ? tail : records.position(to);
        return true;
    }

    /** Drops the oldest packets until so many bytes fit; false if the consumer holds the oldest. */
    private boolean makeRoom(int size) {
        while (!place(size)) {
            long word = positions.acquireConsumed();
            if (word < 0) {
                return false;
            }
            // Between the two looks the consumer may have moved on: then try again first.
            if (word == consumed) {
                boolean packet = !records.isPadding(word);
                if (positions.compareAndSetConsumed(word, word + 1)) {
                    moved(word + 1);
                    counters.releaseAdd(DROPPED_OLDEST, packet ? 1 : 0);
                }
            }
        }
        return true;
    }

    private void checkReserved() {
        if (!reserved) {
            throw badState("has no place reserved: it was committed, aborted, or never reserved");
        }
    }

    private void checkLength(int length) {
        if (length < 0 || length > slot.room()) {
            throw invalid("a packet of " + length + " bytes in a place of " + slot.room());
        }
    }
}
