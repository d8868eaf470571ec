package net.hw.fxmac;

import java.lang.foreign.MemorySegment;

/**
 * A receive descriptor with 64-bit addresses: {@link DmaConfig#ADDRESS_64}. TRM 16.3.3, table 16-2; the third word is UG1087's.
 *
 * <pre>
 *        63 62 61        51  50 49 48 47  46  45 44          32 31                    2  1    0
 *   0x00 |bc|mh|uh| match |  ...      |eof|sof| length          |   address, low       |wrap|used|
 *   0x08 |                       0                              |        address, high           |
 * </pre>
 *
 * The first eight bytes are one load and one store, so that ownership and what goes with it are never seen apart.
 */
public final class RxBd extends Bd {
    /** Bit 0 of the first word: the device has filled it; else it is the device's. */
    public static final long USED = 1;
    /** Bit 1: the ring ends here. */
    public static final long WRAP = 1 << 1;
    /** A frame begins here. */
    public static final long SOF = 1L << 46;
    /** A frame ends here; only then the length is valid. */
    public static final long EOF = 1L << 47;
    /** Bit 63: broadcast. */
    public static final long BROADCAST = 1L << 63;
    /** Bit 62: let in by the hash, multicast. */
    public static final long MULTICAST_HASH = 1L << 62;
    /** Bit 61: let in by the hash, unicast. */
    public static final long UNICAST_HASH = 1L << 61;
    /** Bit 59: a specific address matched, its number in bits 58:57. */
    public static final long SPECIFIC = 1L << 59;
    /** Bit 56, without checksums: a type matched, its number in bits 55:54. */
    public static final long TYPE = 1L << 56;
    /** Where the number of the type is. */
    public static final int TYPE_SHIFT = 54;
    /** Where the number of the specific address is. */
    public static final int SPECIFIC_SHIFT = 57;
    /** Where a frame's bytes are counted: of the whole frame, in its last descriptor. */
    public static final int LENGTH_SHIFT = 32;
    /** Longest length without jumbo frames; with them bit 13 belongs to it. */
    public static final int LENGTH_MASK = 0x1fff;
    /** Longest length with jumbo frames. */
    public static final int JUMBO_LENGTH_MASK = 0x3fff;
    /** Addresses are multiples of four. */
    public static final long ADDRESS_MASK = 0xffff_fffcL;

    private RxBd() {
    }

    /** Gives a buffer to the device: the high half of its address first, ownership last. */
    public static void give(MemorySegment m, long at, long iova, long wrap) {
        setHigh(m, at, iova);
        setWordRelease(m, at, word(iova, wrap));
    }

    /** The first eight bytes of a descriptor that the device may fill. */
    public static long word(long iova, long wrap) {
        return iova & ADDRESS_MASK | wrap;
    }

    /** Writes a descriptor that the device finds used. */
    public static void setUsed(MemorySegment m, long at, long wrap) {
        setHigh(m, at, 0);
        setWordRelease(m, at, USED | wrap);
    }

    /** Device address of the buffer, given the first eight bytes. */
    public static long iova(MemorySegment m, long at, long word) {
        return word & ADDRESS_MASK | high(m, at);
    }

    /** Bytes of the frame, given the first eight bytes of its last descriptor. */
    public static int length(long word, int mask) {
        return (int) (word >>> LENGTH_SHIFT) & mask;
    }
}
