package net.api;

/**
 * What a card found out about a received frame, in one long, {@link NetBuf#rxInfo}; 0 is nothing. Which of it a card tells is decided by
 * {@link net.api.driver.DeviceConfig#rxOffloads}.
 *
 * <pre>
 *   63         48   47     46    45    44 43    42 41      32 31           0
 *  | VLAN tag     | tag? | hash? | IP sum | L4 sum |    0     |   RSS hash   |
 * </pre>
 *
 * <p>The sums: 0 not looked at, 1 right, 2 wrong.
 */
public final class RxInfo {
    private static final int VLAN_SHIFT = 48;
    private static final long HAS_VLAN = 1L << 47;
    private static final long HAS_HASH = 1L << 46;
    private static final int IP_SHIFT = 44;
    private static final int L4_SHIFT = 42;

    /** A checksum as the card found it. */
    public enum Checksum {
        /** The card did not look: there is none, or it does not know the protocol. */
        UNKNOWN,
        /** It is right. */
        GOOD,
        /** It is wrong. */
        BAD
    }

    private static final Checksum[] SUMS = Checksum.values();

    private RxInfo() {
    }

    /** With a VLAN tag that was taken out of the frame: its tag control information, 0 to 0xffff. */
    public static long withVlan(long info, int tag) {
        return info & -1L >>> 64 - VLAN_SHIFT | HAS_VLAN | (long) (tag & 0xffff) << VLAN_SHIFT;
    }

    /** With an RSS hash. */
    public static long withHash(long info, int hash) {
        return info & ~0xffff_ffffL | HAS_HASH | hash & 0xffff_ffffL;
    }

    /** With the checksum of the IPv4 header. */
    public static long withIp(long info, Checksum sum) {
        return info & ~(3L << IP_SHIFT) | (long) sum.ordinal() << IP_SHIFT;
    }

    /** With the checksum of TCP, UDP or SCTP. */
    public static long withL4(long info, Checksum sum) {
        return info & ~(3L << L4_SHIFT) | (long) sum.ordinal() << L4_SHIFT;
    }

    /** A VLAN tag was taken out of the frame. */
    public static boolean hasVlan(long info) {
        return (info & HAS_VLAN) != 0;
    }

    /** Its tag control information, 0 to 0xffff; 0 without one. */
    public static int vlan(long info) {
        return (int) (info >>> VLAN_SHIFT);
    }

    /** There is an RSS hash. */
    public static boolean hasHash(long info) {
        return (info & HAS_HASH) != 0;
    }

    /** The RSS hash, any 32 bits. */
    public static int hash(long info) {
        return (int) info;
    }

    /** The checksum of the IPv4 header. */
    public static Checksum ip(long info) {
        return sum(info >>> IP_SHIFT);
    }

    /** The checksum of TCP, UDP or SCTP. */
    public static Checksum l4(long info) {
        return sum(info >>> L4_SHIFT);
    }

    private static Checksum sum(long bits) {
        int i = (int) bits & 3;
        return i < SUMS.length ? SUMS[i] : Checksum.UNKNOWN;
    }
}
