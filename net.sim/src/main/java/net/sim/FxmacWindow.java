package net.sim;

import net.hw.fxmac.Counter;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Pcs;
import net.hw.fxmac.Usx;

/** The register window: what an access does besides reading and writing. Under the engine's lock. */
final class FxmacWindow {
    private final FxmacModel model;
    private final FxmacRegisterFile file;
    private final FxmacInterrupts interrupts;
    private final FxmacLink link;
    private final FxmacReceiver receiver;
    private final FxmacTransmitter transmitter;
    private final FxmacPause pause;
    private final int queues;

    FxmacWindow(FxmacModel model, FxmacRegisterFile file, FxmacInterrupts interrupts, FxmacLink link, FxmacReceiver receiver, FxmacTransmitter transmitter,
            FxmacPause pause) {
        this.model = model;
        this.file = file;
        this.interrupts = interrupts;
        this.link = link;
        this.receiver = receiver;
        this.transmitter = transmitter;
        this.pause = pause;
        queues = model.settings().queues();
    }

    int read(int offset) {
        if (offset == Fxmac.ISR.offset()) {
            return interrupts.read(0);
        }
        if (offset >= Fxmac.QISR.offset() && offset < Fxmac.QISR.offset() + 4 * (queues - 1)) {
            return interrupts.read(1 + (offset - Fxmac.QISR.offset()) / 4);
        }
        if (offset == Fxmac.IER.offset() || offset == Fxmac.IDR.offset()) {
            return 0;
        }
        if (offset == Fxmac.NWSR.offset()) {
            return 2 | (model.has(FxmacFault.MDIO_HANGS) ? 0 : Fxmac.NWSR_MDIO_IDLE) | (link.pcsLink() ? Fxmac.NWSR_PCS_LINK : 0);
        }
        if (offset == Fxmac.PHYMNTNC.offset()) {
            return link.mdio();
        }
        if (offset == Fxmac.PCSSR.offset()) {
            return link.pcsLink() ? Pcs.LINK : 0;
        }
        if (offset == Fxmac.PCSLPA.offset()) {
            return link.pcsLink() && file.has(Fxmac.PCSCTRL, Pcs.AUTONEG) ? Pcs.PARTNER_LINK | Pcs.PARTNER_FULL | 2 << 10 : 0;
        }
        if (offset == Fxmac.USXSR.offset()) {
            return link.usxLock() ? Usx.BLOCK_LOCK : 0;
        }
        int value = file.get(offset);
        if (offset >= Counter.TX_OCTETS_LOW.offset() && offset <= Counter.RX_UDP_CHECKSUM.offset()) {
            file.set(offset, 0);
        }
        return value;
    }

    void write(int offset, int value) {
        if (!file.exists(offset)) {
            model.complain("0x%x written to 0x%x, where no register is", value, offset);
            return;
        }
        if (offset == Fxmac.PCSCTRL.offset() && model.settings().phytium() && !file.has(Fxmac.NWCFG, NetworkConfig.PCS)) {
            model.complain("0x%x written to PCSCTRL while the PCS is off, where it has no effect: Linux's macb driver, macb_mac_config", value);
            return;
        }
        int before = file.get(offset);
        file.write(offset, value);
        if (offset == Fxmac.NWCTRL.offset()) {
            control(before, value);
        } else if (offset == Fxmac.ISR.offset()) {
            interrupts.clear(0, value);
        } else if (offset == Fxmac.IER.offset()) {
            interrupts.enable(0, value);
        } else if (offset == Fxmac.IDR.offset()) {
            interrupts.disable(0, value);
        } else if (offset == Fxmac.PHYMNTNC.offset()) {
            link.mdioWrite(value);
        } else if (offset == Fxmac.RXQBASE.offset()) {
            receiver.rewind(0);
        } else if (offset == Fxmac.TXQBASE.offset()) {
            baseChanged();
        } else if (offset >= Fxmac.SAB.at(0) && offset <= Fxmac.SAT.at(3)) {
            receiver.setActive((offset - Fxmac.SAB.at(0)) / 8, (offset - Fxmac.SAB.at(0)) % 8 != 0);
        } else {
            queueRegister(offset, value);
        }
    }

    private void queueRegister(int offset, int value) {
        for (int q = 1; q < queues; q++) {
            if (offset == Fxmac.QISR.at(q - 1)) {
                interrupts.clear(q, value);
            } else if (offset == Fxmac.QIER.at(q - 1)) {
                interrupts.enable(q, value);
            } else if (offset == Fxmac.QIDR.at(q - 1)) {
                interrupts.disable(q, value);
            } else if (offset == Fxmac.QRXBASE.at(q - 1)) {
                receiver.rewind(q);
            } else if (offset == Fxmac.QTXBASE.at(q - 1)) {
                baseChanged();
            }
        }
    }

    private void baseChanged() {
        if (file.has(Fxmac.NWCTRL, NetworkControl.TX)) {
            model.complain("the base of a transmit queue was written while transmission is on");
        }
        transmitter.rewind();
    }

    private void control(int before, int value) {
        model.control(file.get(Fxmac.NWCTRL));
        if ((value & NetworkControl.CLEAR_COUNTERS) != 0) {
            for (Counter c : Counter.values()) {
                file.set(c, 0);
            }
        }
        if ((value & NetworkControl.TX) == 0) {
            transmitter.rewind();
        }
        if ((value & NetworkControl.RX) != 0 && !model.has(FxmacFault.RESTARTS_LOST)) {
            receiver.lookAgain();
        }
        if ((value & (NetworkControl.SEND_PAUSE | NetworkControl.SEND_ZERO_PAUSE)) != 0) {
            pause.send((value & NetworkControl.SEND_PAUSE) != 0);
        }
        if ((value & NetworkControl.START_TX) != 0 && !model.has(FxmacFault.STARTS_LOST)) {
            transmitter.start();
            model.wake();
        }
        if ((before & NetworkControl.TX) == 0 && (value & NetworkControl.TX) != 0 && (file.get(Fxmac.DMACR) & DmaConfig.ADDRESS_64) == 0) {
            model.complain("transmission was switched on with descriptors of 32-bit addresses, which this model does not have");
        }
    }
}
