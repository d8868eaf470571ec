package net.driver.virtio;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetFeature;
import net.api.device.Interrupt;
import net.api.driver.Attachment;
import net.api.driver.DeviceWatch;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.Feature;

/**
 * What a card consists of, put together by {@link Setup} for a device that begins, and by {@link Succession} for one that runs. Nothing here writes to the
 * device or its memory.
 */
final class Parts {
    /** RFC 791. */
    static final int MIN_MTU = 68;
    private static final int CONTROL_DESCRIPTORS = 128;

    final Attachment attachment;
    final NetBufPool pool;
    final Limits limits;
    final String name;
    final DeviceWatch watch;
    final VirtioPci pci;
    long offered;
    long features;
    /** Queue pairs in use, and how many the device could have. */
    int pairs;
    int maxPairs;
    int maxMtu;
    /** Vector 0 for the configuration and one for each receive queue, or none. */
    List<Interrupt> vectors = List.of();
    /** Signalled when the configuration changed, or null. */
    Interrupt configInterrupt;
    VirtioRxQueue[] rx;
    VirtioTxQueue[] tx;
    /** Null without CTRL_VQ. */
    ControlQueue control;
    VirtioSettings settings;
    VirtioNetOps ops;
    /** As users were told last, with the configuration's generation then. */
    LinkState link;
    int generation;

    Parts(Attachment attachment, Limits limits) {
        this.attachment = attachment;
        this.limits = limits;
        pool = attachment.pool();
        name = attachment.device().address();
        watch = new DeviceWatch(attachment);
        pci = new VirtioPci(attachment);
    }

    static int rxIndex(int i) {
        return 2 * i;
    }

    static int txIndex(int i) {
        return 2 * i + 1;
    }

    /** The control queue follows the receive and transmit queues, all that there could be: 5.1.2. */
    int controlIndex() {
        return 2 * maxPairs;
    }

    static int controlSize() {
        return CONTROL_DESCRIPTORS;
    }

    void queues(int count) {
        pairs = count;
        rx = new VirtioRxQueue[count];
        tx = new VirtioTxQueue[count];
    }

    /** @param interrupt its vector, or null */
    void rxQueue(int i, int size, Interrupt interrupt) {
        String purpose = "receive ring " + i;
        SplitRing ring = new SplitRing(attachment, purpose, rxIndex(i), size, 0, Feature.EVENT_IDX.in(features));
        rx[i] = new VirtioRxQueue(i, ring, attachment.ring(purpose, size), pool, watch, Feature.MRG_RXBUF.in(features), interrupt);
    }

    void txQueue(int i, int size) {
        String purpose = "transmit ring " + i;
        boolean indirect = Feature.INDIRECT_DESC.in(features);
        SplitRing ring = new SplitRing(attachment, purpose, txIndex(i), size, TxChains.memoryFor(indirect), Feature.EVENT_IDX.in(features));
        TxChains chains = new TxChains(attachment, purpose, ring, indirect);
        tx[i] = new VirtioTxQueue(i, ring, attachment.ring(purpose, size), chains, pool, watch);
    }

    void controlQueue(int size) {
        SplitRing ring = new SplitRing(attachment, "control ring", controlIndex(), size, ControlQueue.memoryFor(VirtioSettings.MAX_DATA),
                Feature.EVENT_IDX.in(features));
        control = new ControlQueue(name, ring, pci, watch, limits.controlNanos(), VirtioSettings.MAX_DATA);
    }

    int maxSegments() {
        int max = TxChains.MAX_SEGMENTS;
        for (VirtioTxQueue q : tx) {
            max = Math.min(max, q.maxSegments());
        }
        return max;
    }

    NetCapabilities capabilities() {
        int segments = maxSegments();
        return new NetCapabilities(netFeatures(segments), pairs, pairs, MIN_MTU, maxMtu, segments, 0);
    }

    private Set<NetFeature> netFeatures(int maxSegments) {
        Set<NetFeature> set = EnumSet.of(NetFeature.MTU_UPDATE, NetFeature.REGISTER_DUMP);
        add(set, Feature.STATUS.in(features), NetFeature.LINK_STATUS);
        add(set, rxInterrupts(), NetFeature.RX_INTERRUPT);
        add(set, Feature.CTRL_RX.in(features), NetFeature.PROMISCUOUS);
        add(set, Feature.CTRL_RX.in(features), NetFeature.ALL_MULTICAST);
        add(set, Feature.CTRL_RX.in(features), NetFeature.MAC_FILTER);
        add(set, Feature.CTRL_VLAN.in(features), NetFeature.VLAN_FILTER);
        add(set, Feature.CTRL_MAC_ADDR.in(features), NetFeature.MAC_SET);
        add(set, Feature.MRG_RXBUF.in(features), NetFeature.SCATTERED_RX);
        add(set, maxSegments > 1, NetFeature.MULTI_SEGMENT_TX);
        add(set, pairs > 1, NetFeature.MULTI_QUEUE);
        return set;
    }

    private boolean rxInterrupts() {
        for (VirtioRxQueue q : rx) {
            if (!q.hasInterrupt()) {
                return false;
            }
        }
        return true;
    }

    private static void add(Set<NetFeature> set, boolean is, NetFeature feature) {
        if (is) {
            set.add(feature);
        }
    }

    /** All is there and runs. */
    VirtioNet done(LinkState linkNow) {
        link = linkNow;
        generation = pci.read(CommonConfig.CONFIG_GENERATION);
        return running();
    }

    /** As {@link #done}, with link and generation as somebody else saw them last. */
    VirtioNet running() {
        ops = new VirtioNetOps(name, pci, pool, settings.capabilities(), offered, features, rx, tx, settings);
        watch.attached();
        return new VirtioNet(this);
    }
}
