package net.driver.ixgbe;

import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ControlBits.Eec;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.ReceiveBits.Rdrxctl;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TransmitBits.Txdctl;

/** Ends all that a device does, and brings it to a known state: 4.2.1, 4.6.3. */
final class Reset {
    /** GCR_EXT: drops what is queued for PCIe. */
    private static final int BUFFERS_CLEAR = 1 << 30;
    /** EEMNGCTL: the configuration of port 0 is loaded; one bit higher that of port 1. */
    private static final int CFG_DONE = 1 << 18;

    private final Registers regs;
    private final Limits limits;

    Reset(Registers regs, Limits limits) {
        this.regs = regs;
        this.limits = limits;
    }

    /** Nothing interrupts any more, and what did is forgotten: 4.6.3.1. */
    void disableInterrupts() {
        regs.write(Reg.EIMC, 0x7fff_ffff);
        regs.fill(Reg.EIMC_EX, -1);
        regs.read(Reg.EICR);
    }

    /** No queue receives or sends any more. What is under way ends: 4.6.7.1, 4.6.8.1. */
    void stopQueues() {
        regs.clear(Reg.RXCTRL, Rxctrl.RXEN);
        for (int i = 0; i < Reg.RXDCTL.count(); i++) {
            if ((regs.read(Reg.RXDCTL, i) & Rxdctl.ENABLE) != 0) {
                regs.clear(Reg.RXDCTL, i, Rxdctl.ENABLE);
            }
        }
        for (int i = 0; i < Reg.TXDCTL.count(); i++) {
            if ((regs.read(Reg.TXDCTL, i) & Txdctl.ENABLE) != 0) {
                regs.clear(Reg.TXDCTL, i, Txdctl.ENABLE);
            }
        }
        regs.flush();
    }

    /**
     * Resets MAC, DMA and, if the firmware does not use it, the link.
     *
     * @throws net.api.DevException IO if the device does not come back
     */
    void run() {
        disableInterrupts();
        stopQueues();
        regs.alive("disabling interrupts and queues");
        boolean idle = regs.disableMaster(limits.masterNanos());
        if (!idle) {
            dropRequests();
        }
        pulse();
        if (!idle) {
            // 5.2.5.3.2: a device that was reset with requests under way is reset again.
            pulse();
        }
        disableInterrupts();
        regs.alive("the reset");
    }

    private void pulse() {
        int bits = Link.isVetoed(regs) ? Ctrl.RST : Ctrl.RST | Ctrl.LRST;
        regs.write(Reg.CTRL, regs.read(Reg.CTRL) | bits);
        regs.delay(limits.resetNanos());
        regs.await(Reg.CTRL, 0, Ctrl.RST | Ctrl.LRST, 0, limits.stepNanos(), "the reset");
    }

    /** 5.2.5.3.2: requests that nobody answers are taken off the queue, with the MAC looped back so that nothing leaves. */
    private void dropRequests() {
        int hlreg0 = regs.read(Reg.HLREG0);
        regs.write(Reg.HLREG0, hlreg0 | Hlreg0.LPBK);
        regs.flush();
        regs.delay(limits.resetNanos());
        int gcr = regs.read(Reg.GCR_EXT);
        regs.write(Reg.GCR_EXT, gcr | BUFFERS_CLEAR);
        regs.flush();
        regs.delay(limits.resetNanos());
        regs.write(Reg.GCR_EXT, gcr & ~BUFFERS_CLEAR);
        regs.write(Reg.HLREG0, hlreg0);
    }

    /** The device has loaded its EEPROM and cleared its memories: 4.6.3. */
    void awaitReady() {
        regs.await(Reg.EEC, 0, Eec.AUTO_RD, Eec.AUTO_RD, limits.stepNanos(), "loading the EEPROM");
        int port = (regs.read(Reg.STATUS) & Status.LAN_ID) >>> Status.LAN_ID_SHIFT;
        int done = CFG_DONE << (port & 1);
        regs.await(Reg.EEMNGCTL, 0, done, done, limits.stepNanos(), "loading the configuration of the port");
        regs.await(Reg.RDRXCTL, 0, Rdrxctl.DMAIDONE, Rdrxctl.DMAIDONE, limits.stepNanos(), "initialising the receive memory");
    }

    /** For the end: true if the device confirmed that it does nothing any more, or is gone. */
    boolean stop() {
        return stop(limits.masterNanos(), limits.stepNanos());
    }

    /** For a device that did not start: one look is enough, it has taken its time already. */
    void giveUp() {
        stop(0, 0);
    }

    private boolean stop(long masterNanos, long stepNanos) {
        if (regs.isGone()) {
            return true;
        }
        disableInterrupts();
        stopQueues();
        regs.disableMaster(masterNanos);
        regs.write(Reg.CTRL, regs.read(Reg.CTRL) | Ctrl.RST);
        regs.delay(limits.resetNanos());
        return regs.poll(Reg.CTRL, 0, Ctrl.RST, 0, stepNanos, "the reset") || regs.isGone();
    }
}
