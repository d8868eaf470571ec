package net.hw.virtio;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A descriptor of a split virtqueue, {@code virtq_desc}: 2.7.5. The table is aligned to 16 bytes.
 *
 * <pre>
 *         63           48 47           32 31                            0
 *   0x00 |                             addr                              |
 *   0x08 |     next      |     flags     |             len               |
 * </pre>
 *
 * All accesses are plain: {@link VirtqAvail#setIdxRelease} publishes them, {@link VirtqAvail#idxAcquire} makes them visible.
 */
public final class VirtqDesc {
    /** Bytes of a descriptor. */
    public static final int SIZE = 16;
    /** Alignment of the table, in bytes. */
    public static final int ALIGNMENT = 16;
    /** {@code flags} bit 0: the buffer goes on in {@code next}. */
    public static final int NEXT = 1;
    /** {@code flags} bit 1: the device writes the buffer; else it reads. */
    public static final int WRITE = 2;
    /** {@code flags} bit 2: the buffer is a table of descriptors. 2.7.5.3. */
    public static final int INDIRECT = 4;
    /** Largest queue: 2.7. */
    public static final int MAX_QUEUE_SIZE = 32_768;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN);

    private VirtqDesc() {
    }

    /** Where descriptor {@code i} of the table at {@code table} is. */
    public static long at(long table, int i) {
        return table + (long) i * SIZE;
    }

    /** Writes a descriptor, in two stores. */
    public static void set(MemorySegment m, long at, long addr, int len, int flags, int next) {
        m.set(LONG, at, addr);
        m.set(LONG, at + 8, word(len, flags, next));
    }

    /** The second word of a descriptor, for {@link #setWord}. */
    public static long word(int len, int flags, int next) {
        return len & 0xffff_ffffL | (long) (flags & 0xffff) << 32 | (long) next << 48;
    }

    /** Writes length, flags and next in one store. */
    public static void setWord(MemorySegment m, long at, long word) {
        m.set(LONG, at + 8, word);
    }

    /** Writes the address. */
    public static void setAddr(MemorySegment m, long at, long addr) {
        m.set(LONG, at, addr);
    }

    /** Device address of the buffer. */
    public static long addr(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** Bytes of the buffer, unsigned. */
    public static int len(MemorySegment m, long at) {
        return m.get(INT, at + 8);
    }

    /** {@link #NEXT}, {@link #WRITE}, {@link #INDIRECT}: 0 to 0xffff. */
    public static int flags(MemorySegment m, long at) {
        return m.get(SHORT, at + 12) & 0xffff;
    }

    /** The next descriptor of the chain, 0 to 0xffff. */
    public static int next(MemorySegment m, long at) {
        return m.get(SHORT, at + 14) & 0xffff;
    }
}
