package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.api.EthernetAddress;
import net.hw.fxmac.Counter;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HashFilter;
import net.hw.fxmac.Irq;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.Screener;

/** Puts frames that arrive into the receive rings: TRM 16.3.5. Under the engine's lock. */
final class FxmacReceiver {
    private static final int SHORTEST = 60;
    private static final int FCS = 4;
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final int SUM_SHIFT = 54;

    private final FxmacModel model;
    private final FxmacRegisterFile file;
    private final FxmacInterrupts interrupts;
    private final FxmacConfig config;
    private final FxmacPause pause;
    /** Device address of the descriptor that is filled next. */
    private final long[] at;
    /** The queue found no free descriptor, and does not look again until it is told to. */
    private final boolean[] stalled;
    /** Addresses that are compared: writing the bottom of one switches it off, the top on. */
    private final boolean[] active = new boolean[4];
    private final MemorySegment scratch = Arena.ofAuto().allocate(FxmacModel.LONGEST + 64L, 8);
    private final SgList frame = new SgList();
    private final PacketHeaders headers = new PacketHeaders();
    private SplittableRandom lies;
    private int every;

    FxmacReceiver(FxmacModel model, FxmacRegisterFile file, FxmacInterrupts interrupts, FxmacPause pause) {
        this.model = model;
        this.file = file;
        this.interrupts = interrupts;
        this.pause = pause;
        config = model.settings();
        at = new long[config.queues()];
        stalled = new boolean[config.queues()];
    }

    void reset() {
        Arrays.fill(active, false);
        Arrays.fill(stalled, false);
    }

    void setActive(int i, boolean on) {
        active[i] = on;
    }

    /** A base was written. */
    void rewind(int q) {
        at[q] = q == 0 ? file.base(Fxmac.RXQBASE, 0, Fxmac.RXQBASEHI) : file.base(Fxmac.QRXBASE, 4 * (q - 1), Fxmac.RXQBASEHI);
        stalled[q] = false;
    }

    /** NWCTRL was written with reception on: queues look at their descriptors again. */
    void lookAgain() {
        for (int q = 0; q < at.length; q++) {
            if (isOff(q)) {
                continue;
            }
            DmaSpace.Window w = descriptor(q);
            if (w == null) {
                busError(q);
            } else {
                stalled[q] = isUsed(w, q);
            }
        }
    }

    /** Software does not use the queue. */
    private boolean isOff(int q) {
        return q > 0 && (file.get(Fxmac.QRXBASE, q - 1) & Fxmac.QUEUE_OFF) != 0;
    }

    /** Memory of the next descriptor; null if the bus answers with an error. */
    private DmaSpace.Window descriptor(int q) {
        return model.dma(at[q], RxBd.SIZE, "receive descriptor of queue " + q);
    }

    /** The next descriptor is not the device's. */
    private boolean isUsed(DmaSpace.Window w, int q) {
        long offset = at[q] - w.iova;
        if ((RxBd.wordAcquire(w.segment, offset) & RxBd.USED) == 0) {
            return false;
        }
        // A bus has carried the descriptors that were written before it carries this read: who posts after it sees them filled.
        VarHandle.fullFence();
        return (RxBd.wordAcquire(w.segment, offset) & RxBd.USED) != 0;
    }

    /** Descriptors are written as it pleases from now on; 0: it is honest again. */
    void hostile(long seed, int oneOf) {
        lies = new SplittableRandom(seed);
        every = oneOf;
    }

    Verdict receive(SgList arrived) {
        if (!file.has(Fxmac.NWCTRL, NetworkControl.RX)) {
            return Verdict.NOT_READY;
        }
        int length = (int) arrived.bytes();
        if (length > FxmacModel.LONGEST - FCS) {
            return tooLong();
        }
        arrived.copyTo(0, scratch, 0, length);
        int whole = Math.max(length, SHORTEST);
        scratch.asSlice(length, whole - length + FCS).fill((byte) 0);
        int limit = file.has(Fxmac.NWCFG, NetworkConfig.JUMBO) ? file.get(Fxmac.JUMBOMAX) : file.has(Fxmac.NWCFG, NetworkConfig.RECEIVE_1536) ? 1536 : 1518;
        if (whole + FCS > limit) {
            return tooLong();
        }
        long match = match();
        boolean paused = pause.arrived(scratch);
        // 23 of NWCFG: whatever lets it in, but for an address that matches.
        if (match < 0 || paused && file.has(Fxmac.NWCFG, NetworkConfig.NO_PAUSE_COPY) && (match << 32 & RxBd.SPECIFIC) == 0) {
            return Verdict.FILTERED;
        }
        headers.parse(scratch, whole, 0x8100);
        long sums = 0;
        if (file.has(Fxmac.NWCFG, NetworkConfig.RX_CHECKSUM)) {
            Counter wrong = wrongSum();
            if (wrong != null) {
                model.counters().count(wrong);
                return Verdict.FILTERED;
            }
            sums = headers.version != 4 && headers.l4 == PacketHeaders.NONE ? 0
                    : headers.l4 == PacketHeaders.TCP ? 2 : headers.l4 == PacketHeaders.UDP ? 3 : headers.version == 4 ? 1 : 0;
        }
        if (model.has(FxmacFault.RX_OVERRUN)) {
            model.counters().count(Counter.RX_OVERRUN);
            file.raise(Fxmac.RXSR, RxStatus.OVERRUN);
            interrupts.cause(0, Irq.RX_OVERRUN);
            return Verdict.NO_BUFFER;
        }
        return store(queue(), paused, whole, match << 32 & 0xffff_ffff_0000_0000L | sums << SUM_SHIFT);
    }

    private Verdict tooLong() {
        model.counters().count(Counter.RX_OVERSIZE);
        return Verdict.TOO_LONG;
    }

    // ---- filters: 16.3.6 of the TRM ----

    /** Upper half of the descriptor's first eight bytes as far as address and type decide it; -1 if the frame is not for this MAC. */
    private long match() {
        long who = address();
        for (int i = 0; i < Fxmac.MATCH.count(); i++) {
            int wanted = file.get(Fxmac.MATCH, i);
            if ((wanted & Fxmac.MATCH_ON) != 0 && (wanted & 0xffff) == PacketHeaders.u16(scratch, 12)) {
                // With checksums the bits say something else: table 16-2.
                return Math.max(0, who) | (file.has(Fxmac.NWCFG, NetworkConfig.RX_CHECKSUM) ? 0 : (RxBd.TYPE | (long) i << RxBd.TYPE_SHIFT) >>> 32);
            }
        }
        return who;
    }

    private long address() {
        long to = (long) PacketHeaders.u16(scratch, 0) << 32 | (long) PacketHeaders.u16(scratch, 2) << 16 | PacketHeaders.u16(scratch, 4);
        if (to == BROADCAST) {
            return file.has(Fxmac.NWCFG, NetworkConfig.NO_BROADCAST) && !file.has(Fxmac.NWCFG, NetworkConfig.COPY_ALL) ? -1 : RxBd.BROADCAST >>> 32;
        }
        long onTheWire = Long.reverseBytes(to) >>> 16;
        for (int i = 0; i < active.length; i++) {
            if (active[i] && (file.get(Fxmac.SAB, i) & 0xffff_ffffL | (long) (file.get(Fxmac.SAT, i) & 0xffff) << 32) == onTheWire) {
                return (RxBd.SPECIFIC | (long) i << RxBd.SPECIFIC_SHIFT) >>> 32;
            }
        }
        boolean group = (to >>> 40 & 1) != 0;
        if (file.has(Fxmac.NWCFG, group ? NetworkConfig.MULTICAST_HASH : NetworkConfig.UNICAST_HASH)) {
            long hash = file.get(Fxmac.HASHL) & 0xffff_ffffL | (long) file.get(Fxmac.HASHH) << 32;
            if ((hash >>> HashFilter.index(new EthernetAddress(to)) & 1) != 0) {
                return (group ? RxBd.MULTICAST_HASH : RxBd.UNICAST_HASH) >>> 32;
            }
        }
        return file.has(Fxmac.NWCFG, NetworkConfig.COPY_ALL) ? 0 : -1;
    }

    /** What is wrong about the checksums; null for nothing. */
    private Counter wrongSum() {
        PacketHeaders h = headers;
        if (h.version == 4 && InternetChecksum.of(InternetChecksum.sum(scratch, h.ip, h.ipLength)) != 0) {
            return Counter.RX_IP_CHECKSUM;
        }
        if (h.l4 != PacketHeaders.TCP && h.l4 != PacketHeaders.UDP) {
            return null;
        }
        boolean without = h.l4 == PacketHeaders.UDP && h.version == 4 && PacketHeaders.u16(scratch, h.transportAt() + 6) == 0;
        int sum = InternetChecksum.of(InternetChecksum.pseudo(scratch, h, h.ipPayload) + InternetChecksum.sum(scratch, h.transportAt(), h.ipPayload));
        return sum == 0 || without ? null : h.l4 == PacketHeaders.TCP ? Counter.RX_TCP_CHECKSUM : Counter.RX_UDP_CHECKSUM;
    }

    /** The first screener that matches decides; without one it is queue 0. UG1087, screening_type_1_register and screening_type_2_register. */
    private int queue() {
        for (int i = 0; i < config.screeners(); i++) {
            int screener = file.get(Fxmac.SCREEN1, i);
            if ((screener & (Screener.SERVICE | Screener.UDP_PORT)) != 0 && Screener.queue(screener) < config.queues() && fits(screener)) {
                return Screener.queue(screener);
            }
        }
        for (int i = 0; i < config.screeners(); i++) {
            int screener = file.get(Fxmac.SCREEN2, i);
            if ((screener & Screener.COMPARE_A) == 0 || Screener.queue(screener) >= config.queues()) {
                continue;
            }
            int n = Screener.compare(screener);
            int value = file.get(Fxmac.COMPAREVALUE, n);
            int offset = Screener.fromStart(file.get(Fxmac.COMPAREPLACE, n));
            int bytes = PacketHeaders.u8(scratch, offset) | PacketHeaders.u8(scratch, offset + 1) << 8;
            if (((bytes ^ value >>> 16) & value & 0xffff) == 0) {
                return Screener.queue(screener);
            }
        }
        return 0;
    }

    /** A screener of type 1 matches. */
    private boolean fits(int screener) {
        PacketHeaders h = headers;
        int service = h.version == 4 ? PacketHeaders.u8(scratch, h.ip + 1) : h.version == 6 ? PacketHeaders.u16(scratch, h.ip) >>> 4 & 0xff : -1;
        return ((screener & Screener.SERVICE) == 0 || Screener.service(screener) == service) && ((screener & Screener.UDP_PORT) == 0
                || h.l4 == PacketHeaders.UDP && PacketHeaders.u16(scratch, h.transportAt() + 2) == Screener.port(screener));
    }

    // ---- rings ----

    private Verdict store(int q, boolean paused, int length, long bits) {
        int total = length;
        if (!file.has(Fxmac.NWCFG, NetworkConfig.REMOVE_FCS)) {
            scratch.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN), length,
                    InternetChecksum.frameCheck(scratch, 0, length));
            total += FCS;
        }
        int units = q == 0 ? file.get(Fxmac.DMACR) >>> DmaConfig.SIZE_SHIFT & 0xff : file.get(Fxmac.QRXSIZE, q - 1) & 0xff;
        int room = Math.max(1, units) * DmaConfig.SIZE_UNIT;
        int pieces = (total + room - 1) / room;
        if (stalled[q]) {
            return noBuffer(q);
        }
        frame.clear();
        frame.add(scratch, 0, total);
        for (int i = 0; i < pieces; i++) {
            DmaSpace.Window w = descriptor(q);
            if (w == null) {
                return busError(q);
            }
            if (isUsed(w, q)) {
                // In the middle of a frame too: what was written of it stays, without an end.
                return noBuffer(q);
            }
            if (!fill(w, q, i * room, Math.min(room, total - i * room),
                    bits | (i == 0 ? RxBd.SOF : 0) | (i == pieces - 1 ? RxBd.EOF | (long) total << RxBd.LENGTH_SHIFT : 0))) {
                return busError(q);
            }
        }
        if (!paused) {
            model.counters().received(frame);
        }
        file.raise(Fxmac.RXSR, RxStatus.FRAME);
        interrupts.cause(q, Irq.RX_COMPLETE);
        return Verdict.ACCEPTED;
    }

    /** The queue waits until it is told to look again; so do all, if the frame stays in the receive memory. */
    private Verdict noBuffer(int q) {
        stalled[q] = true;
        if (!file.has(Fxmac.DMACR, DmaConfig.DISCARD_WHEN_FULL)) {
            Arrays.fill(stalled, true);
        }
        model.counters().count(Counter.RX_NO_BUFFER);
        file.raise(Fxmac.RXSR, RxStatus.NO_BUFFER);
        interrupts.cause(q, Irq.RX_USED);
        return Verdict.NO_BUFFER;
    }

    private Verdict busError(int q) {
        stalled[q] = true;
        file.raise(Fxmac.RXSR, RxStatus.BUS_ERROR);
        interrupts.cause(q, Irq.BUS_ERROR);
        return Verdict.NO_BUFFER;
    }

    private long base(int q) {
        return q == 0 ? file.base(Fxmac.RXQBASE, 0, Fxmac.RXQBASEHI) : file.base(Fxmac.QRXBASE, 4 * (q - 1), Fxmac.RXQBASEHI);
    }

    /** Writes a piece of a frame; false if the bus answers with an error. */
    private boolean fill(DmaSpace.Window w, int q, int from, int length, long bits) {
        long offset = at[q] - w.iova;
        long word = RxBd.wordAcquire(w.segment, offset);
        long iova = RxBd.iova(w.segment, offset, word);
        int gap = from == 0 ? file.get(Fxmac.NWCFG) >>> NetworkConfig.OFFSET_SHIFT & 3 : 0;
        DmaSpace.Window data = model.dma(iova + gap, length, "receive buffer of queue " + q);
        if (data == null) {
            return false;
        }
        frame.copyTo(from, data.segment, iova + gap - data.iova, length);
        at[q] = (word & RxBd.WRAP) != 0 ? base(q) : at[q] + RxBd.SIZE;
        RxBd.setWordRelease(w.segment, offset, word & 0xffff_ffffL | RxBd.USED | lie(bits));
        return true;
    }

    private long lie(long bits) {
        if (every == 0 || lies.nextInt(every) != 0) {
            return bits;
        }
        return switch (lies.nextInt(4)) {
            case 0 -> bits & ~RxBd.SOF;
            case 1 -> bits & ~RxBd.EOF;
            case 2 -> bits ^ (long) lies.nextInt(RxBd.JUMBO_LENGTH_MASK) << RxBd.LENGTH_SHIFT;
            default -> lies.nextLong() << 32;
        };
    }
}
