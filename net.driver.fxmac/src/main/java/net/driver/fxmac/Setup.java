package net.driver.fxmac;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.device.Interrupt;
import net.api.driver.Attachment;
import net.api.driver.DeviceConfig;
import net.api.driver.DriverInstance;
import net.api.driver.ReceiveMode;
import net.api.driver.RxOffload;
import net.hw.fxmac.DesignConfig;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.Screener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a device from whatever state it is in to traffic. Used once. */
final class Setup {
    private static final Logger LOG = LoggerFactory.getLogger(Setup.class);
    /** Screeners look at the last two bytes of the sender's address: what a switch's ports, or virtual machines, differ in. */
    private static final int SENDER_END = 10;

    private final Attachment attachment;
    private final Options options;
    private final Limits limits;
    private final DeviceConfig config;
    private final NetBufPool pool;
    private final String name;
    private Parts parts;
    private MacRegisters mac;
    private Identity identity;

    Setup(Attachment attachment, Options options, Limits limits) {
        this.attachment = attachment;
        this.options = options;
        this.limits = limits;
        config = attachment.config();
        pool = attachment.pool();
        name = attachment.device().address();
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
        parts = new Parts(attachment, options, limits);
        identity = parts.identity;
        mac = parts.mac;
        DmaEngine.silence(mac, identity);
        mac.alive("its directions were switched off");
        mac.configure(-1, networkConfig());
        forget();
        parts.shape = shape(hasJumbo());
        int mtu = mtu(parts.shape.longest());
        parts.firmwareMac = FxmacSettings.read(mac);
        EthernetAddress ours = wantedMac(parts.firmwareMac);

        parts.machine = LinkMachine.start(parts);
        attachment.enableDma();
        configureDma();
        parts.queues();
        parts.rings.begin();
        for (FxmacRxQueue q : parts.rx) {
            fill(q);
        }
        for (FxmacTxQueue q : parts.tx) {
            q.begin();
        }
        spread(parts.rx.length);
        parts.counters.begin();
        parts.settings(ours, mtu);
        parts.settings.start(ours, mtu, ReceiveMode.of(config.promiscuous(), config.allMulticast()));
        LinkState now = parts.machine.look();
        parts.programmed = now.up() ? now : parts.machine.expected();
        parts.engine = new DmaEngine(parts);
        FxmacCard card = parts.card(now);
        parts.engine.start(parts.programmed);
        mac.alive("both directions were started");
        parts.watch.attached();
        LOG.info("{}: module {} revision 0x{}, {} of {} queues, {}, {}", name, Fxmac.moduleId(identity.revision()),
                Integer.toHexString(identity.revision() & 0xffff), Math.max(parts.rx.length, parts.tx.length), identity.queues(), identity.phy().mode(),
                parts.machine.text());
        return card;
    }

    private Shape shape(boolean jumbo) {
        int rxQueues = Math.min(config.rxQueues(), identity.rxQueues());
        int room = Math.min(pool.dataRoom() / DmaConfig.SIZE_UNIT, DmaConfig.MAX_SIZE_UNITS) * DmaConfig.SIZE_UNIT;
        parts.interrupts = interrupts(rxQueues);
        return new Shape(rxQueues, ring(config.rxRingSize()), Math.min(config.txQueues(), identity.queues()), ring(config.txRingSize()),
                parts.interrupts.size(), room, Shape.longest(jumbo, room), jumbo, wantsChecksums(), options.txChecksums(),
                options.tailPointers() && identity.phytium(), config.flowControl());
    }

    private static int ring(int wanted) {
        return Math.clamp(Integer.highestOneBit(wanted), Shape.MIN_RING, Shape.MAX_RING);
    }

    /** A vector for each receive queue; with too few, none: a queue without would sleep in vain. */
    private List<Interrupt> interrupts(int rxQueues) {
        List<Interrupt> opened = config.interrupts() ? attachment.interrupts(rxQueues) : List.of();
        return opened.size() >= rxQueues ? opened : List.of();
    }

    // ---- what is written before anything runs ----

    private boolean wantsChecksums() {
        return config.rxOffloads().contains(RxOffload.CHECKSUM);
    }

    private int networkConfig() {
        return NetworkConfig.mdcDivider(identity.clock()) | identity.busWidth() << NetworkConfig.BUS_SHIFT | NetworkConfig.REMOVE_FCS | NetworkConfig.RECEIVE_1536
                | NetworkConfig.FULL_DUPLEX | (config.flowControl().obeys() ? NetworkConfig.NO_PAUSE_COPY : 0) | (wantsChecksums() ? NetworkConfig.RX_CHECKSUM : 0);
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
        int units = parts.shape.room() / DmaConfig.SIZE_UNIT;
        // What finds no buffer is dropped: kept in the receive memory, it would be in front of what other queues have buffers for.
        mac.write(Fxmac.DMACR, DmaConfig.ADDRESS_64 | DmaConfig.DISCARD_WHEN_FULL | DmaConfig.ALL_RX_MEMORY | DmaConfig.ALL_TX_MEMORY
                | DmaConfig.BURST_16 | units << DmaConfig.SIZE_SHIFT | (options.txChecksums() ? DmaConfig.TX_CHECKSUM : 0));
        identity.further().forEach(q -> mac.write(Fxmac.QRXSIZE, q - 1, units));
    }

    /**
     * Nothing resets the device when another driver leaves it: what that one had set up, and this one does not use, would go on letting frames in, or leading
     * them astray.
     */
    private void forget() {
        for (int i = 0; i < Fxmac.MATCH.count(); i++) {
            mac.write(Fxmac.MATCH, i, 0);
        }
        for (int i = 0; i < DesignConfig.screeners1(identity.screeners()); i++) {
            mac.write(Fxmac.SCREEN1, i, 0);
        }
        for (int i = 0; i < DesignConfig.screeners2(identity.screeners()); i++) {
            mac.write(Fxmac.SCREEN2, i, 0);
        }
        mac.write(Fxmac.TXPARTIAL, mac.read(Fxmac.TXPARTIAL) & ~Fxmac.PARTIAL_ON);
        mac.write(Fxmac.RXPARTIAL, mac.read(Fxmac.RXPARTIAL) & ~Fxmac.PARTIAL_ON);
        mac.write(Fxmac.RXWATERMARK, 0);
        mac.write(Fxmac.TXPAUSE, Fxmac.LONGEST_PAUSE);
        if (identity.phytium()) {
            mac.write(Fxmac.TAILENABLE, options.tailPointers() ? Fxmac.TAIL_ON : 0);
        }
    }

    /** Frames are spread over the receive queues by the end of the sender's address: one screener for each queue but the first, which gets the rest. */
    private void spread(int rxQueues) {
        int mask = rxQueues == 1 ? 0 : 2 * Integer.highestOneBit(rxQueues - 1) - 1;
        for (int q = 1; q < rxQueues; q++) {
            // The second of the two bytes is the address's last; the first on the wire is the lower half.
            mac.write(Fxmac.COMPAREVALUE, q - 1, Screener.value(q << 8, mask << 8));
            mac.write(Fxmac.COMPAREPLACE, q - 1, Screener.fromStart(SENDER_END));
            mac.write(Fxmac.SCREEN2, q - 1, Screener.compareA(q, q - 1));
        }
    }

    private void fill(FxmacRxQueue queue) {
        if (queue.fill(pool.cache()) == 0) {
            throw new DevException(DevError.NO_MEMORY, "%s: pool %s has no free buffer for receive queue %d: make the pool larger".formatted(name,
                    pool.name(), queue.index()));
        }
        if (!queue.isAligned()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: packets of pool %s begin %d bytes into a buffer, at device addresses that are not all multiples of 4"
                    .formatted(name, pool.name(), pool.headroom()));
        }
    }

    // ---- what the settings begin with ----

    private int mtu(int longest) {
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
        return parts.device.property(property).filter(b -> b.length == EthernetAddress.BYTES).map(EthernetAddress::of).filter(EthernetAddress::isValidUnicast);
    }

    private static EthernetAddress local() {
        byte[] random = new byte[EthernetAddress.BYTES];
        new SecureRandom().nextBytes(random);
        random[0] = (byte) (random[0] & 0xfc | 0x02);
        return EthernetAddress.of(random);
    }
}
