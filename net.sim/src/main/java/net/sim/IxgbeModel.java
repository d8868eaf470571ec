package net.sim;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.api.EthernetAddress;
import net.api.host.MmioWindow;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.LinkBits.Hlreg0;
import net.hw.ixgbe.Model;
import net.hw.ixgbe.ReceiveBits.Rah;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TransmitBits.Dmatxctl;

/**
 * An Intel 82599 10 GbE controller as its datasheet describes it, without virtualisation, DCB, security, FCoE, RSC, flow director and time stamps, whose
 * registers hold what is written and do nothing. Frames go over virtual cables; a cable has no speed, so the card claims 10 Gb/s. A driver that breaks a rule
 * is told on by {@link #complaints}; a queue that it has broken stands still until it is enabled anew.
 */
public final class IxgbeModel extends PciFunction implements CardModel {
    /** Register window: 9.3.6. */
    static final int REGISTERS = 0;
    /** Table and pending bits of MSI-X. */
    static final int MSIX_BAR = 4;
    private static final int MSIX_SIZE = 0x4000;
    private static final int MSIX_PENDING = 0x2000;
    private static final int POWER_AT = 0x40;
    private static final int MSIX_AT = 0x70;
    private static final int EXPRESS_AT = 0xa0;

    private final IxgbeConfig settings;
    private final IxgbeRegisterFile file = new IxgbeRegisterFile();
    private final IxgbeEeprom eeprom;
    private final MsixTable msix;
    private final IxgbeInterrupts interrupts;
    private final IxgbeLink link;
    private final IxgbeSteering steering;
    private final IxgbeFlowControl pause;
    private final IxgbeReceiver receiver;
    private final IxgbeBar bar;
    private final IxgbeQueues queues;
    private final Port port;
    private final Complaints complaints = new Complaints();
    private final Set<IxgbeFault> faults = EnumSet.noneOf(IxgbeFault.class);
    private final Engine.Task task = new Work();
    private final Fuse fuse = new Fuse();
    private IxgbeLiar liar;

    /** The engine's view of it. */
    private final class Work implements Engine.Task {
        @Override
        public boolean run() {
            receiver.drain();
            return transmit();
        }

        @Override
        public void flush() {
            // Frames that came in during this pass may wait for descriptors that were given meanwhile.
            receiver.drain();
            queues.publish();
            interrupts.deliver();
        }

        @Override
        public void failed() {
            setDead(true);
        }

        @Override
        public String toString() {
            return IxgbeModel.this.toString();
        }
    }

    /** A card that is not plugged in yet. */
    public IxgbeModel(IxgbeConfig settings) {
        super(Model.VENDOR, settings.deviceId(), 0x020000, 1, 0, EXPRESS_AT);
        this.settings = settings;
        eeprom = new IxgbeEeprom(settings.mac().bits());
        config.set(0x2c, 2, Model.VENDOR);
        config.set(0x2e, 2, 0x0003);
        IxgbeCapabilities.power(config, POWER_AT);
        bar64(REGISTERS, IxgbeRegisterFile.SIZE);
        bar64(MSIX_BAR, MSIX_SIZE);
        msix = MsixTable.at(this, MSIX_BAR, IxgbeInterrupts.VECTORS, MSIX_PENDING, MSIX_AT);
        IxgbeCapabilities.express(config, EXPRESS_AT, settings.mac().bits());
        interrupts = new IxgbeInterrupts(this, file, msix);
        Model.Media media = settings.model().media();
        link = new IxgbeLink(this, file, media, settings.module());
        steering = new IxgbeSteering(file);
        pause = new IxgbeFlowControl(this, file);
        receiver = new IxgbeReceiver(this, file, steering, pause);
        queues = new IxgbeQueues(this, file);
        bar = new IxgbeBar(this, file, eeprom, new IxgbeMdio(this, file, media), link, interrupts);
        port = new Port("card " + settings.mac(), new Port.Receiver() {
            @Override
            public Verdict receive(SgList frame) {
                // A MAC that sends to itself does not hear the wire. 14.1.
                return link.up() && !looped() ? receiver.receive(frame) : Verdict.NOT_READY;
            }

            @Override
            public void linkChanged(boolean up) {
                link.cable(up);
                interrupts.deliver();
            }
        });
        file.reset();
    }

    /** How it was built. */
    public IxgbeConfig settings() {
        return settings;
    }

    @Override
    public Port port() {
        return port;
    }

    /** The address of its first filter, RAL and RAH 0. */
    @Override
    public EthernetAddress mac() {
        return new EthernetAddress(call(this::macBits));
    }

    long macBits() {
        long low = Integer.toUnsignedLong(Integer.reverseBytes(file.get(Reg.RAL)));
        int high = file.get(Reg.RAH) & Rah.HIGH;
        return low << 16 | (high & 0xff) << 8 | high >>> 8;
    }

    @Override
    public List<String> complaints() {
        return call(complaints::list);
    }

    /** The driver has broken a rule. */
    void complain(String format, Object... values) {
        complaints.add(format, values);
    }

    // ---- what goes wrong on request ----

    /** Breaks or mends something. */
    public void setFault(IxgbeFault fault, boolean broken) {
        call(() -> {
            if (broken) {
                faults.add(fault);
            } else {
                faults.remove(fault);
            }
            if (fault == IxgbeFault.BAD_MAC) {
                loadAddress();
            }
            transmitAgain();
            return null;
        });
    }

    boolean has(IxgbeFault fault) {
        return faults.contains(fault);
    }

    /**
     * The device dies, as by {@link #setDead}, at an access to its registers.
     *
     * @param accesses reads and writes that still work, 0 or more; they are counted anew with each call
     */
    public void setDeadAfter(long accesses) {
        fuse.set(accesses);
    }

    /**
     * The device writes descriptors as it pleases from now on, and interrupts without a reason.
     *
     * @param seed of the random choices: the same one gives the same lies at the same events
     * @param every one of so many chances is taken; 0: it is honest again
     */
    public void setHostile(long seed, int every) {
        call(() -> liar = every == 0 ? null : new IxgbeLiar(seed, every));
    }

    /** Lies since {@link #setHostile}. */
    public long lies() {
        return call(() -> liar == null ? 0 : liar.lies());
    }

    IxgbeLiar liar() {
        return liar;
    }

    /** Puts another module into the cage, or none. Cards without a cage do not see it. */
    public void setModule(SfpModule module) {
        call(() -> {
            link.setModule(module);
            interrupts.deliver();
            return null;
        });
    }

    /** The EEPROM allows modules of any make, or only those of Intel. */
    public void allowAnyModule(boolean any) {
        call(() -> {
            eeprom.allowAnyModule(any);
            return null;
        });
    }

    // ---- reset: 4.2 ----

    @Override
    void reset() {
        msix.reset();
        softReset();
    }

    /** CTRL.RST and LRST: all registers but the semaphores, which other drivers and the firmware share. 4.2.1.6. */
    void softReset() {
        int swsm = file.get(Reg.SWSM);
        int sync = file.get(Reg.SW_FW_SYNC);
        file.reset();
        file.set(Reg.SWSM, swsm);
        file.set(Reg.SW_FW_SYNC, sync);
        queues.reset();
        receiver.reset();
        steering.keyChanged();
        pause.reset();
        loadAddress();
        link.reset();
        interrupts.reset();
    }

    /** Word by word from the EEPROM: 6.3.4. */
    private void loadAddress() {
        long mac = eeprom.mac() | (has(IxgbeFault.BAD_MAC) ? 1L << 40 : 0);
        file.set(Reg.RAL, Integer.reverseBytes((int) (mac >>> 16)));
        file.set(Reg.RAH, Rah.AV | (int) (mac >>> 8) & 0xff | ((int) mac & 0xff) << 8);
    }

    // ---- what the parts ask ----

    IxgbeRxQueue rxQueue(int i) {
        return queues.rx(i);
    }

    IxgbeTxQueue txQueue(int i) {
        return queues.tx(i);
    }

    IxgbeInterrupts interrupts() {
        return interrupts;
    }

    MsixTable msix() {
        return msix;
    }

    boolean powered() {
        return isPlugged() && !isDead();
    }

    /** The MAC sends to itself. 14.1. */
    boolean looped() {
        return file.has(Reg.HLREG0, Hlreg0.LPBK);
    }

    /** It may access memory. */
    boolean mayWork() {
        return mastering() && !file.has(Reg.CTRL, Ctrl.MASTER_DISABLE) && !has(IxgbeFault.HUNG);
    }

    /** It may send: 4.6.8. Without a link, descriptors wait. */
    boolean mayTransmit() {
        return file.has(Reg.DMATXCTL, Dmatxctl.TE) && link.up();
    }

    void keyChanged() {
        steering.keyChanged();
    }

    void receiveChanged(boolean enabled) {
        if (!enabled) {
            receiver.reset();
        }
    }

    void linkChanged() {
        transmitAgain();
    }

    /** Queues may be able to go on. */
    void transmitAgain() {
        queues.kickAll();
        wake();
    }

    void wakeAt(long nanoTime) {
        Machine m = machine();
        if (m != null) {
            m.engine().wakeAt(nanoTime);
        }
    }

    private void wake() {
        Machine m = machine();
        if (m != null) {
            m.engine().wake();
        }
    }

    void send(SgList frame) {
        if (looped()) {
            receiver.receive(frame);
        } else {
            port.send(frame);
        }
    }

    private boolean transmit() {
        boolean more = queues.transmit(pause.paused());
        if (more && liar != null) {
            int vector = liar.interrupt(IxgbeInterrupts.VECTORS);
            if (vector >= 0) {
                interrupts.spurious(vector);
            }
        }
        return more;
    }

    // ---- PCI ----

    @Override
    int vectors() {
        return msix.vectors();
    }

    @Override
    void routed() {
        msix.deliverPending();
        transmitAgain();
    }

    /** Counts an access; true if the device dies at it. */
    private boolean dies() {
        boolean dies = fuse.blows();
        if (dies) {
            setDead(true);
        }
        return dies;
    }

    @Override
    int readBar(int index, long offset, int width) {
        if (index == MSIX_BAR) {
            return msix.read(offset, width);
        }
        return dies() ? MmioWindow.ones(width) : bar.read((int) offset, width);
    }

    @Override
    void writeBar(int index, long offset, int width, int value) {
        if (index == MSIX_BAR) {
            msix.write(offset, width, value);
        } else if (!dies() && !tail(offset, width, value)) {
            bar.write((int) offset, width, value);
        }
    }

    @Override
    boolean doorbell(int index, long offset, int width, int value) {
        return index == REGISTERS && !fuse.isSet() && tail(offset, width, value);
    }

    private boolean tail(long offset, int width, int value) {
        Reg moved = width == 4 ? queues.doorbell(offset, value) : null;
        if (moved == Reg.TDT || moved == Reg.RDT && receiver.backlogged()) {
            wake();
        }
        return moved != null;
    }

    @Override
    void plugged() {
        machine().engine().add(task);
        port.setPowered(true);
    }

    @Override
    void unplugged() {
        machine().engine().remove(task);
        port.setPowered(false);
        softReset();
        // Without power nobody holds a semaphore: 4.2.1.1.
        file.set(Reg.SWSM, 0);
        file.set(Reg.SW_FW_SYNC, 0);
    }

    @Override
    public String toString() {
        return port.name();
    }
}
