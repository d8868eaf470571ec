package net.pool.ring;

/**
 * Counters of an {@link UnorderedBuffer} since it was made. They are read one after the other while both sides run on, in an order in which no impossible
 * sum can show.
 *
 * @param queued packets inside, 0 to the number of records
 * @param pushed packets that went in
 * @param pushedBytes their bytes
 * @param popped packets that came out at the consumer
 * @param poppedBytes their bytes
 * @param left times that a handler let a packet stay
 * @param refused reservations refused for want of room
 * @param droppedNewest packets received and dropped for want of room
 * @param droppedOldest packets dropped to make room for newer ones
 * @param aborted reservations that ended without a packet
 * @param failed receivers that threw, or returned an impossible length
 * @param paddingBytes bytes passed over at the end of the ring
 */
public record RingStatistics(int queued, long pushed, long pushedBytes, long popped, long poppedBytes, long left, long refused, long droppedNewest,
        long droppedOldest, long aborted, long failed, long paddingBytes) {
}
