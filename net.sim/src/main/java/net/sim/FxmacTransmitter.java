package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.hw.fxmac.Counter;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.TxBd;
import net.hw.fxmac.TxStatus;

/** Sends what the transmit rings have: TRM 16.3.6, the queue with the highest number first (16.3.2). Under the engine's lock. */
final class FxmacTransmitter {
    private static final int BURST = 64;
    /** Shortest frame without its check sequence: IEEE 802.3, 3.2.8. */
    private static final int SHORTEST = 60;
    private static final MemorySegment ZEROS = Arena.ofAuto().allocate(SHORTEST);

    private final FxmacModel model;
    private final FxmacRegisterFile file;
    private final FxmacInterrupts interrupts;
    private final FxmacConfig config;
    /** Device address of the descriptor that is read next. */
    private final long[] at;
    private final MemorySegment scratch = Arena.ofAuto().allocate(FxmacModel.LONGEST + 64L, 8);
    private final SgList frame = new SgList();
    private final PacketHeaders headers = new PacketHeaders();
    private boolean going;
    private boolean broken;
    private long budget = Long.MAX_VALUE;
    /** What the next frame ends with, as its descriptor tells; 0 for nothing. */
    private long error;

    FxmacTransmitter(FxmacModel model, FxmacRegisterFile file, FxmacInterrupts interrupts, FxmacConfig config) {
        this.model = model;
        this.file = file;
        this.interrupts = interrupts;
        this.config = config;
        at = new long[config.queues()];
    }

    /** Transmission was switched off, or a base was written: queues begin at their first descriptor, and nothing is broken any more. */
    void rewind() {
        for (int q = 0; q < at.length; q++) {
            at[q] = base(q);
        }
        going = false;
        broken = false;
        file.set(Fxmac.TXSR, file.get(Fxmac.TXSR) & ~TxStatus.GO | (model.has(FxmacFault.TX_NEVER_STOPS) ? TxStatus.GO : 0));
    }

    private long base(int q) {
        return q == 0 ? file.base(Fxmac.TXQBASE, 0, Fxmac.TXQBASEHI) : file.base(Fxmac.QTXBASE, 4 * (q - 1), Fxmac.TXQBASEHI);
    }

    /** Software wants the queues looked at. */
    void start() {
        if (file.has(Fxmac.NWCTRL, NetworkControl.TX) && !broken) {
            going = true;
            file.raise(Fxmac.TXSR, TxStatus.GO);
        }
    }

    /** From now on so many frames are sent, and then none. */
    void budget(long frames) {
        budget = frames;
    }

    /** @param bit of the descriptor: the next frame ends with {@link TxBd#UNDERRUN} or {@link TxBd#RETRY_LIMIT} */
    void error(long bit) {
        error = bit;
    }

    /** Sends a burst; true if there is more. */
    boolean work() {
        for (int n = 0; going && n < BURST; n++) {
            if (budget <= 0) {
                return false;
            }
            if (!next()) {
                going = false;
                file.set(Fxmac.TXSR, file.get(Fxmac.TXSR) & ~TxStatus.GO);
            }
        }
        return going;
    }

    /** Sends a frame of the highest queue that has one. */
    private boolean next() {
        for (int q = at.length - 1; q >= 0; q--) {
            if (q > 0 && (file.get(Fxmac.QTXBASE, q - 1) & Fxmac.QUEUE_OFF) != 0 || beyondTail(q)) {
                continue;
            }
            DmaSpace.Window w = model.dma(at[q], TxBd.SIZE, "transmit descriptor of queue " + q);
            if (w == null) {
                fail(q, TxStatus.BUS_ERROR, Irq.BUS_ERROR);
                return false;
            }
            if ((TxBd.wordAcquire(w.segment, at[q] - w.iova) & TxBd.USED) == 0) {
                return frame(q);
            }
        }
        file.raise(Fxmac.TXSR, TxStatus.USED);
        interrupts.cause(0, Irq.TX_USED);
        return false;
    }

    /** With tail pointers on, the device looks no further than to the descriptor that they name. */
    private boolean beyondTail(int q) {
        if (!config.phytium() || file.get(Fxmac.TAILENABLE) != Fxmac.TAIL_ON) {
            return false;
        }
        int tail = file.get(Fxmac.TAILPTR, q);
        return (tail & Fxmac.TAIL_VALID) == 0 || at[q] == base(q) + (long) (tail & ~Fxmac.TAIL_VALID) * TxBd.SIZE;
    }

    private boolean frame(int q) {
        long first = at[q];
        long descriptor = first;
        frame.clear();
        long word = 0;
        for (int n = 0; (word & TxBd.LAST) == 0; n++) {
            DmaSpace.Window w = model.dma(descriptor, TxBd.SIZE, "transmit descriptor of queue " + q);
            if (w == null) {
                fail(q, TxStatus.BUS_ERROR, Irq.BUS_ERROR);
                return false;
            }
            word = TxBd.wordAcquire(w.segment, descriptor - w.iova);
            int length = TxBd.length(word);
            if ((word & TxBd.USED) != 0 || length == 0 || frame.bytes() + length > FxmacModel.LONGEST) {
                model.complain("frame of queue %d at 0x%x: descriptor %d of it is %s: TRM 16.3.6", q, first, n,
                        (word & TxBd.USED) != 0 ? "used" : "of a wrong length");
                mark(first, TxBd.CORRUPT);
                fail(q, TxStatus.CORRUPT, Irq.TX_CORRUPT);
                return false;
            }
            long iova = TxBd.iova(w.segment, descriptor - w.iova, word);
            DmaSpace.Window data = model.dma(iova, length, "frame of queue " + q);
            if (data == null) {
                fail(q, TxStatus.BUS_ERROR, Irq.BUS_ERROR);
                return false;
            }
            frame.add(data.segment, iova - data.iova, length);
            descriptor = (word & TxBd.WRAP) != 0 ? base(q) : descriptor + TxBd.SIZE;
        }
        if (error != 0) {
            giveUp(q, first);
            return false;
        }
        send((word & TxBd.NO_CRC) == 0);
        mark(first, 0);
        at[q] = descriptor;
        budget--;
        file.raise(Fxmac.TXSR, TxStatus.COMPLETE);
        interrupts.cause(q, Irq.TX_COMPLETE);
        return true;
    }

    private void giveUp(int q, long first) {
        boolean slow = error == TxBd.UNDERRUN;
        mark(first, error);
        error = 0;
        model.counters().count(slow ? Counter.TX_UNDERRUN : Counter.TX_EXCESSIVE_COLLISION);
        fail(q, slow ? TxStatus.UNDERRUN : TxStatus.RETRY_LIMIT, slow ? Irq.TX_UNDERRUN : Irq.RETRY_LIMIT);
    }

    private void send(boolean whole) {
        if (whole && frame.bytes() < SHORTEST) {
            frame.add(ZEROS, 0, (int) (SHORTEST - frame.bytes()));
        }
        model.counters().transmitted(frame);
        if (whole && file.has(Fxmac.DMACR, DmaConfig.TX_CHECKSUM)) {
            int length = (int) frame.bytes();
            frame.copyTo(0, scratch, 0, length);
            fillChecksums(length);
            frame.clear();
            frame.add(scratch, 0, length);
        }
        model.send(frame);
    }

    /** Of IPv4 headers, TCP and UDP, whatever the fields hold: UG1087, dma_config.tx_pbuf_tcp_en. */
    private void fillChecksums(int length) {
        PacketHeaders h = headers;
        h.parse(scratch, length, 0x8100);
        if (h.version == 4) {
            PacketHeaders.set16(scratch, h.ip + 10, 0);
            PacketHeaders.set16(scratch, h.ip + 10, InternetChecksum.of(InternetChecksum.sum(scratch, h.ip, h.ipLength)));
        }
        if (h.l4 == PacketHeaders.TCP || h.l4 == PacketHeaders.UDP) {
            int field = h.transportAt() + (h.l4 == PacketHeaders.TCP ? 16 : 6);
            PacketHeaders.set16(scratch, field, 0);
            int sum = InternetChecksum.of(InternetChecksum.pseudo(scratch, h, h.ipPayload) + InternetChecksum.sum(scratch, h.transportAt(), h.ipPayload));
            PacketHeaders.set16(scratch, field, sum == 0 && h.l4 == PacketHeaders.UDP ? 0xffff : sum);
        }
    }

    private void mark(long descriptor, long errors) {
        DmaSpace.Window w = model.dma(descriptor, TxBd.SIZE, "transmit descriptor");
        if (w != null) {
            long offset = descriptor - w.iova;
            TxBd.setWordRelease(w.segment, offset, TxBd.wordAcquire(w.segment, offset) | TxBd.USED | errors);
        }
    }

    /** Nothing is sent any more until transmission was switched off and on. */
    private void fail(int q, int status, int cause) {
        broken = true;
        file.raise(Fxmac.TXSR, status);
        interrupts.cause(q, cause);
    }
}
