package net.hw.virtio;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The available ring of a split virtqueue, {@code virtq_avail}: 2.7.6. The driver writes it, the device reads it. Aligned to 2 bytes.
 *
 * <pre>
 *                 15                                            0
 *   0x00         |  flags: bit 0 NO_INTERRUPT                    |
 *   0x02         |  idx: entries ever added, modulo 65 536       |
 *   0x04 + 2 i   |  ring[i]: head of a descriptor chain          |
 *   0x04 + 2 n   |  used_event (EVENT_IDX), n is the queue size  |
 * </pre>
 */
public final class VirtqAvail {
    /** {@code flags} bit 0: no interrupt, please. Without EVENT_IDX only. 2.7.7. */
    public static final int NO_INTERRUPT = 1;
    /** Alignment in bytes. */
    public static final int ALIGNMENT = 2;

    private static final int IDX = 2;
    private static final int RING = 4;
    private static final ValueLayout.OfShort LAYOUT = ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN);
    private static final VarHandle SHORT = LAYOUT.varHandle();

    private VirtqAvail() {
    }

    /** Bytes of a ring for {@code n} descriptors, with used_event. */
    public static int size(int n) {
        return RING + 2 * n + 2;
    }

    /** 0 to 0xffff. */
    public static int flagsOpaque(MemorySegment m, long ring) {
        return (short) SHORT.getOpaque(m, ring) & 0xffff;
    }

    /** Writes flags. */
    public static void setFlagsOpaque(MemorySegment m, long ring, int flags) {
        SHORT.setOpaque(m, ring, (short) flags);
    }

    /** For the device: idx, 0 to 0xffff; what the driver wrote before it is visible then. */
    public static int idxAcquire(MemorySegment m, long ring) {
        return (short) SHORT.getAcquire(m, ring + IDX) & 0xffff;
    }

    /** For the driver: publishes entries and descriptors written before. */
    public static void setIdxRelease(MemorySegment m, long ring, int idx) {
        SHORT.setRelease(m, ring + IDX, (short) idx);
    }

    /** The head at place {@code i}, 0 to n - 1: 0 to 0xffff. */
    public static int entry(MemorySegment m, long ring, int i) {
        return m.get(LAYOUT, ring + RING + 2L * i) & 0xffff;
    }

    /** Writes the head at place {@code i}, 0 to n - 1. */
    public static void setEntry(MemorySegment m, long ring, int i, int head) {
        m.set(LAYOUT, ring + RING + 2L * i, (short) head);
    }

    /** For the device: interrupt when used idx passes this, 0 to 0xffff. After a full fence behind the store of used idx. 2.7.7. */
    public static int usedEventOpaque(MemorySegment m, long ring, int n) {
        return (short) SHORT.getOpaque(m, ring + RING + 2L * n) & 0xffff;
    }

    /** For the driver: asks for an interrupt when used idx passes this. Before a full fence and another look at used idx. */
    public static void setUsedEventOpaque(MemorySegment m, long ring, int n, int event) {
        SHORT.setOpaque(m, ring + RING + 2L * n, (short) event);
    }
}
