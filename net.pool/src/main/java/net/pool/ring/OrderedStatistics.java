package net.pool.ring;

/**
 * Counters of an {@link OrderedBuffer} since it was made. They are read one after the other while the owner runs on.
 *
 * @param waiting packets inside
 * @param inOrder packets stored as {@link PacketFate#IN_ORDER}
 * @param reordered packets stored as {@link PacketFate#REORDERED}
 * @param duplicates packets refused as {@link PacketFate#DUPLICATE}
 * @param late packets refused as {@link PacketFate#LATE}
 * @param far packets refused as {@link PacketFate#FAR}
 * @param tooLong packets refused as {@link PacketFate#TOO_LONG}
 * @param gaps times that a run of missing numbers, or a part of one, was given up
 * @param lost numbers given up, whether or not they came later
 * @param restarts times that the source was taken to have restarted
 * @param drained packets that came out
 */
public record OrderedStatistics(int waiting, long inOrder, long reordered, long duplicates, long late, long far, long tooLong, long gaps, long lost,
        long restarts, long drained) {
    /** Packets that were inserted and not stored, for whatever reason. */
    public long dropped() {
        return duplicates + late + far + tooLong;
    }
}
