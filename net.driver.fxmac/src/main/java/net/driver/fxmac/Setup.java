package net.driver.fxmac;

import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.device.Interrupt;
import net.api.device.PlatformDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DeviceWatch;
import net.api.driver.DriverInstance;
import net.api.driver.FlowControl;
import net.api.driver.ReceiveMode;
import net.api.driver.RxOffload;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.Screener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a device from whatever state it is in to traffic. Used once. */
final class Setup {
    private static final Logger LOG = LoggerFactory.getLogger(Setup.class);
    private static final int MIN_RING = 16;
    private static final int MAX_RING = 4096;
    /** Screeners look at the last two bytes of the sender's address: what a switch's ports, or virtual machines, differ in. */
    private static final int SENDER_END = 10;

    private final Attachment attachment;
    private final Options options;
    private final Limits limits;
    private final DeviceConfig config;
    private final NetBufPool pool;
    private final String name;
    private final DeviceWatch watch;
    private PlatformDevice device;
    private MacRegisters mac;
    private Identity identity;
    private int room;
    private int longest;
    private boolean rxChecksums;
    private List<Interrupt> interrupts = List.of();

    Setup(Attachment attachment, Options options, Limits limits) {
        this.attachment = attachment;
        this.options = options;
        this.limits = limits;
        config = attachment.config();
        pool = attachment.pool();
        name = attachment.device().address();
        watch = new DeviceWatch(attachment);
    }

    DriverInstance run() {
        try {
            return start();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, name + " is gone: its registers or its memory are not there any more", e);
        } catch (DevException e) {
            giveUp(e);
            throw e;
        }
    }

    /** No DMA may go on. */
    private void giveUp(DevException reason) {
        try {
            if (mac != null) {
                mac.control(0);
            }
        } catch (InternalError | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private DriverInstance start() {
        if (!(attachment.device() instanceof PlatformDevice platform)) {
            throw new DevException(DevError.UNSUPPORTED, name + " is no device of a device tree");
        }
        device = platform;
        identity = Identity.of(platform, attachment.map(0));
        mac = new MacRegisters(name, attachment.map(0), identity.phytium());
        DmaEngine.silence(mac, identity.queues());
        mac.alive("its directions were switched off");
        rxChecksums = config.rxOffloads().contains(RxOffload.CHECKSUM);
        mac.configure(-1, networkConfig());
        boolean jumbo = hasJumbo();
        room = Math.min(pool.dataRoom() / DmaConfig.SIZE_UNIT, DmaConfig.MAX_SIZE_UNITS) * DmaConfig.SIZE_UNIT;
        // The smallest ring must hold the longest frame.
        longest = Math.min(jumbo ? FrameLimits.JUMBO : FrameLimits.PLAIN, MIN_RING * room);
        int mtu = mtu();
        EthernetAddress firmwareMac = FxmacSettings.read(mac);
        EthernetAddress ours = wantedMac(firmwareMac);

        MdioBus mdio = new MdioBus(name, mac, limits.mdioNanos());
        LinkMachine machine = new LinkMachine(name, mac, identity, mdio, config.flowControl().obeys(), limits.phyResetNanos());
        int rxQueues = Math.min(config.rxQueues(), identity.rxQueues());
        int txQueues = Math.min(config.txQueues(), identity.queues());
        openInterrupts(rxQueues);
        attachment.enableDma();
        configureDma();
        Rings rings = new Rings(attachment, rxQueues, ring(config.rxRingSize()), txQueues, ring(config.txRingSize()));
        FxmacRxQueue[] rx = new FxmacRxQueue[rxQueues];
        for (int q = 0; q < rxQueues; q++) {
            rx[q] = rxQueue(q, rings);
        }
        FxmacTxQueue[] tx = new FxmacTxQueue[txQueues];
        for (int q = 0; q < txQueues; q++) {
            tx[q] = new FxmacTxQueue(q, attachment.ring("transmit ring " + q, ring(config.txRingSize())), pool, watch, mac, rings.segment(), rings.tx(q),
                    options.txChecksums(), tailPointers());
        }
        spread(rxQueues);
        if (tailPointers()) {
            mac.write(Fxmac.TAILENABLE, Fxmac.TAIL_ON);
        }
        HardwareCounters counters = new HardwareCounters(mac);
        NetCapabilities capabilities = new NetCapabilities(features(rxQueues, txQueues, jumbo), rxQueues, txQueues, FrameLimits.MIN_MTU,
                FrameLimits.mtu(longest),
                tx[0].maxSegments(), FxmacSettings.EXACT);
        FxmacSettings settings = new FxmacSettings(name, capabilities, tx, mac, ours, mtu, jumbo);
        settings.start(ours, ReceiveMode.of(config.promiscuous(), config.allMulticast()));
        FxmacOps ops = new FxmacOps(name, pool, capabilities, rx, tx, settings, mac, identity, counters);
        LinkState now = machine.look();
        LinkState programmed = now.up() ? now : machine.expected();
        DmaEngine engine = new DmaEngine(mac, identity, rings, rx, tx, machine, limits.haltNanos());
        engine.start(programmed);
        ops.link(now);
        mac.alive("both directions were started");
        watch.attached();
        LOG.info("{}: module {} revision 0x{}, {} of {} queues, {}, {}", name, Fxmac.moduleId(identity.revision()),
                Integer.toHexString(identity.revision() & 0xffff),
                Math.max(rxQueues, txQueues), identity.queues(), identity.phy().mode(), machine.text());
        return new FxmacCard(attachment, mac, identity, engine, machine, ops, settings, counters, watch, limits, firmwareMac, programmed);
    }

    // ---- what is written before anything runs ----

    private int networkConfig() {
        return NetworkConfig.mdcDivider(identity.clock()) | identity.busWidth() << NetworkConfig.BUS_SHIFT | NetworkConfig.REMOVE_FCS | NetworkConfig.RECEIVE_1536
                | NetworkConfig.FULL_DUPLEX | (config.flowControl().obeys() ? NetworkConfig.NO_PAUSE_COPY : 0) | (rxChecksums ? NetworkConfig.RX_CHECKSUM : 0);
    }

    /** A MAC with jumbo frames keeps what is written to their length. */
    private boolean hasJumbo() {
        mac.write(Fxmac.JUMBOMAX, FrameLimits.JUMBO);
        boolean has = mac.read(Fxmac.JUMBOMAX) == FrameLimits.JUMBO;
        if (has) {
            mac.configure(NetworkConfig.JUMBO, NetworkConfig.JUMBO);
        }
        if (has && identity.phytium()) {
            mac.write(Fxmac.SRAMALLOC, 4);
        }
        return has;
    }

    private void configureDma() {
        int units = room / DmaConfig.SIZE_UNIT;
        mac.write(Fxmac.DMACR, DmaConfig.ADDRESS_64 | DmaConfig.ALL_RX_MEMORY | DmaConfig.ALL_TX_MEMORY | DmaConfig.BURST_16 | units << DmaConfig.SIZE_SHIFT
                | (options.txChecksums() ? DmaConfig.TX_CHECKSUM : 0));
        for (int q = 1; q < identity.queues(); q++) {
            mac.write(Fxmac.QRXSIZE, q - 1, units);
        }
    }

    /** Frames are spread over the receive queues by the end of the sender's address: one screener for each queue but the first, which gets the rest. */
    private void spread(int rxQueues) {
        int mask = rxQueues == 1 ? 0 : 2 * Integer.highestOneBit(rxQueues - 1) - 1;
        for (int q = 1; q < identity.rxQueues(); q++) {
            boolean used = q < rxQueues;
            // The second of the two bytes is the address's last; the first on the wire is the lower half.
            mac.write(Fxmac.COMPAREVALUE, q - 1, used ? Screener.value(q << 8, mask << 8) : 0);
            mac.write(Fxmac.COMPAREPLACE, q - 1, Screener.fromStart(SENDER_END));
            mac.write(Fxmac.SCREEN2, q - 1, used ? Screener.compareA(q, q - 1) : 0);
        }
    }

    private FxmacRxQueue rxQueue(int q, Rings rings) {
        FxmacRxQueue queue = new FxmacRxQueue(q, attachment.ring("receive ring " + q, ring(config.rxRingSize())), pool, watch,
                interrupts.isEmpty() ? null : interrupts.get(q), mac, identity.clearOnRead(), rings.segment(), rings.rx(q), room, longest, rxChecksums);
        if (queue.fill(pool.cache()) == 0) {
            throw new DevException(DevError.NO_MEMORY, "%s: pool %s has no free buffer for receive queue %d: make the pool larger".formatted(name,
                    pool.name(), q));
        }
        if (!queue.isAligned()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: packets of pool %s begin %d bytes into a buffer, at device addresses that are not all multiples of 4"
                    .formatted(name, pool.name(), pool.headroom()));
        }
        return queue;
    }

    private boolean tailPointers() {
        return options.tailPointers() && identity.phytium();
    }

    private static int ring(int wanted) {
        return Math.clamp(Integer.highestOneBit(wanted), MIN_RING, MAX_RING);
    }

    /** A vector for each receive queue; with too few, none: a queue without would sleep in vain. */
    private void openInterrupts(int rxQueues) {
        if (!config.interrupts()) {
            return;
        }
        List<Interrupt> opened = attachment.interrupts(rxQueues);
        if (opened.size() >= rxQueues) {
            interrupts = opened;
        }
    }

    // ---- what the settings begin with ----

    private int mtu() {
        int max = FrameLimits.mtu(longest);
        int mtu = config.mtu() != 0 ? config.mtu() : Math.min(FrameLimits.DEFAULT_MTU, max);
        if (mtu < FrameLimits.MIN_MTU || mtu > max) {
            throw new DevException(DevError.INVALID_PARAM, "%s: MTU %d is outside %d to %d: the device takes frames of %d bytes".formatted(name, mtu,
                    FrameLimits.MIN_MTU, max, longest));
        }
        return mtu;
    }

    /** What the user says, or firmware left in the device or its node, or a local address. */
    private EthernetAddress wantedMac(EthernetAddress firmware) {
        EthernetAddress wanted = config.mac().or(() -> Optional.of(firmware).filter(EthernetAddress::isValidUnicast)).or(() -> ofNode("local-mac-address"))
                .or(() -> ofNode("mac-address")).orElseGet(Setup::local);
        if (!wanted.isValidUnicast()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %s cannot be a card's address: configure a unicast address for it".formatted(name, wanted));
        }
        return wanted;
    }

    private Optional<EthernetAddress> ofNode(String property) {
        return device.property(property).filter(b -> b.length == EthernetAddress.BYTES).map(EthernetAddress::of).filter(EthernetAddress::isValidUnicast);
    }

    private static EthernetAddress local() {
        byte[] random = new byte[EthernetAddress.BYTES];
        new SecureRandom().nextBytes(random);
        random[0] = (byte) (random[0] & 0xfc | 0x02);
        return EthernetAddress.of(random);
    }

    private Set<NetFeature> features(int rxQueues, int txQueues, boolean jumbo) {
        Set<NetFeature> set = EnumSet.of(NetFeature.LINK_STATUS, NetFeature.PROMISCUOUS, NetFeature.ALL_MULTICAST, NetFeature.MAC_FILTER, NetFeature.MAC_SET,
                NetFeature.MTU_UPDATE, NetFeature.SCATTERED_RX, NetFeature.MULTI_SEGMENT_TX, NetFeature.REGISTER_DUMP);
        add(set, !interrupts.isEmpty(), NetFeature.RX_INTERRUPT);
        add(set, rxQueues > 1 || txQueues > 1, NetFeature.MULTI_QUEUE);
        add(set, rxChecksums, NetFeature.RX_CHECKSUM);
        add(set, options.txChecksums(), NetFeature.TX_CHECKSUM);
        add(set, config.flowControl() == FlowControl.RX, NetFeature.FLOW_CONTROL);
        return set;
    }

    private static void add(Set<NetFeature> set, boolean is, NetFeature feature) {
        if (is) {
            set.add(feature);
        }
    }
}
