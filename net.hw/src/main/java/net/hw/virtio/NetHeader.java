package net.hw.virtio;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What stands in front of every frame, {@code virtio_net_hdr}: 5.1.6. Twelve bytes with VERSION_1, num_buffers included whatever was negotiated.
 *
 * <pre>
 *         31            16 15           8 7            0
 *   0x00 |    hdr_len     |   gso_type   |    flags     |
 *   0x04 |   csum_start   |          gso_size           |
 *   0x08 |  num_buffers   |         csum_offset         |
 * </pre>
 *
 * It may stand at any address.
 */
public final class NetHeader {
    /** Bytes of the header. */
    public static final int SIZE = 12;
    /** {@code flags} bit 0: the checksum from csum_start has to be completed. */
    public static final int NEEDS_CSUM = 1;
    /** {@code flags} bit 1: the checksum was found right. */
    public static final int DATA_VALID = 2;
    /** {@code gso_type}: an ordinary frame. */
    public static final int GSO_NONE = 0;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private NetHeader() {
    }

    /** A header without any offload: twelve zeros, in two stores. 5.1.6.2. */
    public static void setPlain(MemorySegment m, long at) {
        m.set(LONG, at, 0L);
        m.set(INT, at + 8, 0);
    }

    /** {@link #NEEDS_CSUM}, {@link #DATA_VALID}: 0 to 0xff. */
    public static int flags(MemorySegment m, long at) {
        return m.get(BYTE, at) & 0xff;
    }

    /** flags in bits 7 to 0 and gso_type in bits 15 to 8, in one read. */
    public static int flagsAndGsoType(MemorySegment m, long at) {
        return m.get(SHORT, at) & 0xffff;
    }

    /** Writes flags. */
    public static void setFlags(MemorySegment m, long at, int flags) {
        m.set(BYTE, at, (byte) flags);
    }

    /** Kind of segmentation offload, 0 to 0xff. */
    public static int gsoType(MemorySegment m, long at) {
        return m.get(BYTE, at + 1) & 0xff;
    }

    /** Writes the kind of segmentation offload. */
    public static void setGsoType(MemorySegment m, long at, int type) {
        m.set(BYTE, at + 1, (byte) type);
    }

    /** Bytes of protocol headers, 0 to 0xffff. */
    public static int hdrLen(MemorySegment m, long at) {
        return m.get(SHORT, at + 2) & 0xffff;
    }

    /** Bytes of payload of a segment, 0 to 0xffff. */
    public static int gsoSize(MemorySegment m, long at) {
        return m.get(SHORT, at + 4) & 0xffff;
    }

    /** Where the checksum begins, 0 to 0xffff. */
    public static int csumStart(MemorySegment m, long at) {
        return m.get(SHORT, at + 6) & 0xffff;
    }

    /** Where the checksum is put, from csum_start, 0 to 0xffff. */
    public static int csumOffset(MemorySegment m, long at) {
        return m.get(SHORT, at + 8) & 0xffff;
    }

    /** Buffers that the received frame spans, 0 to 0xffff. */
    public static int numBuffers(MemorySegment m, long at) {
        return m.get(SHORT, at + 10) & 0xffff;
    }

    /** Writes how many buffers the frame spans. */
    public static void setNumBuffers(MemorySegment m, long at, int n) {
        m.set(SHORT, at + 10, (short) n);
    }
}
