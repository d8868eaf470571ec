package net.driver.fxmac;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetFeature;
import net.api.device.Interrupt;
import net.api.device.PlatformDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceWatch;
import net.api.driver.FlowControl;

/**
 * What a card consists of, put together by {@link Setup} for a device that begins, and by {@link Succession} for one that runs. Nothing here writes to the
 * device or its memory.
 */
final class Parts {
    final Attachment attachment;
    final Options options;
    final Limits limits;
    final NetBufPool pool;
    final String name;
    final DeviceWatch watch;
    final PlatformDevice device;
    final Identity identity;
    final MacRegisters mac;
    final MdioBus mdio;
    final HardwareCounters counters;
    Shape shape;
    /** One for each receive queue, or none. */
    List<Interrupt> interrupts = List.of();
    Rings rings;
    FxmacRxQueue[] rx;
    FxmacTxQueue[] tx;
    final PauseSender pauses;
    LinkMachine machine;
    FxmacSettings settings;
    FxmacOps ops;
    DmaEngine engine;
    /** What firmware left in the device. */
    EthernetAddress firmwareMac;
    /** What the MAC is set up for. */
    LinkState programmed;
    /** Looks in a row at which MDIO hung. */
    int mdioFailures;

    /** @throws DevException UNSUPPORTED if the driver cannot drive the device; IO if it does not answer */
    Parts(Attachment attachment, Options options, Limits limits) {
        this.attachment = attachment;
        this.options = options;
        this.limits = limits;
        pool = attachment.pool();
        name = attachment.device().address();
        watch = new DeviceWatch(attachment);
        if (!(attachment.device() instanceof PlatformDevice platform)) {
            throw new DevException(DevError.UNSUPPORTED, name + " is no device of a device tree");
        }
        device = platform;
        identity = Identity.of(platform, attachment.map(0));
        mac = new MacRegisters(name, attachment.map(0), identity.phytium());
        mdio = new MdioBus(name, mac, limits.mdioNanos());
        counters = new HardwareCounters(mac);
        pauses = new PauseSender(mac);
    }

    /** The rings, and a queue for each, as {@link #shape} and {@link #interrupts} say. */
    void queues() {
        rings = new Rings(attachment, shape);
        rx = new FxmacRxQueue[shape.rxQueues()];
        for (int q = 0; q < rx.length; q++) {
            rx[q] = new FxmacRxQueue(q, attachment.ring("receive ring " + q, shape.rxRing()), pool, watch, interrupts.isEmpty() ? null : interrupts.get(q), mac,
                    identity.clearOnRead(), rings.segment(), rings.rx(q), shape.room(), shape.longest(), shape.rxChecksums(),
                    shape.pauses().sends() ? pauses.new Level() : null);
        }
        tx = new FxmacTxQueue[shape.txQueues()];
        for (int q = 0; q < tx.length; q++) {
            tx[q] = new FxmacTxQueue(q, attachment.ring("transmit ring " + q, shape.txRing()), pool, watch, mac, rings.segment(), rings.tx(q),
                    shape.txChecksums(), shape.tailPointers());
        }
    }

    /** What settings begin with. */
    void settings(EthernetAddress address, int mtu) {
        settings = new FxmacSettings(name, capabilities(), tx, mac, address, mtu, shape.jumbo());
    }

    /** The rest, with the link as users were told it last. */
    FxmacCard card(LinkState link) {
        ops = new FxmacOps(this);
        ops.link(link);
        return new FxmacCard(this);
    }

    private NetCapabilities capabilities() {
        return new NetCapabilities(features(), rx.length, tx.length, FrameLimits.MIN_MTU, FrameLimits.mtu(shape.longest()), tx[0].maxSegments(),
                FxmacSettings.EXACT);
    }

    private Set<NetFeature> features() {
        Set<NetFeature> set = EnumSet.of(NetFeature.LINK_STATUS, NetFeature.PROMISCUOUS, NetFeature.ALL_MULTICAST, NetFeature.MAC_FILTER, NetFeature.MAC_SET,
                NetFeature.MTU_UPDATE, NetFeature.SCATTERED_RX, NetFeature.MULTI_SEGMENT_TX, NetFeature.REGISTER_DUMP);
        add(set, !interrupts.isEmpty(), NetFeature.RX_INTERRUPT);
        add(set, rx.length > 1 || tx.length > 1, NetFeature.MULTI_QUEUE);
        add(set, shape.rxChecksums(), NetFeature.RX_CHECKSUM);
        add(set, shape.txChecksums(), NetFeature.TX_CHECKSUM);
        add(set, shape.pauses() != FlowControl.NONE, NetFeature.FLOW_CONTROL);
        return set;
    }

    private static void add(Set<NetFeature> set, boolean is, NetFeature feature) {
        if (is) {
            set.add(feature);
        }
    }
}
