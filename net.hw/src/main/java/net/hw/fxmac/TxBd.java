package net.hw.fxmac;

import java.lang.foreign.MemorySegment;

/**
 * A transmit descriptor with 64-bit addresses: {@link DmaConfig#ADDRESS_64}. TRM 16.3.3, table 16-3; the third word is UG1087's.
 *
 * <pre>
 *         63   62   61    60       59      58   57 .. 49  48    47  46 45        32 31                  0
 *   0x00 |used|wrap|retry|under|corrupt|late |          |no crc|last|   | length    |    address, low    |
 *   0x08 |                                0                                         |    address, high   |
 * </pre>
 *
 * The device sends what is not used, and sets {@link #USED} in the first descriptor of a frame when it is done with all of them; in the others it stays as
 * it was.
 */
public final class TxBd extends Bd {
    /** Bit 63: done; else it is the device's. */
    public static final long USED = 1L << 63;
    /** Bit 62: the ring ends here. */
    public static final long WRAP = 1L << 62;
    /** Bit 61: given up after 16 collisions. */
    public static final long RETRY_LIMIT = 1L << 61;
    /** Bit 60: memory was too slow. */
    public static final long UNDERRUN = 1L << 60;
    /** Bit 59: the frame ended in the middle. */
    public static final long CORRUPT = 1L << 59;
    /** Bit 58: a late collision. */
    public static final long LATE_COLLISION = 1L << 58;
    /** Bit 48: no padding, no check sequence, no checksums. */
    public static final long NO_CRC = 1L << 48;
    /** Bit 47: the frame ends here. */
    public static final long LAST = 1L << 47;
    /** The frame was not sent. */
    public static final long ERRORS = RETRY_LIMIT | UNDERRUN | CORRUPT | LATE_COLLISION;
    /** Longest buffer that has a checked length everywhere: 13 bits of a plain GEM, 14 of one with jumbo frames. */
    public static final int MAX_LENGTH = 0x3fff;

    private static final int LENGTH_SHIFT = 32;
    private TxBd() {
    }

    /** Gives a buffer to the device: the high half of its address first, ownership last. */
    public static void give(MemorySegment m, long at, long iova, int length, long flags) {
        setHigh(m, at, iova);
        setWordRelease(m, at, word(iova, length, flags));
    }

    /** Writes a whole descriptor that the device does not look at yet, because one in front of it is used. */
    public static void prepare(MemorySegment m, long at, long iova, int length, long flags) {
        setHigh(m, at, iova);
        setWord(m, at, word(iova, length, flags));
    }

    /** Writes a descriptor that the device finds used. */
    public static void setUsed(MemorySegment m, long at, long wrap) {
        setHigh(m, at, 0);
        setWordRelease(m, at, USED | wrap);
    }

    /** The first eight bytes of a descriptor. */
    public static long word(long iova, int length, long flags) {
        return iova & 0xffff_ffffL | (long) length << LENGTH_SHIFT | flags;
    }

    /** Device address of the buffer, given the first eight bytes. */
    public static long iova(MemorySegment m, long at, long word) {
        return word & 0xffff_ffffL | high(m, at);
    }

    /** Bytes of the buffer, given the first eight bytes. */
    public static int length(long word) {
        return (int) (word >>> LENGTH_SHIFT) & MAX_LENGTH;
    }
}
