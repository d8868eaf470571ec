package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TxContext;

/** What changes in the headers from segment to segment: lengths, identification, sequence number, flags, and the sum of the pseudo header. 7.2.4.7. */
final class TxSegmenter {
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int FLAGS = 0xfff;

    private final IxgbeRegisterFile file;
    private int ip;
    private int l4;
    private int header;
    private boolean tcp;
    private boolean four;
    private int segments;

    TxSegmenter(IxgbeRegisterFile file) {
        this.file = file;
    }

    static boolean isTcp(long context1) {
        return (context1 & TxContext.L4T) == TxContext.TCP;
    }

    /** A frame is to be cut; places count from its start. */
    void begin(int ipAt, int l4At, int headerLength, long context1) {
        ip = ipAt;
        l4 = l4At;
        header = headerLength;
        tcp = isTcp(context1);
        four = (context1 & TxContext.IPV4) != 0;
        segments = 0;
    }

    /**
     * Makes the headers those of a segment.
     *
     * @param m the original headers, and the segment's payload behind them
     * @param payload bytes of it
     * @param before bytes of payload in the segments before
     */
    void fix(MemorySegment m, int payload, int before, boolean last) {
        boolean first = segments == 0;
        if (four) {
            PacketHeaders.set16(m, ip + 2, header - ip + payload);
            PacketHeaders.set16(m, ip + 4, PacketHeaders.u16(m, ip + 4) + segments);
        } else {
            PacketHeaders.set16(m, ip + 4, header - ip - 40 + payload);
        }
        int length = header - l4 + payload;
        int field = l4 + (tcp ? 16 : 6);
        if (tcp) {
            m.set(BE32, l4 + 4, m.get(BE32, l4 + 4) + before);
            int flags = PacketHeaders.u16(m, l4 + 12);
            PacketHeaders.set16(m, l4 + 12, flags & (~FLAGS | mask(first, last)));
        } else {
            PacketHeaders.set16(m, l4 + 4, length);
        }
        // Software has summed the pseudo header without the length. 7.2.4.7.
        PacketHeaders.set16(m, field, ~InternetChecksum.of(PacketHeaders.u16(m, field) + (long) length));
        segments++;
    }

    /** Which of the 12 bits of flags stay: DTXTCPFLGL and DTXTCPFLGH. */
    private int mask(boolean first, boolean last) {
        if (last) {
            return file.get(Reg.DTXTCPFLGH) & FLAGS;
        }
        return file.get(Reg.DTXTCPFLGL) >>> (first ? 0 : 16) & FLAGS;
    }
}
