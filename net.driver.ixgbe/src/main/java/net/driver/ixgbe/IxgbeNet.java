package net.driver.ixgbe;

import net.api.DevException;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.driver.Attachment;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.hw.ixgbe.ControlBits.CtrlExt;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.Reg;

/** An 82599 at work. */
final class IxgbeNet implements DriverInstance {
    /** Statistics are read each so many looks, long before the fastest counter is full. */
    private static final int COUNT_EVERY = 10;

    private final Attachment attachment;
    private final Registers regs;
    private final IxgbeOps ops;
    private final Vectors vectors;
    private final Link port;
    private final HardwareCounters hardware;
    private final HangDetector hangs;
    private final DeviceWatch watch;
    private final Limits limits;
    private LinkState link;
    private int looks;

    IxgbeNet(Attachment attachment, Registers regs, IxgbeOps ops, Vectors vectors, Link port, HardwareCounters hardware, DeviceWatch watch, Limits limits) {
        this.attachment = attachment;
        this.regs = regs;
        this.ops = ops;
        this.vectors = vectors;
        this.port = port;
        this.hardware = hardware;
        this.watch = watch;
        this.limits = limits;
        hangs = new HangDetector(regs, ops.capabilities().txQueues(), limits.hangNanos(), attachment.config().flowControl().obeys());
        link = port.state();
    }

    @Override
    public NetDriverOps ops() {
        return ops;
    }

    @Override
    public void housekeep() {
        try {
            look();
        } catch (InternalError | IllegalStateException e) {
            watch.vanished(regs.device(), e);
        }
    }

    private void look() {
        boolean signalled = vectors.otherSignalled();
        int causes = regs.read(Reg.EICR);
        if (regs.isGone()) {
            watch.gone(regs.device() + " reads as all ones: it was removed, or does not decode memory any more");
            return;
        }
        if ((causes & Cause.ECC) != 0) {
            watch.needsReset(regs.device() + ": an error in its memory that it cannot correct (EICR.ECC): 7.3.1.1");
            return;
        }
        if ((regs.read(Reg.RXCTRL) & Rxctrl.RXEN) == 0) {
            watch.needsReset(regs.device() + " does not receive any more (RXCTRL.RXEN is 0): somebody else has reset it");
            return;
        }
        lookAtLink((causes & Cause.LSC) != 0 && signalled);
        String hang = hangs.look(System.nanoTime(), link.up());
        if (hang != null) {
            watch.needsReset(hang);
        }
        if (++looks % COUNT_EVERY == 0) {
            hardware.collect();
        }
    }

    /** A link that was down in between is told too: its peer may be another one. */
    private void lookAtLink(boolean changed) {
        LinkState now = port.state();
        if (changed || !now.equals(link)) {
            link = now;
            attachment.linkChanged(now);
        }
    }

    @Override
    public boolean stop() {
        boolean left = ops.close(limits.gateNanos());
        try {
            port.stop();
            regs.clear(Reg.CTRL_EXT, CtrlExt.DRV_LOAD);
            return left & new Reset(regs, limits).stop();
        } catch (InternalError | IllegalStateException e) {
            return left;
        } catch (DevException e) {
            return left & regs.isGone();
        }
    }
}
