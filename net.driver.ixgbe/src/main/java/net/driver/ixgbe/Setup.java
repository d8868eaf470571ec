package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DriverInstance;
import net.api.driver.ReceiveMode;
import net.api.driver.RxOffload;
import net.hw.ixgbe.ControlBits.CtrlExt;
import net.hw.ixgbe.Reg;

/** Brings a device from whatever state it is in to traffic: 4.6.3. Used once. */
final class Setup {
    private static final int DEFAULT_MTU = 1500;
    /** Registers up to the analog core's: BAR 0 has 128 KiB. 8.1. */
    private static final long MIN_WINDOW = 0x2_0000;

    private final Parts parts;
    private final Attachment attachment;
    private final DeviceConfig config;
    private final Limits limits;
    private final Registers regs;
    private final Filters filters;
    private final Reset reset;
    private final Receiver receiver;
    private final Transmitter transmitter;

    Setup(Attachment attachment, Limits limits) {
        this.attachment = attachment;
        this.limits = limits;
        config = attachment.config();
        parts = new Parts(attachment, limits);
        regs = parts.regs;
        filters = parts.filters;
        reset = new Reset(regs, limits);
        receiver = new Receiver(regs, limits);
        transmitter = new Transmitter(regs, limits);
    }

    DriverInstance run() {
        try {
            return start();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, regs.device() + " is gone: its registers or its memory are not there any more", e);
        } catch (DevException e) {
            giveUp(e);
            throw e;
        }
    }

    /** No DMA may go on. */
    private void giveUp(DevException reason) {
        try {
            reset.giveUp();
        } catch (InternalError | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private DriverInstance start() {
        if (regs.window().size() < MIN_WINDOW) {
            throw new DevException(DevError.UNSUPPORTED, "%s: its BAR 0 has 0x%x bytes, an 82599 has 0x%x".formatted(regs.device(), regs.window().size(), MIN_WINDOW));
        }
        parts.queues(Math.min(config.rxQueues(), Receiver.MAX_QUEUES), Math.min(config.txQueues(), Transmitter.MAX_QUEUES));
        parts.offloads = config.rxOffloads();
        parts.obeysPauses = config.flowControl().obeys();
        parts.buffers = RxBuffers.of(parts.pool, config.mtu() == 0 ? DEFAULT_MTU : config.mtu());
        int mtu = mtu();

        regs.alive("mapping its registers");
        reset.run();
        reset.awaitReady();
        new Eeprom(regs, limits).check();
        EthernetAddress mac = mac();
        filters.clear();
        parts.hardware.clear();
        regs.set(Reg.CTRL_EXT, CtrlExt.NS_DIS | CtrlExt.DRV_LOAD);
        regs.alive("clearing filters and statistics");
        parts.vectors = Vectors.open(attachment, regs, parts.rx.length);
        parts.port.start(config.flowControl());
        regs.alive("starting the link");

        receiver.setUp(parts.rx.length, config.rxOffloads(), config.flowControl());
        regs.alive("setting up reception");
        attachment.enableDma();
        startTransmission();
        startQueues();
        parts.settings(mac, mtu, ReceiveMode.of(config.promiscuous(), config.allMulticast()));
        parts.settings.start();
        receiver.start();
        parts.vectors.enableOther(regs);
        regs.alive("starting reception");
        parts.done();
        // What the link did so far is not told again.
        regs.read(Reg.EICR);
        return new IxgbeNet(parts, parts.port.state());
    }

    private int mtu() {
        int mtu = config.mtu() == 0 ? DEFAULT_MTU : config.mtu();
        int max = parts.buffers.maxMtu();
        if (mtu < Parts.MIN_MTU || mtu > max) {
            throw new DevException(DevError.INVALID_PARAM, "%s: MTU %d is outside %d to %d: the 82599 passes frames up to %d bytes".formatted(regs.device(), mtu,
                    Parts.MIN_MTU, max, RxBuffers.MAX_FRAME));
        }
        return mtu;
    }

    private EthernetAddress mac() {
        EthernetAddress own = filters.address();
        regs.alive("reading its address");
        EthernetAddress wanted = config.mac().orElse(own);
        if (!wanted.isValidUnicast()) {
            throw new DevException(config.mac().isPresent() ? DevError.INVALID_PARAM : DevError.IO,
                    "%s: %s cannot be a card's address: configure a unicast address for it".formatted(regs.device(), wanted));
        }
        return wanted;
    }

    // ---- queues ----

    private static int ringSize(int wanted) {
        return Math.clamp(Integer.highestOneBit(wanted), Parts.MIN_RING, Parts.MAX_RING);
    }

    private void startTransmission() {
        int size = ringSize(config.txRingSize());
        transmitter.start();
        for (int i = 0; i < parts.tx.length; i++) {
            transmitter.enable(i, parts.txQueue(i, size).iova(0), size);
        }
    }

    private void startQueues() {
        int size = ringSize(config.rxRingSize());
        int n = parts.rx.length;
        // A queue that nobody looks after must not stop the others; with pause frames the far end is stopped instead.
        boolean drop = n > 1 && !config.flowControl().sends();
        for (int i = 0; i < n; i++) {
            long iova = parts.rxQueue(i, size).iova(0);
            if (parts.rx[i].fill(parts.pool.cache()) == 0) {
                throw new DevException(DevError.NO_MEMORY, "%s: pool %s has fewer than %d free buffers for receive queue %d: make the pool larger"
                        .formatted(regs.device(), parts.pool.name(), IxgbeRxQueue.GROUP, i));
            }
            receiver.enable(i, iova, size, parts.buffers.written(), drop, config.rxOffloads().contains(RxOffload.VLAN_STRIP));
            parts.rx[i].start();
        }
    }
}
