package net.sim;

import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ControlBits.CtrlExt;
import net.hw.ixgbe.ControlBits.Eec;
import net.hw.ixgbe.ControlBits.Eerd;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.IxgbeRegister;
import net.hw.ixgbe.ReceiveBits.Rdrxctl;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.ReceiveBits.Secrx;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TransmitBits.Rttdcs;
import net.hw.ixgbe.TransmitBits.Txdctl;

/**
 * BAR 0 of an 82599: registers that do more than hold a value, by name; all others are the table's. Registers are 32 bits wide; narrower accesses read the
 * bytes and write nothing: 8.1.1. Under the engine's lock.
 */
final class IxgbeBar {
    /** FDIRCTRL: the tables are set up; FDIRCMD: what to do. 8.2.3.21. */
    private static final int FDIR_INIT_DONE = 1 << 3;
    private static final int FDIR_COMMAND = 0x3;
    /** EIMS_EX and so on: vectors in one register. */
    private static final int VECTORS = 32;

    private final IxgbeModel device;
    private final IxgbeRegisterFile file;
    private final IxgbeEeprom eeprom;
    private final IxgbeSemaphores semaphores;
    private final IxgbeMdio mdio;
    private final IxgbeLink link;
    private final IxgbeInterrupts interrupts;

    IxgbeBar(IxgbeModel device, IxgbeRegisterFile file, IxgbeEeprom eeprom, IxgbeMdio mdio, IxgbeLink link, IxgbeInterrupts interrupts) {
        this.device = device;
        this.file = file;
        this.eeprom = eeprom;
        this.mdio = mdio;
        this.link = link;
        this.interrupts = interrupts;
        semaphores = new IxgbeSemaphores(device, file);
    }

    int read(int offset, int width) {
        IxgbeRegister r = IxgbeRegisterFile.register(offset & ~3);
        if (r == null) {
            return 0;
        }
        int i = IxgbeRegisterFile.number(offset & ~3);
        int value = r instanceof Reg named ? read(named, i) : file.read(r, i);
        return width == 4 ? value : value >>> 8 * (offset & 3) & (1 << 8 * width) - 1;
    }

    private int read(Reg r, int i) {
        return switch (r) {
            case STATUS -> status();
            case ESDP -> link.readEsdp();
            case I2CCTL -> link.readI2c();
            case EEC -> eec();
            case SWSM -> semaphores.readSwsm();
            case FRTIMER -> (int) (System.nanoTime() / 1_000);
            case EICR -> interrupts.readEicr();
            case EICS -> interrupts.causes();
            case EIMS -> interrupts.mask();
            case EIMS_EX -> interrupts.vectorMask(VECTORS * i);
            case LINKS -> link.readLinks();
            case ANLP1 -> link.readAnlp1();
            case RDH -> device.rxQueue(i).head;
            case RDT -> device.rxQueue(i).tailAcquire();
            case TDH -> device.txQueue(i).head;
            case TDT -> device.txQueue(i).tailAcquire();
            case RDRXCTL -> file.get(r) & (device.has(IxgbeFault.NO_DMA_INIT) ? ~Rdrxctl.DMAIDONE : -1);
            case SECRXSTAT -> device.has(IxgbeFault.SECURITY_NOT_READY) ? 0 : Secrx.SECRX_RDY;
            default -> file.read(r, i);
        };
    }

    private int status() {
        int value = link.readStatus();
        boolean enabled = !file.has(Reg.CTRL, Ctrl.MASTER_DISABLE) || device.has(IxgbeFault.MASTER_STAYS);
        return enabled ? value | Status.MASTER_ENABLED : value & ~Status.MASTER_ENABLED;
    }

    private int eec() {
        int value = file.get(Reg.EEC);
        // Asked for, the EEPROM is granted at once: nobody else uses it. 8.2.3.2.
        value |= (value & Eec.REQ) != 0 ? Eec.GNT : 0;
        return device.has(IxgbeFault.NO_AUTO_READ) ? value & ~Eec.AUTO_RD : value;
    }

    void write(int offset, int width, int value) {
        IxgbeRegister r = IxgbeRegisterFile.register(offset);
        if (r == null || width != 4) {
            return;
        }
        int i = IxgbeRegisterFile.number(offset);
        if (r instanceof Reg named) {
            write(named, i, value);
        } else {
            file.write(r, i, value);
        }
        interrupts.deliver();
    }

    private void write(Reg r, int i, int value) {
        switch (r) {
            case CTRL -> control(value);
            case I2CCTL -> link.writeI2c(value);
            case EERD -> readEeprom(value);
            case SWSM -> semaphores.writeSwsm(value);
            case SW_FW_SYNC -> semaphores.writeSync(value);
            case EICR -> interrupts.writeEicr(value);
            case EICS -> interrupts.set(value);
            case EIMS -> interrupts.enable(value & r.writable());
            case EIMC -> interrupts.disable(value);
            case EICS_EX -> interrupts.setVectors(VECTORS * i, value);
            case EIMS_EX -> interrupts.enableVectors(VECTORS * i, value);
            case EIMC_EX -> interrupts.disableVectors(VECTORS * i, value);
            case EITR -> interrupts.writeEitr(i, value);
            case PBACL -> device.msix().clearPending(VECTORS * i, value);
            case MSCA -> mdio.command(value);
            case AUTOC -> link.writeAutoc(value);
            case RDH -> device.rxQueue(i).writeHead(value);
            case TDH -> device.txQueue(i).writeHead(value);
            case RXDCTL -> receiveQueue(i, value);
            case TXDCTL -> transmitQueue(i, value);
            default -> hold(r, i, value);
        }
    }

    /** Registers that hold what is written, and those that something follows from. */
    private void hold(Reg r, int i, int value) {
        if (r == Reg.MTQC && !file.has(Reg.RTTDCS, Rttdcs.ARBDIS)) {
            device.complain("MTQC written while RTTDCS.ARBDIS is clear (7.2.1.2.1)");
        }
        if (r == Reg.RXCSUM && file.get(r) != (value & r.writable()) && file.has(Reg.RXCTRL, Rxctrl.RXEN)) {
            device.complain("RXCSUM written while RXCTRL.RXEN is set (8.2.3.7)");
        }
        file.write(r, i, value);
        switch (r) {
            case FDIRCTRL -> file.set(r, file.get(r) | FDIR_INIT_DONE);
            case FDIRCMD -> file.set(r, file.get(r) & ~FDIR_COMMAND);
            case CTRL_EXT -> file.set(r, file.get(r) & ~CtrlExt.PFRSTD);
            case RSSRK -> device.keyChanged();
            case HLREG0 -> link.update();
            case RXCTRL -> device.receiveChanged(file.has(Reg.RXCTRL, Rxctrl.RXEN));
            case DMATXCTL -> {
                if (file.has(r, Dmatxctl.TE)) {
                    device.transmitAgain();
                }
            }
            default -> {
                // The value is all there is to it.
            }
        }
    }

    /** 4.2.1.6, 5.2.5.3.2. */
    private void control(int value) {
        if ((value & (Ctrl.RST | Ctrl.LRST)) == 0) {
            file.write(Reg.CTRL, 0, value);
            if ((value & Ctrl.MASTER_DISABLE) == 0) {
                device.transmitAgain();
            }
        } else if (device.has(IxgbeFault.RESET_STICKS)) {
            file.write(Reg.CTRL, 0, value);
        } else {
            device.softReset();
        }
    }

    private void readEeprom(int value) {
        file.write(Reg.EERD, 0, value);
        if ((value & Eerd.START) == 0 || device.has(IxgbeFault.EEPROM_HANGS)) {
            return;
        }
        int address = value >>> Eerd.ADDR_SHIFT & Eerd.ADDR_MAX;
        int word = eeprom.read(address) ^ (address == 1 && device.has(IxgbeFault.EEPROM_CORRUPT) ? 1 : 0);
        file.set(Reg.EERD, word << Eerd.DATA_SHIFT | address << Eerd.ADDR_SHIFT | Eerd.DONE);
    }

    // ---- queues: 4.6.7.1, 4.6.8.1 ----

    private void receiveQueue(int i, int value) {
        boolean wanted = (value & Rxdctl.ENABLE) != 0;
        IxgbeRxQueue q = device.rxQueue(i);
        file.write(Reg.RXDCTL, i, enable(value, Rxdctl.ENABLE, wanted, IxgbeFault.RX_QUEUE_DOES_NOT_START, IxgbeFault.RX_QUEUE_DOES_NOT_STOP, q.running()));
        change(q, wanted && !device.has(IxgbeFault.RX_QUEUE_DOES_NOT_START));
    }

    private void transmitQueue(int i, int value) {
        boolean wanted = (value & Txdctl.ENABLE) != 0;
        IxgbeTxQueue q = device.txQueue(i);
        int v = value & ~Txdctl.SWFLSH;
        file.write(Reg.TXDCTL, i, enable(v, Txdctl.ENABLE, wanted, IxgbeFault.TX_QUEUE_DOES_NOT_START, IxgbeFault.TX_QUEUE_DOES_NOT_STOP, q.running()));
        change(q, wanted && !device.has(IxgbeFault.TX_QUEUE_DOES_NOT_START));
        if (wanted) {
            device.transmitAgain();
        }
    }

    private int enable(int value, int bit, boolean wanted, IxgbeFault noStart, IxgbeFault noStop, boolean running) {
        if (wanted) {
            return device.has(noStart) ? value & ~bit : value;
        }
        return running && device.has(noStop) ? value | bit : value;
    }

    private static void change(IxgbeQueue q, boolean run) {
        if (run && !q.running()) {
            q.start();
        } else if (!run && q.running()) {
            q.stop();
        }
    }
}
