package net.driver.virtio;

import static net.hw.virtio.Feature.ACCESS_PLATFORM;
import static net.hw.virtio.Feature.CTRL_MAC_ADDR;
import static net.hw.virtio.Feature.CTRL_RX;
import static net.hw.virtio.Feature.CTRL_VLAN;
import static net.hw.virtio.Feature.CTRL_VQ;
import static net.hw.virtio.Feature.EVENT_IDX;
import static net.hw.virtio.Feature.INDIRECT_DESC;
import static net.hw.virtio.Feature.MAC;
import static net.hw.virtio.Feature.MQ;
import static net.hw.virtio.Feature.MRG_RXBUF;
import static net.hw.virtio.Feature.MTU;
import static net.hw.virtio.Feature.SPEED_DUPLEX;
import static net.hw.virtio.Feature.STATUS;
import static net.hw.virtio.Feature.VERSION_1;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import net.api.DevError;
import net.api.DevException;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;

/** Which of the offered features are accepted: those that the driver knows, whose own requirements are met (5.1.3.1), and whose configuration is there. */
final class Negotiation {
    private static final List<Feature> KNOWN = List.of(VERSION_1, ACCESS_PLATFORM, EVENT_IDX, INDIRECT_DESC, MAC, STATUS, MTU, MRG_RXBUF, SPEED_DUPLEX,
            CTRL_VQ, CTRL_RX, CTRL_VLAN, CTRL_MAC_ADDR, MQ);
    private static final List<Feature> NEED_CONTROL = List.of(CTRL_RX, CTRL_VLAN, CTRL_MAC_ADDR, MQ);
    private static final Map<Feature, NetConfig> FIELD = new EnumMap<>(Map.of(MAC, NetConfig.MAC, STATUS, NetConfig.STATUS, MTU, NetConfig.MTU,
            MQ, NetConfig.MAX_VIRTQUEUE_PAIRS, SPEED_DUPLEX, NetConfig.DUPLEX));

    private Negotiation() {
    }

    /**
     * @param device for the message
     * @param offered what the device offers
     * @param has whether the device configuration is long enough for a field
     * @param queuePairs how many are wanted
     * @return a subset of {@code offered}
     * @throws DevException UNSUPPORTED without VERSION_1
     */
    static long accept(String device, long offered, Predicate<NetConfig> has, int queuePairs) {
        if (!VERSION_1.in(offered)) {
            throw new DevException(DevError.UNSUPPORTED, "%s: the device does not offer VERSION_1, only %s: this driver needs virtio 1.0 or later"
                    .formatted(device, Feature.text(offered)));
        }
        long accepted = 0;
        for (Feature f : KNOWN) {
            boolean met = (!NEED_CONTROL.contains(f) || CTRL_VQ.in(offered)) && (!FIELD.containsKey(f) || has.test(FIELD.get(f)))
                    && (f != MQ || queuePairs > 1);
            if (met) {
                accepted |= offered & f.mask();
            }
        }
        return accepted;
    }
}
