package net.driver.ixgbe;

import java.util.EnumSet;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.device.DmaMemory;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.api.driver.ReceiveMode;
import net.api.driver.RxOffload;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.IxgbeRegister;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.ReceiveBits.Srrctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TransmitBits.Txdctl;
import net.hw.ixgbe.TxDescriptor;

/**
 * From one version of this driver to the next on a device that runs: what the one notes and the other reads. What the device knows too is compared with it. The
 * device is not written, and nothing is read that reading changes.
 */
final class Succession {
    private static final String FORMAT = "ixgbe";
    private static final int VERSION = 1;
    private static final RingRegisters RX = new RingRegisters(Reg.RDBAL, Reg.RDBAH, Reg.RDLEN, Reg.RDT, Reg.RXDCTL, Rxdctl.ENABLE);
    private static final RingRegisters TX = new RingRegisters(Reg.TDBAL, Reg.TDBAH, Reg.TDLEN, Reg.TDT, Reg.TXDCTL, Txdctl.ENABLE);

    private Succession() {
    }

    /** Notes where everything stands. Nobody is in a queue, and nobody changes a setting. */
    static HandOver save(Parts p, LinkState link) {
        HandOver.Writer to = HandOver.write(FORMAT, VERSION);
        to.put("rxQueues", p.rx.length).put("txQueues", p.tx.length).put("vectors", p.vectors.areThere() ? 1 : 0).put("obeysPauses", p.obeysPauses ? 1 : 0)
                .put("violations", p.watch.violations()).put("link.up", link.up() ? 1 : 0).put("link.speed", link.speedMbps())
                .put("link.fullDuplex", link.fullDuplex() ? 1 : 0);
        for (RxOffload o : p.offloads) {
            to.put("offload." + o.name(), 1);
        }
        p.buffers.save(to);
        for (IxgbeRxQueue q : p.rx) {
            q.save(to);
        }
        for (IxgbeTxQueue q : p.tx) {
            q.save(to);
        }
        p.settings.save(to);
        p.hardware.save(to);
        return to.done();
    }

    /**
     * Goes on from there.
     *
     * @throws DevException UNSUPPORTED for the state of another driver; INVALID_PARAM for one that cannot be; IO if the device is not in that state
     */
    static DriverInstance restore(Attachment attachment, Limits limits, HandOver from) {
        from.check(FORMAT, VERSION, VERSION);
        try {
            Parts p = new Parts(attachment, limits);
            if (!isRunning(p.regs)) {
                throw new DevException(DevError.IO, "%s does not run: STATUS is 0x%08x, CTRL 0x%08x, RXCTRL 0x%08x, DMATXCTL 0x%08x".formatted(p.regs.device(),
                        p.regs.read(Reg.STATUS), p.regs.read(Reg.CTRL), p.regs.read(Reg.RXCTRL), p.regs.read(Reg.DMATXCTL)));
            }
            read(p, from);
            p.done();
            return new IxgbeNet(p, new LinkState(from.number("link.up", 0, 1) == 1, from.number("link.speed", 0, Integer.MAX_VALUE),
                    from.number("link.fullDuplex", 0, 1) == 1));
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, attachment.device().address() + " is gone: its registers or its memory are not there any more", e);
        }
    }

    /** The device works as its driver has set it up. */
    static boolean isRunning(Registers regs) {
        return !regs.isGone() && (regs.read(Reg.CTRL) & (Ctrl.RST | Ctrl.MASTER_DISABLE)) == 0 && (regs.read(Reg.RXCTRL) & Rxctrl.RXEN) != 0
                && (regs.read(Reg.DMATXCTL) & Dmatxctl.TE) != 0;
    }

    private static void read(Parts p, HandOver from) {
        p.queues(from.number("rxQueues", 1, Receiver.MAX_QUEUES), from.number("txQueues", 1, Transmitter.MAX_QUEUES));
        p.obeysPauses = from.number("obeysPauses", 0, 1) == 1;
        p.offloads = EnumSet.noneOf(RxOffload.class);
        for (RxOffload o : RxOffload.values()) {
            if (from.has("offload." + o.name())) {
                p.offloads.add(o);
            }
        }
        p.watch.restore(from.number("violations", 0, Integer.MAX_VALUE));
        p.vectors = from.number("vectors", 0, 1) == 1 ? Vectors.running(p.attachment, p.rx.length) : Vectors.NONE;
        p.buffers = RxBuffers.of(p.pool, from);
        for (int i = 0; i < p.rx.length; i++) {
            rxQueue(p, i, from);
        }
        for (int i = 0; i < p.tx.length; i++) {
            txQueue(p, i, from);
        }
        RX.checkOff(p.regs, p.rx.length, Receiver.MAX_QUEUES);
        TX.checkOff(p.regs, p.tx.length, Transmitter.MAX_QUEUES);
        p.settings(EthernetAddress.ZERO, Parts.MIN_MTU, ReceiveMode.of(false, false));
        p.settings.restore(from);
        p.hardware.restore(from);
    }

    private static void rxQueue(Parts p, int i, HandOver from) {
        RingState state = RingState.read(from, "rx." + i + ".");
        DmaMemory memory = p.rxQueue(i, state.size());
        p.rx[i].restore(state, from);
        RX.check(p.regs, i, memory, state.size() * RxDescriptor.SIZE, state.end() - 1 & state.size() - 1);
        same(p.regs, Reg.SRRCTL, i, Srrctl.BSIZEPACKET, p.buffers.written() / Srrctl.BSIZEPACKET_UNIT);
    }

    private static void txQueue(Parts p, int i, HandOver from) {
        RingState state = RingState.read(from, "tx." + i + ".");
        DmaMemory memory = p.txQueue(i, state.size());
        p.tx[i].restore(state, from);
        TX.check(p.regs, i, memory, state.size() * TxDescriptor.SIZE, state.end() & state.size() - 1);
    }

    /** What a ring is to the device. */
    private record RingRegisters(Reg low, Reg high, Reg length, Reg tail, Reg control, int enable) {
        void check(Registers regs, int i, DmaMemory memory, int bytes, int tailNow) {
            same(regs, low, i, -1, (int) memory.iova(0));
            same(regs, high, i, -1, (int) (memory.iova(0) >>> 32));
            same(regs, length, i, -1, bytes);
            same(regs, tail, i, -1, tailNow);
            same(regs, control, i, enable, enable);
        }

        /** Queues behind those in use are off. */
        void checkOff(Registers regs, int from, int to) {
            for (int i = from; i < to; i++) {
                same(regs, control, i, enable, 0);
            }
        }
    }

    /** What the device has is what the state says. */
    private static void same(Registers regs, IxgbeRegister r, int i, int mask, int wanted) {
        int found = regs.read(r, i);
        if ((found & mask) != wanted) {
            throw new DevException(DevError.IO, "%s: %s[%d] is 0x%08x, and 0x%08x for the driver that leaves: somebody else has set the device up"
                    .formatted(regs.device(), r.name(), i, found, wanted));
        }
    }
}
