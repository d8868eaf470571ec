package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import net.hw.ixgbe.Counter;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.LinkBits.Maxfrs;
import net.hw.ixgbe.ReceiveBits.Fctrl;
import net.hw.ixgbe.ReceiveBits.Rdrxctl;
import net.hw.ixgbe.ReceiveBits.Rxcsum;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;

/**
 * The receive path of an 82599: MAC, filters, checksums, queues, and the packet buffer, where frames wait whose queue has no descriptors and does not drop.
 * 7.1. Under the engine's lock, except {@link #backlogged}.
 */
final class IxgbeReceiver {
    /** Shortest frame without check sequence: what a sender's MAC pads to. */
    static final int SHORTEST = 60;
    private static final int CRC = 4;
    private static final int TAG = 4;
    private static final int ADDRESSES = 12;
    /** Longest frame that the device takes, with check sequence: 15.5 KiB. 1.4. */
    private static final int LONGEST = 15_872;
    private static final int STANDARD = 1518;
    private static final int LONGEST_802_3 = 1500;
    private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    private final IxgbeFilters filters;
    private final IxgbeSteering steering;
    private final IxgbeFlowControl pause;
    private final MemorySegment frame = Arena.ofAuto().allocate(1 << 16, 8);
    private final PacketHeaders headers = new PacketHeaders();
    private final ArrayDeque<byte[]> buffer = new ArrayDeque<>();
    private int buffered;
    private volatile boolean backlogged;

    IxgbeReceiver(IxgbeModel device, IxgbeRegisterFile file, IxgbeSteering steering, IxgbeFlowControl pause) {
        this.device = device;
        this.file = file;
        this.steering = steering;
        this.pause = pause;
        filters = new IxgbeFilters(file);
    }

    /** Receive was disabled, or all of the device is reset: what waits is gone. 4.6.7. */
    void reset() {
        buffer.clear();
        buffered = 0;
        backlogged = false;
    }

    /** Frames wait for descriptors: a tail that moves is a reason to wake up. Any thread. */
    boolean backlogged() {
        return backlogged;
    }

    /** A frame comes in from the cable. */
    Verdict receive(SgList in) {
        if (!file.has(Reg.RXCTRL, Rxctrl.RXEN) || !device.mayWork()) {
            return Verdict.NOT_READY;
        }
        int length = (int) in.bytes();
        in.copyTo(0, frame, 0, length);
        if (length < SHORTEST) {
            frame.asSlice(length, SHORTEST - length).fill((byte) 0);
            length = SHORTEST;
        }
        file.count(Counter.TPR);
        file.count(Counter.TORL, Counter.TORH, 0, length + CRC);
        if (pause.arrived(frame)) {
            return Verdict.ACCEPTED;
        }
        headers.parse(frame, length, file.get(Reg.VLNCTRL) & 0xffff);
        if (length + CRC > longest()) {
            file.count(Counter.ROC);
            return Verdict.TOO_LONG;
        }
        if (hasWrongLength(length)) {
            file.count(Counter.RLEC);
            if (!file.has(Reg.FCTRL, Fctrl.SBP)) {
                return Verdict.FILTERED;
            }
        }
        file.count(Counter.RXNFGPC);
        file.count(Counter.RXNFGBCL, Counter.RXNFGBCH, 0, length + CRC);
        IxgbeFilters.Pass pass = filters.judge(frame, headers);
        if (pass == IxgbeFilters.Pass.NO) {
            return Verdict.FILTERED;
        }
        good(length);
        if (!buffer.isEmpty()) {
            return store(length);
        }
        Verdict v = deliver(length, pass);
        return v == Verdict.NO_BUFFER && !dropped() ? store(length) : v;
    }

    /** 8.2.3.22.13: without jumbo frames the standard's length; with them MAXFRS; a VLAN tag is not counted. */
    private int longest() {
        int most = file.has(Reg.HLREG0, Hlreg0.JUMBOEN) ? file.get(Reg.MAXFRS) >>> Maxfrs.MFS_SHIFT : STANDARD;
        return Math.min(LONGEST, most + (headers.tagged ? TAG : 0));
    }

    /** A type of 1500 and less is the length of what follows, padding apart. 8.2.3.22.8, IEEE 802.3, 3.2.6. */
    private boolean hasWrongLength(int length) {
        int follows = length - headers.ip;
        boolean wrong = headers.etherType > follows || headers.etherType < follows && length > SHORTEST;
        return headers.etherType <= LONGEST_802_3 && wrong && file.has(Reg.HLREG0, Hlreg0.RXLNGTHERREN);
    }

    private void good(int length) {
        file.count(Counter.GPRC);
        file.count(Counter.GORCL, Counter.GORCH, 0, length + CRC);
        boolean group = (PacketHeaders.u8(frame, 0) & 1) != 0;
        boolean broadcast = group && PacketHeaders.u16(frame, 0) == 0xffff && PacketHeaders.u16(frame, 2) == 0xffff && PacketHeaders.u16(frame, 4) == 0xffff;
        if (group) {
            file.count(broadcast ? Counter.BPRC : Counter.MPRC);
        }
        int n = length + CRC;
        file.count(n <= 64 ? Counter.PRC64 : n < 128 ? Counter.PRC127 : n < 256 ? Counter.PRC255 : n < 512 ? Counter.PRC511 : n < 1024 ? Counter.PRC1023
                : Counter.PRC1522);
    }

    /** The queue that the last frame was meant for drops what it has no descriptor for: counted, as is what comes for one that is disabled. 8.2.3.8.7, 8.2.3.23. */
    private boolean dropped() {
        int q = steering.queue();
        if (device.rxQueue(q).drops() || (file.get(Reg.PFQDE) & 1) != 0) {
            file.count(Counter.QPRDC, set(q), 1);
            return true;
        }
        return false;
    }

    private int set(int queue) {
        return file.get(Reg.RQSMR, queue >> 2) >>> 8 * (queue & 3) & 0xf;
    }

    /** Decides what the driver gets, and writes it to its queue. 7.1.6.2. */
    private Verdict deliver(int bytes, IxgbeFilters.Pass pass) {
        steering.steer(frame, headers);
        IxgbeRxQueue q = device.rxQueue(steering.queue());
        if (!q.ready()) {
            if (!q.running()) {
                file.count(Counter.QPRDC, set(q.index), 1);
            }
            return Verdict.NOT_READY;
        }
        int length = bytes;
        if (!strips()) {
            frame.set(LE32, length, InternetChecksum.frameCheck(frame, 0, length));
            length += CRC;
        }
        int checks = checks(bytes);
        int status = checks & 0xf_ffff | (pass == IxgbeFilters.Pass.INEXACT ? RxDescriptor.PIF : 0) | (headers.tagged ? RxDescriptor.VP : 0);
        int errors = checks >>> 20 | (hasWrongLength(bytes) ? RxDescriptor.RXE : 0);
        boolean hashed = file.has(Reg.RXCSUM, Rxcsum.PCSD);
        long word0 = RxDescriptor.word0(hashed ? steering.rssType() : RxDescriptor.RSS_NONE, steering.packetType(), 0, 0, false, hashed ? steering.hash() : 0);
        int from = 0;
        int vlan = 0;
        if (headers.tagged && q.strips()) {
            MemorySegment.copy(frame, 0, frame, TAG, ADDRESSES);
            from = TAG;
            vlan = headers.vlan;
        }
        Verdict v = q.put(frame, from, length - from, word0, status, errors, vlan);
        if (v == Verdict.ACCEPTED) {
            file.count(Counter.RXDGPC);
            file.count(Counter.RXDGBCL, Counter.RXDGBCH, 0, bytes);
            file.count(Counter.QPRC, set(q.index), 1);
            file.count(Counter.QBRC_L, Counter.QBRC_H, set(q.index), bytes);
        } else if (from > 0) {
            // Nothing went out of here: the frame is put together again, for the packet buffer.
            MemorySegment.copy(frame, TAG, frame, 0, ADDRESSES);
            PacketHeaders.set16(frame, ADDRESSES, file.get(Reg.VLNCTRL));
            PacketHeaders.set16(frame, ADDRESSES + 2, headers.vlan);
        }
        return v;
    }

    private boolean strips() {
        boolean mac = file.has(Reg.HLREG0, Hlreg0.RXCRCSTRP);
        if (mac != file.has(Reg.RDRXCTL, Rdrxctl.CRCSTRIP)) {
            device.complain("HLREG0.RXCRCSTRP and RDRXCTL.CRCSTRIP differ (8.2.3.8)");
        }
        return mac;
    }

    /** Status bits of the checksums that were looked at, and error bits, from bit 20 on, of those that are wrong. 7.1.11. */
    private int checks(int length) {
        int result = 0;
        if (headers.version == 4) {
            result |= RxDescriptor.IPCS;
            if (InternetChecksum.of(InternetChecksum.sum(frame, headers.ip, headers.ipLength)) != 0) {
                result |= RxDescriptor.IPE << 20;
            }
        }
        if (headers.l4 != PacketHeaders.NONE) {
            result |= transport();
        }
        if (result >>> 20 != 0) {
            file.count(Counter.XEC);
        }
        return result;
    }

    private int transport() {
        int at = headers.transportAt();
        int length = headers.ipPayload;
        boolean right;
        if (headers.l4 == PacketHeaders.SCTP) {
            int there = frame.get(LE32, at + 8);
            frame.set(LE32, at + 8, 0);
            right = InternetChecksum.crc32c(frame, at, length) == there;
            frame.set(LE32, at + 8, there);
        } else {
            if (headers.l4 == PacketHeaders.UDP && PacketHeaders.u16(frame, at + 6) == 0) {
                // No checksum was sent. RFC 768.
                return 0;
            }
            right = InternetChecksum.of(InternetChecksum.pseudo(frame, headers, length) + InternetChecksum.sum(frame, at, length)) == 0;
        }
        return RxDescriptor.L4CS | (right ? 0 : RxDescriptor.TCPE << 20);
    }

    // ---- the packet buffer: 7.1.8 ----

    private Verdict store(int length) {
        if (buffered + length > file.get(Reg.RXPBSIZE)) {
            file.count(Counter.RXMPC, 0, 1);
            device.interrupts().cause(Cause.RX_MISS);
            return Verdict.NO_BUFFER;
        }
        byte[] copy = new byte[length];
        MemorySegment.copy(frame, ValueLayout.JAVA_BYTE, 0, copy, 0, length);
        buffer.addLast(copy);
        buffered += length;
        backlogged = true;
        // Before the tails are looked at again: see the other side in IxgbeQueues.doorbell.
        VarHandle.fullFence();
        pause.filled(buffered);
        return Verdict.ACCEPTED;
    }

    /** Gives frames that wait to their queues, in order, until one has no descriptors. */
    void drain() {
        while (backlogged && file.has(Reg.RXCTRL, Rxctrl.RXEN) && device.mayWork()) {
            byte[] first = buffer.peekFirst();
            MemorySegment.copy(first, 0, frame, ValueLayout.JAVA_BYTE, 0, first.length);
            headers.parse(frame, first.length, file.get(Reg.VLNCTRL) & 0xffff);
            IxgbeFilters.Pass pass = filters.judge(frame, headers);
            if (pass != IxgbeFilters.Pass.NO && deliver(first.length, pass) == Verdict.NO_BUFFER && !dropped()) {
                return;
            }
            buffer.removeFirst();
            buffered -= first.length;
            backlogged = !buffer.isEmpty();
            pause.filled(buffered);
        }
    }
}
