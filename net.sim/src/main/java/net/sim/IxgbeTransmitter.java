package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import net.hw.ixgbe.Counter;
import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TxContext;
import net.hw.ixgbe.TxDescriptor;

/**
 * What an 82599 does to a frame on its way from memory to the wire: VLAN tag, checksums, segmentation, padding, check sequence, counters. 7.2.4, 7.2.5. Under
 * the engine's lock.
 */
final class IxgbeTransmitter {
    private static final int CRC = 4;
    private static final int TAG = 4;
    private static final int ADDRESSES = 12;
    private static final int ETHERNET = 14;
    /** Longest frame with check sequence that is not segmented: 15.5 KiB. 1.4. */
    private static final int LONGEST = 15_872;
    /** Room for the longest segmented frame: 18 bits of payload, and headers. */
    private static final int ROOM = 1 << 19;
    private static final long OFFLOADS = TxDescriptor.IXSM | TxDescriptor.TXSM | TxDescriptor.TSE | TxDescriptor.VLE;
    private static final int TCP_FIELD = 16;
    private static final int UDP_FIELD = 6;
    private static final int SCTP_FIELD = 8;
    private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    // A tag is inserted in front of what was gathered, so that begins behind a gap.
    private final MemorySegment frame = Arena.ofAuto().allocate(TAG + ROOM, 8);
    private final MemorySegment segment = Arena.ofAuto().allocate(1 << 17, 8);
    private final SgList out = new SgList();
    private final TxSegmenter segmenter;
    private int length;

    IxgbeTransmitter(IxgbeModel device, IxgbeRegisterFile file) {
        this.device = device;
        this.file = file;
        segmenter = new TxSegmenter(file);
    }

    /** A frame begins. */
    void begin() {
        length = 0;
    }

    /** A part of it; false if it gets too long. */
    boolean add(MemorySegment source, long at, int bytes) {
        if (length + bytes > ROOM) {
            return false;
        }
        MemorySegment.copy(source, at, frame, TAG + length, bytes);
        length += bytes;
        return true;
    }

    /**
     * The frame is whole: it is sent.
     *
     * @param first word 1 of its first descriptor
     * @param context0 word 0 of the context that it names
     * @param context1 word 1 of that
     * @return why it cannot be sent, or ""
     */
    String end(int queue, long first, long context0, long context1) {
        boolean segmented = (first & TxDescriptor.TSE) != 0;
        int headerLength = TxContext.macLength(context0) + TxContext.ipLength(context0) + TxContext.l4Length(context1);
        int payload = segmented ? length - headerLength : length;
        if (TxDescriptor.payload(first) != payload) {
            return "PAYLEN %d of a frame with %d (7.2.3.2.4)".formatted(TxDescriptor.payload(first), payload);
        }
        if (length < ETHERNET || !segmented && length + CRC > LONGEST) {
            return "a frame of %d bytes".formatted(length);
        }
        if ((first & OFFLOADS) != 0 && (first & TxDescriptor.IFCS) == 0) {
            return "offloads without IFCS (7.2.3.2.4)";
        }
        MemorySegment m = frame;
        int at = TAG;
        if ((first & TxDescriptor.VLE) != 0) {
            MemorySegment.copy(m, at, m, 0, ADDRESSES);
            at = 0;
            PacketHeaders.set16(m, ADDRESSES, file.get(Reg.DMATXCTL) >>> Dmatxctl.VT_SHIFT);
            PacketHeaders.set16(m, ADDRESSES + 2, TxContext.vlan(context0));
            length += TAG;
        }
        int tag = TAG - at;
        // Places in the context count without the tag that the device inserts.
        int ip = at + tag + TxContext.macLength(context0);
        int l4 = ip + TxContext.ipLength(context0);
        if (segmented) {
            return segments(queue, first, context0, context1, at, ip, l4, payload);
        }
        String refusal = checksums(m, first, context1, ip, l4, at + length);
        if (!refusal.isEmpty()) {
            return refusal;
        }
        if ((first & TxDescriptor.IFCS) == 0) {
            return checked(queue, at);
        }
        send(queue, m, at, length);
        return "";
    }

    /** Software has made the check sequence: a wrong one is lost on the way. */
    private String checked(int queue, int at) {
        int n = length - CRC;
        if (n < ETHERNET) {
            return "a frame of %d bytes with its check sequence".formatted(length);
        }
        if (InternetChecksum.frameCheck(frame, at, n) == frame.get(LE32, at + n)) {
            send(queue, frame, at, n);
        } else {
            device.complain("transmit queue %d: a frame with a wrong check sequence", queue);
        }
        return "";
    }

    /** 7.2.5. The checksum field holds what software put there: the pseudo header's sum for TCP and UDP, 0 for IPv4 and SCTP. */
    private static String checksums(MemorySegment m, long first, long context1, int ip, int l4, int end) {
        if ((first & TxDescriptor.IXSM) != 0) {
            if (ip + 20 > end || l4 > end || l4 - ip < 20) {
                return "IXSM with an IP header of %d bytes at %d (7.2.5.1)".formatted(l4 - ip, ip);
            }
            PacketHeaders.set16(m, ip + 10, 0);
            PacketHeaders.set16(m, ip + 10, InternetChecksum.of(InternetChecksum.sum(m, ip, l4 - ip)));
        }
        if ((first & TxDescriptor.TXSM) != 0) {
            long kind = context1 & TxContext.L4T;
            int field = l4 + (kind == TxContext.TCP ? TCP_FIELD : kind == TxContext.SCTP ? SCTP_FIELD : UDP_FIELD);
            if (field + 4 > end) {
                return "TXSM with a header at %d of a frame that ends at %d (7.2.5.2)".formatted(l4, end);
            }
            if (kind == TxContext.SCTP) {
                m.set(LE32, field, 0);
                m.set(LE32, field, InternetChecksum.crc32c(m, l4, end - l4));
            } else {
                int sum = InternetChecksum.of(InternetChecksum.sum(m, l4, end - l4));
                PacketHeaders.set16(m, field, kind == TxContext.UDP && sum == 0 ? 0xffff : sum);
            }
        }
        return "";
    }

    /** 7.2.4. */
    private String segments(int queue, long first, long context0, long context1, int at, int ip, int l4, int payload) {
        int mss = TxContext.mss(context1);
        int header = l4 - at + TxContext.l4Length(context1);
        if (mss == 0 || payload <= 0 || TxContext.l4Length(context1) < (TxSegmenter.isTcp(context1) ? 20 : 8) || TxContext.ipLength(context0) < 20) {
            return "segmentation of %d bytes into %d with headers of %d and %d".formatted(payload, mss, TxContext.ipLength(context0),
                    TxContext.l4Length(context1));
        }
        segmenter.begin(ip - at, l4 - at, header, context1);
        for (int done = 0; done < payload; done += mss) {
            int n = Math.min(mss, payload - done);
            MemorySegment.copy(frame, at, segment, 0, header);
            MemorySegment.copy(frame, at + header + done, segment, header, n);
            segmenter.fix(segment, n, done, done + n == payload);
            String refusal = checksums(segment, first, context1, ip - at, l4 - at, header + n);
            if (!refusal.isEmpty()) {
                return refusal;
            }
            send(queue, segment, 0, header + n);
        }
        return "";
    }

    private void send(int queue, MemorySegment m, int at, int bytes) {
        int n = bytes;
        if (n < IxgbeReceiver.SHORTEST && file.has(Reg.HLREG0, Hlreg0.TXPADEN)) {
            m.asSlice(at + n, IxgbeReceiver.SHORTEST - n).fill((byte) 0);
            n = IxgbeReceiver.SHORTEST;
        }
        count(queue, m, at, n);
        out.clear();
        out.add(m, at, n);
        device.send(out);
    }

    private void count(int queue, MemorySegment m, int at, int n) {
        int wire = n + CRC;
        file.count(Counter.TPT);
        file.count(Counter.GPTC);
        file.count(Counter.GOTCL, Counter.GOTCH, 0, wire);
        file.count(Counter.TXDGPC);
        file.count(Counter.TXDGBCL, Counter.TXDGBCH, 0, n);
        if ((PacketHeaders.u8(m, at) & 1) != 0) {
            boolean broadcast = PacketHeaders.u16(m, at) == 0xffff && PacketHeaders.u16(m, at + 2) == 0xffff && PacketHeaders.u16(m, at + 4) == 0xffff;
            file.count(broadcast ? Counter.BPTC : Counter.MPTC);
        }
        file.count(wire <= 64 ? Counter.PTC64 : wire < 128 ? Counter.PTC127 : wire < 256 ? Counter.PTC255 : wire < 512 ? Counter.PTC511
                : wire < 1024 ? Counter.PTC1023 : Counter.PTC1522);
        int set = file.get(Reg.TQSM, queue >> 2) >>> 8 * (queue & 3) & 0xf;
        file.count(Counter.QPTC, set, 1);
        file.count(Counter.QBTC_L, Counter.QBTC_H, set, n);
    }
}
