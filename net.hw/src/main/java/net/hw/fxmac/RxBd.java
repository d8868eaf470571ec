package net.hw.fxmac;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

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
public final class RxBd {
    /** Bytes of a descriptor. */
    public static final int SIZE = 16;
    /** Alignment of a ring, in bytes. */
    public static final int ALIGNMENT = 128;
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

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final VarHandle WORD = LONG.varHandle();

    private RxBd() {
    }

    /** Where descriptor {@code i} of the ring at {@code ring} is. */
    public static long at(long ring, int i) {
        return ring + (long) i * SIZE;
    }

    /** The first eight bytes; what the device wrote before them is seen too. */
    public static long wordAcquire(MemorySegment m, long at) {
        return (long) WORD.getAcquire(m, at);
    }

    /**
     * The first eight bytes without any order: for a look at many descriptors, with one {@link VarHandle#acquireFence} before anything that the device wrote
     * before them is read. An acquire for each would be a barrier to the compiler in the middle of the loop.
     */
    public static long word(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** Writes the first eight bytes, after everything written before. */
    public static void setWordRelease(MemorySegment m, long at, long word) {
        WORD.setRelease(m, at, word);
    }

    /** Gives a buffer to the device: the high half of its address first, ownership last. */
    public static void give(MemorySegment m, long at, long iova, long wrap) {
        m.set(LONG, at + 8, iova >>> 32);
        WORD.setRelease(m, at, iova & ADDRESS_MASK | wrap);
    }

    /** Writes a whole descriptor that the device does not look at yet, because one in front of it is used. */
    public static void prepare(MemorySegment m, long at, long iova, long wrap) {
        m.set(LONG, at + 8, iova >>> 32);
        m.set(LONG, at, iova & ADDRESS_MASK | wrap);
    }

    /** Writes a descriptor that the device finds used. */
    public static void setUsed(MemorySegment m, long at, long wrap) {
        m.set(LONG, at + 8, 0L);
        WORD.setRelease(m, at, USED | wrap);
    }

    /** Device address of the buffer, given the first eight bytes. */
    public static long iova(MemorySegment m, long at, long word) {
        return word & ADDRESS_MASK | m.get(LONG, at + 8) << 32;
    }

    /** Bytes of the frame, given the first eight bytes of its last descriptor. */
    public static int length(long word, int mask) {
        return (int) (word >>> LENGTH_SHIFT) & mask;
    }
}
