package net.pool.ring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;

/**
 * Packets of any length, first in, first out, in one piece of memory: a ring of bytes and a ring of metadata, between one producer and one consumer thread,
 * without locks.
 *
 * <p>A packet lies in one piece. The producer reserves as many bytes as it may become, and commits as many as it is. Where the end of the ring of bytes is
 * too near, the rest of it becomes padding, with a record of its own, which is published together with the packet behind it: so nothing is passed over
 * for a packet that never came, and the consumer frees the padding together with the packet in front of it.
 *
 * <p>No capacity is ever lost. Every byte between the consumer's and the producer's position belongs to a record, each record carries its position, and
 * positions are 64-bit counts that only grow. When a reservation does not fit as far as the producer knows, it looks at the consumer's count again; and when it
 * then knows that the ring is empty, the next packet begins at the front, whatever the position was. So whoever drained the ring can always push
 * {@link RingSpec#maxPacket} bytes. Only the producer moves its position, so no thread resets anything under the other.
 *
 * <p>Memory is never freed here: its arena does that, after both sides are done. {@link #producer} and {@link #consumer} belong to one thread each, which may
 * be the same; all else may be called by any thread.
 *
 * <p>Source: UnorderedBuffer of "Safe Systems Programming: Network Buffers in Rust"; padding as a record and reset when empty as smoltcp's PacketBuffer.
 */
public final class UnorderedBuffer {
    private final RingSpec spec;
    private final Positions positions = new Positions();
    private final PacketProducer producer;
    private final PacketConsumer consumer;

    /**
     * A ring in new memory.
     *
     * @param arena that its memory lives in; shared or automatic if producer and consumer are different threads
     */
    public UnorderedBuffer(RingSpec spec, Arena arena) {
        this(spec, arena.allocate(spec.bytes(), 64));
    }

    /**
     * A ring in the caller's memory.
     *
     * @param memory at least {@link RingSpec#bytes} long; nobody else may write it
     * @throws DevException INVALID_PARAM if it is too small or read-only
     */
    public UnorderedBuffer(RingSpec spec, MemorySegment memory) {
        if (memory.byteSize() < spec.bytes() || memory.isReadOnly()) {
            throw new DevException(DevError.INVALID_PARAM, "packet ring: memory of " + memory.byteSize() + " bytes" + (memory.isReadOnly() ? ", read-only" : "")
                    + ": it takes " + spec.bytes() + " bytes that can be written");
        }
        this.spec = spec;
        MemorySegment own = memory.asSlice(0, spec.bytes());
        Records records = new Records(spec.records());
        producer = new PacketProducer(spec, own, records, positions);
        consumer = new PacketConsumer(spec, own, records, positions);
    }

    /** Its measures. */
    public RingSpec spec() {
        return spec;
    }

    /** The side where packets go in. */
    public PacketProducer producer() {
        return producer;
    }

    /** The side where packets come out. */
    public PacketConsumer consumer() {
        return consumer;
    }

    /** No packet is inside, at this moment. */
    public boolean isEmpty() {
        long consumed = positions.acquireConsumed() & ~Positions.HELD;
        return consumed >= positions.acquireProduced();
    }

    /** The counters. */
    public RingStatistics statistics() {
        Counters out = consumer.counters;
        Counters in = producer.counters;
        // What left is read before what came, so that more can never have left than came.
        long poppedBytes = out.acquire(PacketConsumer.POPPED_BYTES);
        long popped = out.acquire(PacketConsumer.POPPED);
        long droppedOldest = in.acquire(PacketProducer.DROPPED_OLDEST);
        long pushed = in.acquire(PacketProducer.PUSHED);
        long pushedBytes = in.acquire(PacketProducer.PUSHED_BYTES);
        int queued = Math.clamp(pushed - popped - droppedOldest, 0, spec.records());
        return new RingStatistics(queued, pushed, pushedBytes, popped, poppedBytes, out.acquire(PacketConsumer.LEFT), in.acquire(PacketProducer.REFUSED),
                in.acquire(PacketProducer.DROPPED_NEWEST), droppedOldest, in.acquire(PacketProducer.ABORTED), in.acquire(PacketProducer.FAILED),
                in.acquire(PacketProducer.PADDING_BYTES));
    }
}
