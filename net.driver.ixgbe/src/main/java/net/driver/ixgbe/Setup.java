package net.driver.ixgbe;

import java.util.EnumSet;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetFeature;
import net.api.device.DmaMemory;
import net.api.device.PciDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.api.driver.ReceiveMode;
import net.api.driver.RxOffload;
import net.hw.ixgbe.ControlBits.CtrlExt;
import net.hw.ixgbe.Model;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TxDescriptor;

/** Brings a device from whatever state it is in to traffic: 4.6.3. Used once. */
final class Setup {
    /** RFC 791. */
    private static final int MIN_MTU = 68;
    private static final int DEFAULT_MTU = 1500;
    private static final int MIN_RING = 64;
    private static final int MAX_RING = 4096;
    /** Registers up to the analog core's: BAR 0 has 128 KiB. 8.1. */
    private static final long MIN_WINDOW = 0x2_0000;

    private final Attachment attachment;
    private final DeviceConfig config;
    private final NetBufPool pool;
    private final Limits limits;
    private final DeviceWatch watch;
    private final Model model;
    private final Registers regs;
    private final Reset reset;
    private final Receiver receiver;
    private final Transmitter transmitter;
    private final Filters filters;
    private final HardwareCounters hardware;
    private final Link link;

    Setup(Attachment attachment, Limits limits) {
        this.attachment = attachment;
        this.limits = limits;
        config = attachment.config();
        pool = attachment.pool();
        watch = new DeviceWatch(attachment);
        model = model(attachment);
        regs = new Registers(watch.device(), attachment.map(0));
        reset = new Reset(regs, limits);
        receiver = new Receiver(regs, limits);
        transmitter = new Transmitter(regs, limits);
        filters = new Filters(regs);
        hardware = new HardwareCounters(regs);
        link = new Link(regs, limits, model);
    }

    private static Model model(Attachment attachment) {
        Model model = attachment.device() instanceof PciDevice p && p.vendorId() == Model.VENDOR ? Model.of(p.deviceId()) : null;
        if (model == null) {
            throw new DevException(DevError.UNSUPPORTED, attachment.device().address() + " is no physical function of an 82599");
        }
        return model;
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
            reset.stop();
        } catch (InternalError | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private DriverInstance start() {
        if (regs.window().size() < MIN_WINDOW) {
            throw new DevException(DevError.UNSUPPORTED, "%s: its BAR 0 has 0x%x bytes, an 82599 has 0x%x".formatted(regs.device(), regs.window().size(), MIN_WINDOW));
        }
        int rxQueues = Math.min(config.rxQueues(), Receiver.MAX_QUEUES);
        int txQueues = Math.min(config.txQueues(), Transmitter.MAX_QUEUES);
        RxBuffers buffers = RxBuffers.of(pool, config.mtu() == 0 ? DEFAULT_MTU : config.mtu());
        int mtu = mtu(buffers);

        regs.alive("mapping its registers");
        reset.run();
        reset.awaitReady();
        new Eeprom(regs, limits).check();
        EthernetAddress mac = mac();
        filters.clear();
        hardware.clear();
        regs.set(Reg.CTRL_EXT, CtrlExt.NS_DIS | CtrlExt.DRV_LOAD);
        regs.alive("clearing filters and statistics");
        Vectors vectors = Vectors.open(attachment, regs, rxQueues);
        link.start(config.flowControl());
        regs.alive("starting the link");

        receiver.setUp(rxQueues, config.rxOffloads(), config.flowControl());
        regs.alive("setting up reception");
        attachment.enableDma();
        IxgbeTxQueue[] tx = txQueues(txQueues);
        IxgbeRxQueue[] rx = rxQueues(rxQueues, buffers, vectors);
        NetCapabilities capabilities = new NetCapabilities(features(vectors, buffers, rxQueues, txQueues), rxQueues, txQueues, MIN_MTU, buffers.maxMtu(),
                IxgbeTxQueue.MAX_SEGMENTS, Filters.MAX_UNICAST);
        IxgbeSettings settings = new IxgbeSettings(regs.device(), capabilities, filters, tx, mac, mtu,
                ReceiveMode.of(config.promiscuous(), config.allMulticast()));
        receiver.start();
        vectors.enableOther(regs);
        regs.alive("starting reception");
        IxgbeOps ops = new IxgbeOps(regs, pool, capabilities, rx, tx, settings, link, hardware);
        watch.attached();
        return new IxgbeNet(attachment, regs, ops, vectors, link, hardware, watch, limits);
    }

    private int mtu(RxBuffers buffers) {
        int mtu = config.mtu() == 0 ? DEFAULT_MTU : config.mtu();
        if (mtu < MIN_MTU || mtu > buffers.maxMtu()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: MTU %d is outside %d to %d: the 82599 passes frames up to %d bytes".formatted(regs.device(), mtu, MIN_MTU,
                    buffers.maxMtu(), RxBuffers.MAX_FRAME));
        }
        return mtu;
    }

    private EthernetAddress mac() {
        EthernetAddress own = filters.address();
        EthernetAddress wanted = config.mac().orElse(own);
        if (!wanted.isValidUnicast()) {
            throw new DevException(config.mac().isPresent() ? DevError.INVALID_PARAM : DevError.IO,
                    "%s: %s cannot be a card's address: configure a unicast address for it".formatted(regs.device(), wanted));
        }
        return wanted;
    }

    private Set<NetFeature> features(Vectors vectors, RxBuffers buffers, int rxQueues, int txQueues) {
        Set<NetFeature> set = EnumSet.of(NetFeature.LINK_STATUS, NetFeature.PROMISCUOUS, NetFeature.ALL_MULTICAST, NetFeature.MAC_FILTER, NetFeature.VLAN_FILTER,
                NetFeature.MAC_SET, NetFeature.MTU_UPDATE, NetFeature.MULTI_SEGMENT_TX, NetFeature.VLAN_INSERT, NetFeature.TX_CHECKSUM,
                NetFeature.TSO, NetFeature.FLOW_CONTROL, NetFeature.REGISTER_DUMP);
        if (buffers.longest() > 1) {
            set.add(NetFeature.SCATTERED_RX);
        }
        if (vectors.areThere()) {
            set.add(NetFeature.RX_INTERRUPT);
        }
        if (rxQueues > 1 || txQueues > 1) {
            set.add(NetFeature.MULTI_QUEUE);
        }
        for (RxOffload o : config.rxOffloads()) {
            set.add(switch (o) {
                case VLAN_STRIP -> NetFeature.VLAN_STRIP;
                case CHECKSUM -> NetFeature.RX_CHECKSUM;
                case RSS_HASH -> NetFeature.RSS_HASH;
            });
        }
        return set;
    }

    // ---- queues ----

    private static int ringSize(int wanted) {
        return Math.clamp(Integer.highestOneBit(wanted), MIN_RING, MAX_RING);
    }

    private IxgbeTxQueue[] txQueues(int n) {
        int size = ringSize(config.txRingSize());
        IxgbeTxQueue[] tx = new IxgbeTxQueue[n];
        transmitter.start();
        for (int i = 0; i < n; i++) {
            String purpose = "transmit ring " + i;
            DmaMemory memory = attachment.allocateDma(purpose, (long) size * TxDescriptor.SIZE, TxDescriptor.RING_ALIGNMENT);
            tx[i] = new IxgbeTxQueue(i, regs, memory, attachment.ring(purpose, size), pool, watch);
            transmitter.enable(i, memory.iova(0), size);
        }
        return tx;
    }

    private IxgbeRxQueue[] rxQueues(int n, RxBuffers buffers, Vectors vectors) {
        int size = ringSize(config.rxRingSize());
        Set<RxOffload> wanted = config.rxOffloads();
        // A queue that nobody looks after must not stop the others; with pause frames the far end is stopped instead.
        boolean drop = n > 1 && !config.flowControl().sends();
        IxgbeRxQueue[] rx = new IxgbeRxQueue[n];
        for (int i = 0; i < n; i++) {
            String purpose = "receive ring " + i;
            DmaMemory memory = attachment.allocateDma(purpose, (long) size * RxDescriptor.SIZE, RxDescriptor.RING_ALIGNMENT);
            rx[i] = new IxgbeRxQueue(i, regs, memory, attachment.ring(purpose, size), pool, watch, buffers, wanted.isEmpty() ? null : new RxFinder(wanted),
                    vectors.ofQueue(i));
            if (rx[i].fill(pool.cache()) == 0) {
                throw new DevException(DevError.NO_MEMORY, "%s: pool %s has fewer than %d free buffers for receive queue %d: make the pool larger"
                        .formatted(regs.device(), pool.name(), IxgbeRxQueue.GROUP, i));
            }
            receiver.enable(i, memory.iova(0), size, buffers.written(), drop, wanted.contains(RxOffload.VLAN_STRIP));
            rx[i].start();
        }
        return rx;
    }
}
