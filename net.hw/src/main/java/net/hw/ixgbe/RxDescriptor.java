package net.hw.ixgbe;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An advanced receive descriptor: 7.1.6. The driver writes the read format, the device writes the write-back format over it.
 *
 * <pre>
 *   read format (7.1.6.1)
 *         63                                                             1 0
 *   0x00 |              packet buffer address [63:1]                      |NSE|
 *   0x08 |              header buffer address [63:1]                      |DD |
 *
 *   write-back format (7.1.6.2)
 *         63          48 47          32 31  30        21 20    17 16     4 3       0
 *   0x00 |          RSS hash           |SPH| header len | RSC cnt | type  | RSS type |
 *   0x08 |  VLAN tag    |   length     |   errors (31:20)  |  status, NEXTP (19:0)   |
 * </pre>
 *
 * A descriptor is two words of 64 bits: word 0 and word 1. The device writes word 1 last, with DD: who sees DD in {@link #word1Acquire} sees word 0 and the
 * buffer too. All other functions take the words, read once.
 */
public final class RxDescriptor {
    /** Bytes of a descriptor. */
    public static final int SIZE = 16;
    /** Rings begin at a multiple of this, and are a multiple of this long, in bytes. */
    public static final int RING_ALIGNMENT = 128;

    /** {@link #status}: the descriptor is done. */
    public static final int DD = 1;
    /** {@link #status}: the last of the frame. */
    public static final int EOP = 1 << 1;
    /** {@link #status}: a flow director filter matched. */
    public static final int FLM = 1 << 2;
    /** {@link #status}: a VLAN tag was there, and is in {@link #vlan} if RXDCTL.VME is set. */
    public static final int VP = 1 << 3;
    /** {@link #status}: the UDP checksum was computed. */
    public static final int UDPCS = 1 << 4;
    /** {@link #status}: the TCP, UDP or SCTP checksum was checked. */
    public static final int L4CS = 1 << 5;
    /** {@link #status}: the IPv4 header checksum was checked. */
    public static final int IPCS = 1 << 6;
    /** {@link #status}: not for the address of one host alone: passed in-exact filter. */
    public static final int PIF = 1 << 7;
    /** {@link #status}: an outer VLAN tag was there. */
    public static final int VEXT = 1 << 9;
    /** {@link #status}: the fragment checksum is valid. */
    public static final int UDPV = 1 << 10;
    /** {@link #status}: looped back from transmit. */
    public static final int LB = 1 << 18;

    /** {@link #errors}: header buffer overflow. */
    public static final int HBO = 1 << 3;
    /** {@link #errors}: a MAC error: CRC, length, alignment. Comes with FCTRL.SBP only. */
    public static final int RXE = 1 << 9;
    /** {@link #errors}: the TCP or UDP checksum is wrong. */
    public static final int TCPE = 1 << 10;
    /** {@link #errors}: the IPv4 header checksum is wrong. */
    public static final int IPE = 1 << 11;

    /** {@link #rssType}: no hash. */
    public static final int RSS_NONE = 0;
    public static final int RSS_IPV4_TCP = 1;
    public static final int RSS_IPV4 = 2;
    public static final int RSS_IPV6_TCP = 3;
    public static final int RSS_IPV6 = 5;
    public static final int RSS_IPV4_UDP = 7;
    public static final int RSS_IPV6_UDP = 8;

    /** {@link #packetType}: bits that say which headers were recognised. */
    public static final int TYPE_IPV4 = 1;
    public static final int TYPE_IPV4_OPTIONS = 1 << 1;
    public static final int TYPE_IPV6 = 1 << 2;
    public static final int TYPE_IPV6_EXTENSIONS = 1 << 3;
    public static final int TYPE_TCP = 1 << 4;
    public static final int TYPE_UDP = 1 << 5;
    public static final int TYPE_SCTP = 1 << 6;
    public static final int TYPE_NFS = 1 << 7;
    /** {@link #packetType}: an EtherType filter matched; its number is in bits 2 to 0. */
    public static final int TYPE_ETQF = 1 << 11;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final VarHandle ORDERED = LONG.varHandle();

    private RxDescriptor() {
    }

    /** Where descriptor {@code i} of the ring at {@code ring} is. */
    public static long at(long ring, int i) {
        return ring + (long) i * SIZE;
    }

    /** Writes the read format. The tail register publishes it. {@code packet} and {@code header} are device addresses; {@code header} 0: one buffer. */
    public static void setRead(MemorySegment m, long at, long packet, long header) {
        m.set(LONG, at, packet);
        m.set(LONG, at + 8, header);
    }

    /**
     * Writes the read format of several in a row, as {@link #setRead} would, in whole cache lines where it can: a line that the device has is waited for once
     * and not for each word. The tail register publishes it.
     *
     * @param words word 0 and word 1 of each
     */
    public static void setRead(MemorySegment m, long at, long[] words, int count) {
        MemorySegment.copy(words, 0, m, LONG, at, 2 * count);
    }

    /** For the device: device address of the packet buffer. */
    public static long packet(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** For the device: device address of the header buffer. */
    public static long header(MemorySegment m, long at) {
        return m.get(LONG, at + 8);
    }

    /** Word 0 of the write-back format; after {@link #word1Acquire} has shown DD. */
    public static long word0(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** Word 1 of the write-back format; if it has DD, word 0 and the buffer are visible. */
    public static long word1Acquire(MemorySegment m, long at) {
        return (long) ORDERED.getAcquire(m, at + 8);
    }

    /**
     * Word 1 of the write-back format without any order: for a look at many descriptors, with one {@link VarHandle#acquireFence} before word 0 or the buffer of
     * any of them is read. An acquire for each would be a barrier to the compiler in the middle of the loop.
     */
    public static long word1(MemorySegment m, long at) {
        return m.get(LONG, at + 8);
    }

    /** For the device: writes word 0 back. */
    public static void setWord0(MemorySegment m, long at, long word0) {
        m.set(LONG, at, word0);
    }

    /** For the device: writes word 1 back, and with it publishes word 0 and the buffer. */
    public static void setWord1Release(MemorySegment m, long at, long word1) {
        ORDERED.setRelease(m, at + 8, word1);
    }

    /** Word 0 of these fields, each cut to its width. */
    public static long word0(int rssType, int packetType, int rscCount, int headerLength, boolean split, int rssHash) {
        return rssType & 0xfL | (packetType & 0x1fffL) << 4 | (rscCount & 0xfL) << 17 | (headerLength & 0x3ffL) << 21 | (split ? 1L << 31 : 0)
                | (long) rssHash << 32;
    }

    /** Word 1 of these fields, each cut to its width. */
    public static long word1(int status, int errors, int length, int vlan) {
        return status & 0xf_ffffL | (errors & 0xfffL) << 20 | (length & 0xffffL) << 32 | (long) vlan << 48;
    }

    /** The descriptor is done. */
    public static boolean isDone(long word1) {
        return (word1 & DD) != 0;
    }

    /** The last of its frame. */
    public static boolean isLast(long word1) {
        return (word1 & EOP) != 0;
    }

    /** Status bits, 20 of them; in all but the last descriptor of a frame, 19:4 are NEXTP. */
    public static int status(long word1) {
        return (int) word1 & 0xf_ffff;
    }

    /** Error bits, 12 of them. */
    public static int errors(long word1) {
        return (int) word1 >>> 20;
    }

    /** Bytes in the packet buffer, 0 to 65 535. */
    public static int length(long word1) {
        return (int) (word1 >>> 32) & 0xffff;
    }

    /** The VLAN tag, 0 to 0xffff: priority, CFI, id. */
    public static int vlan(long word1) {
        return (int) (word1 >>> 48);
    }

    /** What the hash was computed over, 0 to 15. */
    public static int rssType(long word0) {
        return (int) word0 & 0xf;
    }

    /** Which headers were recognised, 13 bits. */
    public static int packetType(long word0) {
        return (int) word0 >>> 4 & 0x1fff;
    }

    /** Frames that were coalesced, 0 to 15. */
    public static int rscCount(long word0) {
        return (int) word0 >>> 17 & 0xf;
    }

    /** Bytes of the header, 0 to 1023. */
    public static int headerLength(long word0) {
        return (int) word0 >>> 21 & 0x3ff;
    }

    /** The header was split off. */
    public static boolean isSplit(long word0) {
        return (word0 & 1L << 31) != 0;
    }

    /** The RSS hash. */
    public static int rssHash(long word0) {
        return (int) (word0 >>> 32);
    }
}
