package net.pool.ring;

/**
 * The ring of metadata: one record for each packet, and one for each stretch of padding at the end of the ring of bytes. Only the producer writes it, always
 * all of a record; {@link Positions} publishes it.
 *
 * <pre>
 *  0  where its bytes start, counted since the beginning: the place in the ring is this, masked
 *  1  63       39     32 31                 0
 *     padding |  family  | length in bytes    |    family: 0 no sender, 4 IPv4, 6 IPv6
 *  2  time stamp, nanoseconds
 *  3  63              32 31  16 15          0
 *     scope of IPv6     |      | sender's port |
 * </pre>
 * The sender's address lies apart, so that packets without one do not touch it: two words, in network order; an IPv4 address is in the low half of the second.
 */
final class Records {
    private static final int WORDS = 4;
    private static final long PADDING = Long.MIN_VALUE;
    private final int mask;
    private final long[] words;
    private final long[] addresses;

    /** @param records a power of two */
    Records(int records) {
        mask = records - 1;
        words = new long[records * WORDS];
        addresses = new long[records * 2];
    }

    int size() {
        return mask + 1;
    }

    void writePadding(long record, long position, int bytes) {
        int at = at(record);
        words[at] = position;
        words[at + 1] = PADDING | bytes;
        words[at + 2] = 0;
        words[at + 3] = 0;
    }

    void writePacket(long record, long position, int length, PacketSlot slot) {
        int at = at(record);
        words[at] = position;
        words[at + 1] = (long) slot.family << 32 | length;
        words[at + 2] = slot.time;
        words[at + 3] = (long) slot.scope << 32 | slot.port;
        if (slot.family != 0) {
            int a = ((int) record & mask) * 2;
            addresses[a] = slot.addressHigh;
            addresses[a + 1] = slot.addressLow;
        }
    }

    long position(long record) {
        return words[at(record)];
    }

    boolean isPadding(long record) {
        return words[at(record) + 1] < 0;
    }

    int length(long record) {
        return (int) words[at(record) + 1];
    }

    int family(long record) {
        return (int) (words[at(record) + 1] >>> 32) & 0xff;
    }

    long time(long record) {
        return words[at(record) + 2];
    }

    int port(long record) {
        return (int) words[at(record) + 3] & 0xffff;
    }

    int scope(long record) {
        return (int) (words[at(record) + 3] >>> 32);
    }

    long addressHigh(long record) {
        return addresses[((int) record & mask) * 2];
    }

    long addressLow(long record) {
        return addresses[((int) record & mask) * 2 + 1];
    }

    private int at(long record) {
        return ((int) record & mask) * WORDS;
    }
}
