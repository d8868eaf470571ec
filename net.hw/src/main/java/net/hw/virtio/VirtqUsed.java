package net.hw.virtio;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The used ring of a split virtqueue, {@code virtq_used}: 2.7.8. The device writes it, the driver reads it. Aligned to 4 bytes.
 *
 * <pre>
 *                 31                            16 15                            0
 *   0x00         |  idx: entries ever, mod 65 536 |  flags: bit 0 NO_NOTIFY       |
 *   0x04 + 8 i   |  id: head of the descriptor chain                              |
 *   0x08 + 8 i   |  len: bytes that the device wrote                              |
 *   0x04 + 8 n   |                                |  avail_event (EVENT_IDX)      |
 * </pre>
 */
public final class VirtqUsed {
    /** {@code flags} bit 0: no notification, please. Without EVENT_IDX only. 2.7.10. */
    public static final int NO_NOTIFY = 1;
    /** Alignment in bytes. */
    public static final int ALIGNMENT = 4;

    private static final int IDX = 2;
    private static final int RING = 4;
    private static final int ELEMENT = 8;
    private static final VarHandle SHORT = ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN).varHandle();
    // The elements begin 4 bytes behind an address that need only be a multiple of 4.
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private VirtqUsed() {
    }

    /** Bytes of a ring for {@code n} descriptors, with avail_event. */
    public static int size(int n) {
        return RING + ELEMENT * n + 2;
    }

    /** For the driver: 0 to 0xffff. After a full fence behind {@link VirtqAvail#setIdxRelease}. */
    public static int flagsOpaque(MemorySegment m, long ring) {
        return (short) SHORT.getOpaque(m, ring) & 0xffff;
    }

    /** Writes flags. */
    public static void setFlagsOpaque(MemorySegment m, long ring, int flags) {
        SHORT.setOpaque(m, ring, (short) flags);
    }

    /** For the driver: idx, 0 to 0xffff; what the device wrote before it is visible then. */
    public static int idxAcquire(MemorySegment m, long ring) {
        return (short) SHORT.getAcquire(m, ring + IDX) & 0xffff;
    }

    /** For a hint only: idx, 0 to 0xffff. */
    public static int idxOpaque(MemorySegment m, long ring) {
        return (short) SHORT.getOpaque(m, ring + IDX) & 0xffff;
    }

    /** For the device: publishes elements and buffers written before. */
    public static void setIdxRelease(MemorySegment m, long ring, int idx) {
        SHORT.setRelease(m, ring + IDX, (short) idx);
    }

    /** The element at place {@code i}, 0 to n - 1, read once: see {@link #id} and {@link #len}. */
    public static long element(MemorySegment m, long ring, int i) {
        return m.get(LONG, ring + RING + (long) ELEMENT * i);
    }

    /** The id of an element: what the device claims, any 32 bits. */
    public static int id(long element) {
        return (int) element;
    }

    /** The length of an element: what the device claims, any 32 bits. */
    public static int len(long element) {
        return (int) (element >>> 32);
    }

    /** Writes the element at place {@code i}, 0 to n - 1. */
    public static void setElement(MemorySegment m, long ring, int i, int id, int len) {
        m.set(LONG, ring + RING + (long) ELEMENT * i, id & 0xffff_ffffL | (long) len << 32);
    }

    /** For the driver: notify when avail idx passes this, 0 to 0xffff. After a full fence behind {@link VirtqAvail#setIdxRelease}. 2.7.10. */
    public static int availEventOpaque(MemorySegment m, long ring, int n) {
        return (short) SHORT.getOpaque(m, ring + RING + (long) ELEMENT * n) & 0xffff;
    }

    /** For the device: asks for a notification when avail idx passes this. Before a full fence and another look at avail idx. */
    public static void setAvailEventOpaque(MemorySegment m, long ring, int n, int event) {
        SHORT.setOpaque(m, ring + RING + (long) ELEMENT * n, (short) event);
    }
}
