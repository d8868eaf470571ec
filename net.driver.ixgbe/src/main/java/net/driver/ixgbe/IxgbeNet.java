package net.driver.ixgbe;

import java.util.Optional;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.api.driver.HandOver;
import net.hw.ixgbe.ControlBits.CtrlExt;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.Reg;

/** An 82599 at work. */
final class IxgbeNet implements DriverInstance {
    /** Statistics are read each so many looks, long before the fastest counter is full. */
    private static final int COUNT_EVERY = 10;

    private final Parts parts;
    private final Registers regs;
    private final HangDetector hangs;
    private final DeviceWatch watch;
    private final Limits limits;
    /** As users were told last. */
    private LinkState link;
    private int looks;

    /** @param link as users know it */
    IxgbeNet(Parts parts, LinkState link) {
        this.parts = parts;
        this.link = link;
        regs = parts.regs;
        watch = parts.watch;
        limits = parts.limits;
        hangs = new HangDetector(regs, parts.tx.length, limits.hangNanos(), parts.obeysPauses);
    }

    @Override
    public NetDriverOps ops() {
        return parts.ops;
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
        // In front of the link's state: a change behind it is found by the next look.
        int causes = regs.read(Reg.EICR);
        if (regs.isGone()) {
            watch.gone(regs.device() + " reads as all ones: it was removed, or does not decode memory any more");
            return;
        }
        // PCI_EXCEPTION is left alone: PIENA, 0 after the reset, lets none of its events through, and accesses of others are most of them: 8.2.3.4, 8.2.3.5.1.
        if ((causes & Cause.ECC) != 0) {
            watch.needsReset(regs.device() + ": an error in its memory that it cannot correct (EICR.ECC): 8.2.3.5.1");
            return;
        }
        if ((regs.read(Reg.RXCTRL) & Rxctrl.RXEN) == 0) {
            watch.needsReset(regs.device() + " does not receive any more (RXCTRL.RXEN is 0): somebody else has reset it");
            return;
        }
        lookAtLink((causes & Cause.LSC) != 0);
        String hang = hangs.look(limits.clock().nanoTime(), link.up());
        if (hang != null) {
            watch.needsReset(hang);
        }
        if (++looks % COUNT_EVERY == 0) {
            parts.hardware.collect();
        }
    }

    /** A link that was down in between is told too: its peer may be another one. */
    private void lookAtLink(boolean changed) {
        LinkState now = parts.port.state();
        if (changed || !now.equals(link)) {
            link = now;
            parts.attachment.linkChanged(now);
        }
    }

    @Override
    public boolean stop() {
        boolean left = parts.ops.close(limits.gateNanos());
        try {
            parts.port.stop();
            regs.clear(Reg.CTRL_EXT, CtrlExt.DRV_LOAD);
            return left & new Reset(regs, limits).stop();
        } catch (InternalError | IllegalStateException e) {
            return left;
        } catch (DevException e) {
            return left & regs.isGone();
        }
    }

    @Override
    public Optional<HandOver> handOver() {
        if (!parts.ops.close(limits.gateNanos())) {
            return Optional.empty();
        }
        try {
            return Succession.isRunning(regs) ? Optional.of(Succession.save(parts, link)) : Optional.empty();
        } catch (InternalError | IllegalStateException e) {
            return Optional.empty();
        }
    }
}
