package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Checksums of IP, TCP, UDP, RFC 1071, and of SCTP, RFC 3309, over memory. */
final class InternetChecksum {
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private InternetChecksum() {
    }

    /** Sum of the bytes as numbers of 16 bits, high byte first; an odd one counts as high. Not folded. */
    static long sum(MemorySegment m, long at, int length) {
        long sum = 0;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            sum += m.get(BE32, at + i) & 0xffff_ffffL;
        }
        for (; i + 2 <= length; i += 2) {
            sum += PacketHeaders.u16(m, at + i);
        }
        return i < length ? sum + (PacketHeaders.u8(m, at + i) << 8) : sum;
    }

    /** The checksum of what adds up to {@code sum}: folded and inverted. 0 if the checksum was in it and is right. */
    static int of(long sum) {
        long s = sum;
        while (s >>> 16 != 0) {
            s = (s & 0xffff) + (s >>> 16);
        }
        return (int) ~s & 0xffff;
    }

    /** The pseudo header of TCP and UDP: RFC 9293, 3.1; RFC 8200, 8.1. */
    static long pseudo(MemorySegment m, PacketHeaders h, int length) {
        long addresses = h.version == 4 ? sum(m, h.ip + 12, 8) : sum(m, h.ip + 8, 32);
        return addresses + h.l4 + length;
    }

    /** CRC32c of the bytes, as it stands in an SCTP header: low byte first. */
    static int crc32c(MemorySegment m, long at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(m.asSlice(at, length).asByteBuffer());
        return (int) crc.getValue();
    }

    /** The frame check sequence of Ethernet, as it is sent: low byte first. */
    static int frameCheck(MemorySegment m, long at, int length) {
        CRC32 crc = new CRC32();
        crc.update(m.asSlice(at, length).asByteBuffer());
        return (int) crc.getValue();
    }
}
