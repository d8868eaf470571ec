package net.pool.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;

/**
 * Puts numbered packets back in order: a window of places in one piece of memory, each for one packet, chosen by its number.
 *
 * <p>{@link #insert} copies a packet to its place, or says why not; {@link #drain} hands out packets in order, and stops at a number that is missing, until it
 * comes, or until a packet behind it has waited for {@link OrderedSpec#gapTimeout}. Time is what the caller passes, in nanoseconds, as of
 * {@link System#nanoTime}; it must not run backwards. So a packet comes out at most that long after it came in, if drain is called often enough:
 * {@link #nanosToTimeout} says when.
 *
 * <p>Numbers wrap around, and are compared by their difference (RFC 1982). Unless {@link #start} says otherwise, the first packet sets the beginning, and
 * packets before it are late.
 *
 * <p>It belongs to the first thread that calls, until that calls {@link #unbind} or ends. Nothing on the way of a packet allocates, locks or waits. The cost
 * of insert and drain does not depend on the window, except once for each gap that is found, or given up.
 *
 * <p>Source: promised, and not given, by "Safe Systems Programming: Network Buffers in Rust"; restarts as in RFC 3550, A.1.
 */
public final class OrderedBuffer extends Side {
    private static final int IN_ORDER = 0;
    private static final int REORDERED = 1;
    private static final int DUPLICATE = 2;
    private static final int LATE = 3;
    private static final int FAR = 4;
    private static final int TOO_LONG = 5;
    static final int GAPS = 6;
    static final int LOST = 7;
    static final int RESTARTS = 8;
    private static final int DRAINED = 9;

    private final OrderedSpec spec;
    private final MemorySegment memory;
    private final MemorySegment readOnly;
    private final int[] lengths;
    private final int stride;
    private final Counters counters = new Counters(10);
    private final SequenceWindow window;

    /** @param arena that its memory lives in */
    public OrderedBuffer(OrderedSpec spec, Arena arena) {
        this(spec, arena.allocate(spec.bytes(), 64));
    }

    /**
     * In the caller's memory.
     *
     * @param memory at least {@link OrderedSpec#bytes} long; nobody else may write it
     * @throws DevException INVALID_PARAM if it is too small or read-only
     */
    public OrderedBuffer(OrderedSpec spec, MemorySegment memory) {
        super("ordered buffer", memory);
        if (memory.byteSize() < spec.bytes() || memory.isReadOnly()) {
            throw invalid("memory of " + memory.byteSize() + " bytes" + (memory.isReadOnly() ? ", read-only" : "") + ": it takes " + spec.bytes()
                    + " bytes that can be written");
        }
        this.spec = spec;
        this.memory = memory.asSlice(0, spec.bytes());
        this.readOnly = this.memory.asReadOnly();
        this.lengths = new int[spec.window()];
        this.stride = spec.stride();
        this.window = new SequenceWindow(spec, counters);
    }

    /** Its measures. */
    public OrderedSpec spec() {
        return spec;
    }

    /**
     * Says which number is the first, or the next after a break known to the caller. Owner only.
     *
     * @param sequence only as many low bits count as sequence numbers have
     * @throws DevException BAD_STATE if packets wait inside, and for a thread that does not own it
     */
    public void start(long sequence) {
        enter();
        try {
            if (window.waiting() > 0) {
                throw badState("has " + window.waiting() + " packets waiting: drain them before start(" + sequence + ")");
            }
            window.start(sequence);
        } finally {
            leave();
        }
    }

    /**
     * Stores a packet, if it is not too late, too far, too long, or there.
     *
     * @param sequence its number; only as many low bits count as sequence numbers have
     * @param source where it is
     * @param from where it begins there, in bytes
     * @param length its length in bytes, 0 or more
     * @param now the time in nanoseconds
     * @return what became of it
     * @throws DevException INVALID_PARAM if the packet is not all in the source; BAD_STATE for a thread that does not own the buffer, and in a handler
     */
    public PacketFate insert(long sequence, MemorySegment source, long from, int length, long now) {
        enter();
        try {
            if (length < 0 || from < 0 || from > source.byteSize() - length) {
                throw invalid("a packet of " + length + " bytes from " + from + " of " + source.byteSize() + " bytes");
            }
            PacketFate fate = length > spec.maxPacket() ? PacketFate.TOO_LONG : window.classify(sequence);
            switch (fate) {
                case IN_ORDER, REORDERED -> {
                    int slot = window.foundSlot();
                    MemorySegment.copy(source, from, memory, (long) slot * stride, length);
                    lengths[slot] = length;
                    window.accept(now);
                    counters.releaseAdd(fate == PacketFate.IN_ORDER ? IN_ORDER : REORDERED, 1);
                }
                case DUPLICATE -> counters.releaseAdd(DUPLICATE, 1);
                case LATE -> counters.releaseAdd(LATE, 1);
                case FAR -> counters.releaseAdd(FAR, 1);
                case TOO_LONG -> counters.releaseAdd(TOO_LONG, 1);
                case DRAIN_FIRST -> {
                }
            }
            return fate;
        } finally {
            leave();
        }
    }

    /**
     * Hands out packets in order until the handler leaves one, a number is missing that may still come, or there are no more. If the handler throws, that
     * packet stays.
     *
     * @param max most packets, 0 or more
     * @param now the time in nanoseconds
     * @return how many were removed
     * @throws DevException INVALID_PARAM if {@code max} is negative; BAD_STATE as {@link #insert}
     */
    public int drain(OrderedHandler handler, int max, long now) {
        enter();
        try {
            if (max < 0) {
                throw invalid("at most " + max + " packets");
            }
            int n = 0;
            try {
                while (n < max) {
                    int slot = window.ready(now);
                    if (slot < 0 || !show(handler, slot)) {
                        break;
                    }
                    window.remove();
                    n++;
                }
            } finally {
                counters.releaseAdd(DRAINED, n);
            }
            return n;
        } finally {
            leave();
        }
    }

    /**
     * How long drain need not be called if no packet is inserted: 0 if it has something to hand out or give up now, {@link Long#MAX_VALUE} if nothing waits.
     * Owner only.
     *
     * @param now the time in nanoseconds
     */
    public long nanosToTimeout(long now) {
        enter();
        try {
            if (window.isReady()) {
                return 0;
            }
            return window.waiting() == 0 ? Long.MAX_VALUE : Math.max(0, window.deadline() - now);
        } finally {
            leave();
        }
    }

    /** The counters. Any thread. */
    public OrderedStatistics statistics() {
        // What left is read before what came.
        long drained = counters.acquire(DRAINED);
        long inOrder = counters.acquire(IN_ORDER);
        long reordered = counters.acquire(REORDERED);
        int waiting = Math.clamp(inOrder + reordered - drained, 0, spec.window());
        return new OrderedStatistics(waiting, inOrder, reordered, counters.acquire(DUPLICATE), counters.acquire(LATE), counters.acquire(FAR),
                counters.acquire(TOO_LONG), counters.acquire(GAPS), counters.acquire(LOST), counters.acquire(RESTARTS), drained);
    }

    private boolean show(OrderedHandler handler, int slot) {
        if (window.gap() > 0) {
            handler.gap(window.gapStart(), window.gap());
        }
        return handler.packet(window.next(), readOnly, (long) slot * stride, lengths[slot], window.arrival(slot));
    }
}
