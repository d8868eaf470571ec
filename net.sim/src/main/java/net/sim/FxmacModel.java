package net.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.api.EthernetAddress;
import net.api.host.PlatformAccess;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Phy;
import net.hw.fxmac.TxBd;

/**
 * Phytium's FXMAC, or the Cadence GEM that it is made from, with 64-bit descriptors: registers, MDIO with a PHY, filters, screeners, both directions,
 * checksums, counters, interrupts, pause frames; Phytium's clocks, SerDes and tail pointers. Without PTP, and with collisions on request alone. Frames
 * pass only if the MAC is set up for the link: its speed, its duplex, and Phytium's clocks.
 */
public final class FxmacModel extends PlatformFunction implements CardModel {
    /** Longest frame that goes through its memory, with its check sequence. */
    static final int LONGEST = 0x3fff;
    private static final VarHandle KICKED;

    static {
        try {
            KICKED = MethodHandles.lookup().findVarHandle(FxmacModel.class, "kicked", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final FxmacConfig settings;
    private final FxmacRegisterFile file;
    private final FxmacInterrupts interrupts;
    private final FxmacTransmitter transmitter;
    private final FxmacReceiver receiver;
    private final FxmacLink link;
    private final FxmacPause pause;
    private final FxmacCounters counters;
    private final FxmacWindow window;
    private final Port port;
    private final Complaints complaints = new Complaints();
    private final Set<FxmacFault> faults = EnumSet.noneOf(FxmacFault.class);
    private final Engine.Task task = new Work();
    /** What NWCTRL holds, for who writes it without the lock. */
    private volatile int control;
    private boolean kicked;

    /** The engine's view of it. */
    private final class Work implements Engine.Task {
        @Override
        public boolean run() {
            return work();
        }

        @Override
        public void failed() {
            setDead(true);
        }

        @Override
        public String toString() {
            return FxmacModel.this.toString();
        }
    }

    /** A MAC that is not plugged in yet. */
    public FxmacModel(FxmacConfig settings) {
        super(settings.queues());
        this.settings = settings;
        file = new FxmacRegisterFile(settings);
        interrupts = new FxmacInterrupts(this, file, settings);
        counters = new FxmacCounters(file);
        link = new FxmacLink(this, file);
        pause = new FxmacPause(this, file, interrupts, link);
        transmitter = new FxmacTransmitter(this, file, interrupts, settings);
        receiver = new FxmacReceiver(this, file, interrupts, pause);
        window = new FxmacWindow(this, file, interrupts, link, receiver, transmitter, pause);
        port = new Port("card " + settings.mac(), new Port.Receiver() {
            @Override
            public Verdict receive(SgList frame) {
                return answers() && link.works() ? receiver.receive(frame) : Verdict.NOT_READY;
            }

            @Override
            public void linkChanged(boolean up) {
                link.cable(up);
            }
        });
    }

    /** How it was built. */
    public FxmacConfig settings() {
        return settings;
    }

    @Override
    public Port port() {
        return port;
    }

    @Override
    public EthernetAddress mac() {
        return call(() -> new EthernetAddress(Long.reverseBytes(file.get(Fxmac.SAB) & 0xffff_ffffL | (long) (file.get(Fxmac.SAT) & 0xffff) << 32) >>> 16));
    }

    @Override
    public List<String> complaints() {
        return call(complaints::list);
    }

    void complain(String format, Object... values) {
        complaints.add(format, values);
    }

    // ---- what goes wrong on request ----

    /** Breaks or mends something. */
    public void setFault(FxmacFault fault, boolean broken) {
        call(() -> broken ? faults.add(fault) : faults.remove(fault));
    }

    boolean has(FxmacFault fault) {
        return faults.contains(fault);
    }

    /** So many frames are sent from now on, and then none, until this is called again: {@link Long#MAX_VALUE} for any number. */
    public void setTransmitBudget(long frames) {
        call(() -> {
            transmitter.budget(frames);
            return null;
        });
        wake();
    }

    /** The next frame that is sent ends as if memory were too slow. */
    public void failTransmit() {
        endNext(TxBd.UNDERRUN);
    }

    /** The next frame that is sent is given up after 16 collisions, as in half duplex. */
    public void collide() {
        endNext(TxBd.RETRY_LIMIT);
    }

    private void endNext(long error) {
        call(() -> {
            transmitter.error(error);
            return null;
        });
    }

    /** Receive descriptors are written as it pleases from now on, one of so many; 0: it is honest again. */
    public void setHostile(long seed, int every) {
        call(() -> {
            receiver.hostile(seed, every);
            return null;
        });
    }

    /** The partner at the far end of the PHY's cable offers one mode alone: 10, 100 or 1000 Mb/s. */
    public void setPartner(int mbps, boolean fullDuplex) {
        call(() -> {
            link.phy().partner(mbps, fullDuplex);
            return null;
        });
    }

    /** The partner offers pause frames, in the words of IEEE 802.3, table 28B-2; both if nobody says anything. The link breaks and is negotiated. */
    public void setPartnerPauses(boolean symmetric, boolean asymmetric) {
        call(() -> {
            link.phy().partnerPauses((symmetric ? Phy.PAUSE : 0) | (asymmetric ? Phy.ASYMMETRIC : 0));
            return null;
        });
    }

    /** The PHY sleeps, as some do after power-on. */
    public void sleepPhy() {
        call(() -> {
            link.phy().sleep();
            return null;
        });
    }

    /**
     * What a register holds, without the side effects of reading it.
     *
     * @param offset in the window, a multiple of four
     */
    public int register(int offset) {
        return call(() -> file.get(offset));
    }

    /**
     * Writes a register as whoever had the device before did, and left it so.
     *
     * @param offset in the window, a multiple of four
     */
    public void leave(int offset, int value) {
        call(() -> {
            window.write(offset, value);
            return null;
        });
    }

    // ---- PlatformFunction ----

    @Override
    List<String> compatible() {
        return settings.compatible();
    }

    @Override
    long windowSize() {
        return settings.phytium() ? Fxmac.WINDOW : 0x1000;
    }

    @Override
    boolean coherent() {
        return settings.coherent();
    }

    @Override
    Map<String, ByteBuffer> properties() {
        return Map.of("phy-mode", PlatformAccess.Node.text(settings.phyMode()));
    }

    @Override
    void narrowAccess(long offset, int width) {
        complain("%d bytes at 0x%x: registers are accessed by 32 bits", width, offset);
    }

    @Override
    void reset() {
        file.reset();
        control = 0;
        interrupts.reset();
        receiver.reset();
        pause.reset();
        for (int q = 0; q < settings.queues(); q++) {
            receiver.rewind(q);
        }
        transmitter.rewind();
    }

    @Override
    void plugged() {
        host().engine().add(task);
        port.setPowered(true);
    }

    @Override
    void unplugged() {
        port.setPowered(false);
        host().engine().remove(task);
    }

    /** A start of transmission that changes nothing else needs no lock. */
    @Override
    boolean doorbell(int offset, int value) {
        if (offset != Fxmac.NWCTRL.offset() || value != (control | NetworkControl.START_TX) || (value & NetworkControl.TX) == 0) {
            return false;
        }
        KICKED.setRelease(this, true);
        wake();
        return true;
    }

    void wake() {
        SimHost h = host();
        if (h != null) {
            h.engine().wake();
        }
    }

    private boolean work() {
        if ((boolean) KICKED.getAcquire(this)) {
            KICKED.setVolatile(this, false);
            if (!has(FxmacFault.STARTS_LOST)) {
                transmitter.start();
            }
        }
        return answers() && !pause.holds() && transmitter.work();
    }

    @Override
    int read(int offset) {
        return window.read(offset);
    }

    @Override
    void write(int offset, int value) {
        window.write(offset, value);
    }

    // ---- what the parts ask ----

    /** NWCTRL holds this now. */
    void control(int now) {
        control = now;
    }

    void send(SgList frame) {
        if (file.has(Fxmac.NWCTRL, NetworkControl.LOOPBACK)) {
            receiver.receive(frame);
        } else if (link.works()) {
            port.send(frame);
        }
    }

    FxmacCounters counters() {
        return counters;
    }

    /** The model wants to be asked again then. */
    void wakeAt(long nanoTime) {
        SimHost h = host();
        if (h != null) {
            h.engine().wakeAt(nanoTime);
        }
    }

    @Override
    public String toString() {
        return port.name();
    }
}
