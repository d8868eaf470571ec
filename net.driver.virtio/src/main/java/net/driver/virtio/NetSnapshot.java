package net.driver.virtio;

import java.util.Optional;
import java.util.function.Supplier;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;

/**
 * The device configuration, read in one piece. 5.1.4.
 *
 * @param mac with MAC
 * @param link {@link LinkState#UP} without STATUS: 5.1.4.2
 * @param maxPairs with MQ, else 1
 * @param mtu with MTU, else 0
 */
record NetSnapshot(Optional<EthernetAddress> mac, LinkState link, int maxPairs, int mtu) {
    private static final int TRIES = 16;

    /**
     * @param features those whose fields are read
     * @throws DevException IO if the configuration does not hold still
     */
    static NetSnapshot read(String device, VirtioPci pci, long features) {
        return stable(device, pci, () -> new NetSnapshot(
                Feature.MAC.in(features) ? Optional.of(mac(pci)) : Optional.empty(),
                linkNow(pci, features),
                Feature.MQ.in(features) ? pci.read(NetConfig.MAX_VIRTQUEUE_PAIRS, 0) : 1,
                Feature.MTU.in(features) ? pci.read(NetConfig.MTU, 0) : 0));
    }

    /** The link alone. */
    static LinkState link(String device, VirtioPci pci, long features) {
        return stable(device, pci, () -> linkNow(pci, features));
    }

    /** Fields that belong together: the generation must not change while they are read. 2.5.3. */
    private static <T> T stable(String device, VirtioPci pci, Supplier<T> fields) {
        for (int i = 0; i < TRIES; i++) {
            int before = pci.read(CommonConfig.CONFIG_GENERATION);
            T value = fields.get();
            if (pci.read(CommonConfig.CONFIG_GENERATION) == before) {
                return value;
            }
        }
        throw new DevException(DevError.IO, "%s: the device configuration changed during each of %d attempts to read it".formatted(device, TRIES));
    }

    private static EthernetAddress mac(VirtioPci pci) {
        byte[] bytes = new byte[EthernetAddress.BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) pci.read(NetConfig.MAC, i);
        }
        return EthernetAddress.of(bytes);
    }

    private static LinkState linkNow(VirtioPci pci, long features) {
        if (Feature.STATUS.in(features) && (pci.read(NetConfig.STATUS, 0) & NetConfig.LINK_UP) == 0) {
            return LinkState.DOWN;
        }
        if (!Feature.SPEED_DUPLEX.in(features)) {
            return LinkState.UP;
        }
        int speed = pci.read(NetConfig.SPEED, 0);
        return new LinkState(true, Math.max(0, speed), pci.read(NetConfig.DUPLEX, 0) != NetConfig.DUPLEX_HALF);
    }
}
