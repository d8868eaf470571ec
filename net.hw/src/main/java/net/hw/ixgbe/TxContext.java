package net.hw.ixgbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An advanced transmit context descriptor: 7.2.3.2.3. It takes a place in the ring and sets one of the two contexts of its queue, which stays for all data
 * descriptors that name it.
 *
 * <pre>
 *         63        48 47      40 39 38 36 35  32 31 30 29   28  24 23  20 19    9 8            0
 *   0x00 |         reserved              |       SA index       |    VLAN 31:16 |MACLEN 15:9|IPLEN|
 *   0x08 |    MSS     |  L4LEN   |  | IDX |      |   |DEXT|      | DTYP | TUCMD  |  IPSec ESP len |
 * </pre>
 */
public final class TxContext {
    /** TUCMD bit 1: the IP packet is IPv4. Bit of word 1. */
    public static final long IPV4 = 1L << 10;
    /** TUCMD bits 3:2, L4T: UDP. */
    public static final long UDP = 0;
    /** TUCMD bits 3:2, L4T: TCP. Bit of word 1. */
    public static final long TCP = 1L << 11;
    /** TUCMD bits 3:2, L4T: SCTP. Bit of word 1. */
    public static final long SCTP = 1L << 12;
    /** Mask of L4T in word 1. */
    public static final long L4T = 3L << 11;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);

    private TxContext() {
    }

    /** Writes a context descriptor. The tail register publishes it. */
    public static void set(MemorySegment m, long at, long word0, long word1) {
        m.set(LONG, at, word0);
        m.set(LONG, at + 8, word1);
    }

    /**
     * Word 0.
     *
     * @param ipLength bytes of the IP header, 9 bits
     * @param macLength bytes of the MAC header, VLAN tag in the buffer included, 7 bits
     * @param vlan the tag that VLE inserts, 16 bits
     */
    public static long word0(int ipLength, int macLength, int vlan) {
        return ipLength & 0x1ffL | (macLength & 0x7fL) << 9 | (vlan & 0xffffL) << 16;
    }

    /**
     * Word 1: DTYP and DEXT, and these.
     *
     * @param l4Length bytes of the TCP or UDP header, 8 bits; for segmentation
     * @param mss bytes of payload in a segment, 16 bits; for segmentation
     * @param index which context, 0 or 1
     * @param bits {@link #IPV4}, {@link #TCP}, {@link #SCTP}
     */
    public static long word1(int l4Length, int mss, int index, long bits) {
        return bits | (long) TxDescriptor.CONTEXT << 20 | TxDescriptor.DEXT | (index & 7L) << 36 | (l4Length & 0xffL) << 40 | (long) mss << 48;
    }

    /** For the device: word 0, read once. */
    public static long word0(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** Bytes of the IP header, 0 to 511. */
    public static int ipLength(long word0) {
        return (int) word0 & 0x1ff;
    }

    /** Bytes of the MAC header, 0 to 127. */
    public static int macLength(long word0) {
        return (int) word0 >>> 9 & 0x7f;
    }

    /** The VLAN tag, 0 to 0xffff. */
    public static int vlan(long word0) {
        return (int) word0 >>> 16;
    }

    /** Bytes of the TCP or UDP header, 0 to 255. */
    public static int l4Length(long word1) {
        return (int) (word1 >>> 40) & 0xff;
    }

    /** Bytes of payload in a segment, 0 to 0xffff. */
    public static int mss(long word1) {
        return (int) (word1 >>> 48);
    }
}
