package net.pool.ring;

import net.api.DevError;
import net.api.DevException;

/**
 * The measures of an {@link UnorderedBuffer}.
 *
 * @param capacity bytes of the ring of packets, a power of two from 64 to 2^30
 * @param records entries of the ring of metadata, a power of two from 2 to 2^24; each packet needs one, and one more each time that packets wrap around
 * @param maxPacket most bytes that a packet may reserve, 1 to {@code capacity}
 * @param overflow what happens to packets for which there is no room; all but {@link OverflowPolicy#REFUSE} need a staging area of {@code maxPacket} bytes
 */
public record RingSpec(int capacity, int records, int maxPacket, OverflowPolicy overflow) {
    /** @throws DevException INVALID_PARAM if a value is out of its range */
    public RingSpec {
        if (capacity < 64 || capacity > 1 << 30 || Integer.bitCount(capacity) != 1) {
            throw invalid("capacity " + capacity + " is not a power of two from 64 to 1073741824");
        }
        if (records < 2 || records > 1 << 24 || Integer.bitCount(records) != 1) {
            throw invalid("records " + records + " is not a power of two from 2 to 16777216");
        }
        if (maxPacket < 1 || maxPacket > capacity) {
            throw invalid("maxPacket " + maxPacket + " is not from 1 to the capacity, " + capacity);
        }
        if (overflow == null) {
            throw invalid("overflow null is none of REFUSE, DROP_NEWEST, DROP_OLDEST");
        }
    }

    /** Refuses what does not fit, and has a record for every 64 bytes. */
    public RingSpec(int capacity, int maxPacket) {
        this(capacity, Math.clamp(capacity / 64, 2, 1 << 24), maxPacket, OverflowPolicy.REFUSE);
    }

    /** Bytes of memory that it takes: the ring, and the staging area behind it. */
    public long bytes() {
        return overflow == OverflowPolicy.REFUSE ? capacity : (long) capacity + maxPacket;
    }

    private static DevException invalid(String text) {
        return new DevException(DevError.INVALID_PARAM, "packet ring: " + text);
    }
}
