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
import net.api.driver.DeviceWatch;
import net.api.driver.ReceiveMode;
import net.api.driver.RxOffload;
import net.hw.ixgbe.Model;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TxDescriptor;

/**
 * What a card consists of, put together by {@link Setup} for a device that begins, and by {@link Succession} for one that runs. Nothing here writes to the
 * device, its memory or its rings.
 */
final class Parts {
    /** RFC 791. */
    static final int MIN_MTU = 68;
    static final int MIN_RING = 64;
    static final int MAX_RING = 4096;

    final Attachment attachment;
    final NetBufPool pool;
    final Limits limits;
    final DeviceWatch watch;
    final Model model;
    final Registers regs;
    final Filters filters;
    final HardwareCounters hardware;
    final Link port;
    /** What the device finds out about frames. */
    Set<RxOffload> offloads = EnumSet.noneOf(RxOffload.class);
    /** It obeys pause frames. */
    boolean obeysPauses;
    RxBuffers buffers;
    Vectors vectors;
    IxgbeRxQueue[] rx;
    IxgbeTxQueue[] tx;
    IxgbeSettings settings;
    IxgbeOps ops;

    Parts(Attachment attachment, Limits limits) {
        this.attachment = attachment;
        this.limits = limits;
        pool = attachment.pool();
        watch = new DeviceWatch(attachment);
        model = model(attachment);
        regs = new Registers(watch.device(), attachment.map(0), limits.clock());
        filters = new Filters(regs);
        hardware = new HardwareCounters(regs);
        port = new Link(regs, limits, model);
    }

    private static Model model(Attachment attachment) {
        Model model = attachment.device() instanceof PciDevice p && p.vendorId() == Model.VENDOR ? Model.of(p.deviceId()) : null;
        if (model == null) {
            throw new DevException(DevError.UNSUPPORTED, attachment.device().address() + " is no physical function of an 82599");
        }
        return model;
    }

    void queues(int rxQueues, int txQueues) {
        rx = new IxgbeRxQueue[rxQueues];
        tx = new IxgbeTxQueue[txQueues];
    }

    /** @return its memory */
    DmaMemory rxQueue(int i, int size) {
        String purpose = "receive ring " + i;
        DmaMemory memory = attachment.allocateDma(purpose, (long) size * RxDescriptor.SIZE, RxDescriptor.RING_ALIGNMENT);
        rx[i] = new IxgbeRxQueue(i, regs, memory, attachment.ring(purpose, size), pool, watch, buffers, offloads.isEmpty() ? null : new RxFinder(offloads),
                vectors.ofQueue(i));
        return memory;
    }

    /** @return its memory */
    DmaMemory txQueue(int i, int size) {
        String purpose = "transmit ring " + i;
        DmaMemory memory = attachment.allocateDma(purpose, (long) size * TxDescriptor.SIZE, TxDescriptor.RING_ALIGNMENT);
        tx[i] = new IxgbeTxQueue(i, regs, memory, attachment.ring(purpose, size), pool, watch);
        return memory;
    }

    void settings(EthernetAddress mac, int mtu, ReceiveMode mode) {
        NetCapabilities capabilities = new NetCapabilities(features(), rx.length, tx.length, MIN_MTU, buffers.maxMtu(), IxgbeTxQueue.MAX_SEGMENTS,
                Filters.MAX_UNICAST);
        settings = new IxgbeSettings(regs.device(), capabilities, filters, tx, mac, mtu, mode);
    }

    private Set<NetFeature> features() {
        Set<NetFeature> set = EnumSet.of(NetFeature.LINK_STATUS, NetFeature.PROMISCUOUS, NetFeature.ALL_MULTICAST, NetFeature.MAC_FILTER,
                NetFeature.VLAN_FILTER, NetFeature.MAC_SET, NetFeature.MTU_UPDATE, NetFeature.MULTI_SEGMENT_TX, NetFeature.VLAN_INSERT, NetFeature.TX_CHECKSUM,
                NetFeature.TSO, NetFeature.FLOW_CONTROL, NetFeature.REGISTER_DUMP);
        if (buffers.longest() > 1) {
            set.add(NetFeature.SCATTERED_RX);
        }
        if (vectors.areThere()) {
            set.add(NetFeature.RX_INTERRUPT);
        }
        if (rx.length > 1 || tx.length > 1) {
            set.add(NetFeature.MULTI_QUEUE);
        }
        for (RxOffload o : offloads) {
            set.add(switch (o) {
                case VLAN_STRIP -> NetFeature.VLAN_STRIP;
                case CHECKSUM -> NetFeature.RX_CHECKSUM;
                case RSS_HASH -> NetFeature.RSS_HASH;
            });
        }
        return set;
    }

    /** All is there and runs. */
    void done() {
        ops = new IxgbeOps(regs, pool, settings.capabilities(), rx, tx, settings, port, hardware);
        watch.attached();
    }
}
