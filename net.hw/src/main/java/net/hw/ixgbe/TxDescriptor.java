package net.hw.ixgbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An advanced transmit data descriptor: 7.2.3.2.4. A frame is one descriptor or more; {@link TxContext} goes before the first if there are offloads.
 *
 * <pre>
 *         63                        46 45  40 39 38  36 35  32 31    24 23  20 19  16 15          0
 *   0x00 |                                      buffer address                                      |
 *   0x08 |          PAYLEN            | POPTS |CC| IDX  | STA  |  DCMD  | DTYP | MAC  |   DTALEN    |
 *
 *   write-back format (7.2.3.2.5)
 *   0x08 |                            reserved          |    DD|             reserved               |
 * </pre>
 */
public final class TxDescriptor {
    /** Bytes of a descriptor. */
    public static final int SIZE = 16;
    /** Rings begin at a multiple of this, and are a multiple of this long, in bytes. */
    public static final int RING_ALIGNMENT = 128;

    /** DTYP of a context descriptor. */
    public static final int CONTEXT = 2;
    /** DTYP of a data descriptor. */
    public static final int DATA = 3;

    /** Bit of word 1: the last of the frame. */
    public static final long EOP = 1L << 24;
    /** Bit of word 1: the device adds the CRC. In the first descriptor of a frame. */
    public static final long IFCS = 1L << 25;
    /** Bit of word 1: the device reports status in DD. With {@link #EOP} only. */
    public static final long RS = 1L << 27;
    /** Bit of word 1: an advanced descriptor; always set. */
    public static final long DEXT = 1L << 29;
    /** Bit of word 1: the VLAN tag of the context is inserted. In the first descriptor of a frame. */
    public static final long VLE = 1L << 30;
    /** Bit of word 1: segmentation. In the first descriptor of a frame. */
    public static final long TSE = 1L << 31;
    /** Bit of word 1: done, written by the device. */
    public static final long DD = 1L << 32;
    /** Bit of word 1: check context. */
    public static final long CC = 1L << 39;
    /** Bit of word 1: the device inserts the IPv4 header checksum. */
    public static final long IXSM = 1L << 40;
    /** Bit of word 1: the device inserts the TCP, UDP or SCTP checksum. */
    public static final long TXSM = 1L << 41;
    /** Largest PAYLEN: 18 bits. */
    public static final int MAX_PAYLEN = 0x3_ffff;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final VarHandle ORDERED = LONG.varHandle();

    private TxDescriptor() {
    }

    /** Where descriptor {@code i} of the ring at {@code ring} is. */
    public static long at(long ring, int i) {
        return ring + (long) i * SIZE;
    }

    /** Writes a data descriptor. The tail register publishes it. */
    public static void set(MemorySegment m, long at, long address, long word1) {
        m.set(LONG, at, address);
        m.set(LONG, at + 8, word1);
    }

    /**
     * Word 1 of a data descriptor: DTYP and DEXT, and these.
     *
     * @param length bytes in this buffer, 1 to 0xffff
     * @param payload bytes of the whole frame; with {@link #TSE} less the headers; 18 bits
     * @param bits EOP, IFCS, RS, VLE, TSE, CC, IXSM, TXSM
     */
    public static long word1(int length, int payload, long bits) {
        return length & 0xffffL | (long) DATA << 20 | DEXT | bits | (long) payload << 46;
    }

    /**
     * Writes several in a row, as {@link #set} would, in whole cache lines where it can: a line that the device has is waited for once and
     * not for each word. The tail register publishes them.
     *
     * @param words word 0 and word 1 of each
     */
    public static void set(MemorySegment m, long at, long[] words, int count) {
        MemorySegment.copy(words, 0, m, LONG, at, 2 * count);
    }

    /** For the device: device address of the buffer. */
    public static long address(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** Word 1, read once. */
    public static long word1(MemorySegment m, long at) {
        return m.get(LONG, at + 8);
    }

    /** The descriptor is done, and the device reads its frame no more. Only those with RS are marked. */
    public static boolean isDoneAcquire(MemorySegment m, long at) {
        return ((long) ORDERED.getAcquire(m, at + 8) & DD) != 0;
    }

    /** For the device: writes the descriptor back, done. */
    public static void setDoneRelease(MemorySegment m, long at) {
        m.set(LONG, at, 0L);
        ORDERED.setRelease(m, at + 8, DD);
    }

    /** Bytes in this buffer, 0 to 0xffff. */
    public static int length(long word1) {
        return (int) word1 & 0xffff;
    }

    /** {@link #DATA}, {@link #CONTEXT}: 0 to 15. */
    public static int type(long word1) {
        return (int) word1 >>> 20 & 0xf;
    }

    /** Which of the two contexts of the queue, 0 to 7 as it stands there; 0 and 1 exist. */
    public static int index(long word1) {
        return (int) (word1 >>> 36) & 7;
    }

    /** Bytes of the frame, 0 to 0x3ffff. */
    public static int payload(long word1) {
        return (int) (word1 >>> 46);
    }

    /** Bits of the index for {@link #word1(int, int, long)}. */
    public static long indexBits(int index) {
        return (index & 7L) << 36;
    }
}
