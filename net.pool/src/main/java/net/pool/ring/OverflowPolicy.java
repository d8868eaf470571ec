package net.pool.ring;

/** What an {@link UnorderedBuffer} does with a packet for which there is no room. */
public enum OverflowPolicy {
    /**
     * The receiver is not even called: {@link PacketProducer#push} says {@link PacketProducer#NO_ROOM}, and the packet stays where it is, in the socket for
     * instance.
     */
    REFUSE,
    /** The packet is received into a staging area, so that its source runs on, and dropped. */
    DROP_NEWEST,
    /**
     * The packet is received into a staging area, the oldest packets are dropped until it fits, and it is copied in. While the consumer is inside
     * {@link PacketConsumer#pop}, or has not finished a {@link PacketConsumer#peek}, the oldest packet is in its hands, and no room can be made behind it:
     * then the newest is dropped.
     */
    DROP_OLDEST
}
