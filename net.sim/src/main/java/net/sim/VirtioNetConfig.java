package net.sim;

import net.api.EthernetAddress;
import net.hw.virtio.Feature;

/**
 * How a virtio network card is built.
 *
 * @param mac its address
 * @param features what it offers, bits by the numbers of virtio 1.2, 5.1.3 and 6; VERSION_1 must be among them
 * @param mtu what it tells as largest MTU, 68 to 65521
 * @param queueSize entries of receive and transmit queue, a power of two, 2 to 32768
 * @param vectors of MSI-X, 1 to 128
 * @param notifyMultiplier distance of the queues' notification registers in bytes: 0, or a power of two from 2 to 1024
 */
public record VirtioNetConfig(EthernetAddress mac, long features, int mtu, int queueSize, int vectors, int notifyMultiplier) {
    /** All that the model can do. */
    public static final long ALL_FEATURES = bits(Feature.MTU, Feature.MAC, Feature.MRG_RXBUF, Feature.STATUS, Feature.CTRL_VQ, Feature.CTRL_RX, Feature.CTRL_VLAN,
            Feature.CTRL_RX_EXTRA, Feature.GUEST_ANNOUNCE, Feature.CTRL_MAC_ADDR, Feature.INDIRECT_DESC, Feature.EVENT_IDX, Feature.VERSION_1,
            Feature.ACCESS_PLATFORM, Feature.RING_RESET, Feature.SPEED_DUPLEX);

    /** @throws IllegalArgumentException if a number is out of range, or a feature is offered that the model does not have */
    public VirtioNetConfig {
        check(mac.isValidUnicast(), "a card cannot have the address " + mac);
        check((features & ~ALL_FEATURES) == 0, "not modelled: " + Feature.text(features & ~ALL_FEATURES));
        check(Feature.VERSION_1.in(features), "VERSION_1 is not offered");
        check(mtu >= 68 && mtu <= 65_521, "MTU " + mtu + ": 68 to 65521");
        check(queueSize >= 2 && queueSize <= 32_768 && Integer.bitCount(queueSize) == 1, "queue size " + queueSize + ": a power of two, 2 to 32768");
        check(vectors >= 1 && vectors <= MsixTable.MAX_VECTORS, vectors + " vectors: 1 to " + MsixTable.MAX_VECTORS);
        check(notifyMultiplier == 0 || notifyMultiplier >= 2 && notifyMultiplier <= 1024 && Integer.bitCount(notifyMultiplier) == 1,
                "notify multiplier " + notifyMultiplier + ": 0, or a power of two from 2 to 1024");
    }

    private static void check(boolean right, String text) {
        if (!right) {
            throw new IllegalArgumentException(text);
        }
    }

    /** Every feature, MTU 1500, queues of 256, four vectors. */
    public static VirtioNetConfig of(EthernetAddress mac) {
        return new VirtioNetConfig(mac, ALL_FEATURES, 1500, 256, 4, 4);
    }

    private static long bits(Feature... features) {
        long bits = 0;
        for (Feature f : features) {
            bits |= f.mask();
        }
        return bits;
    }

    /** The same with other features. */
    public VirtioNetConfig withFeatures(long bits) {
        return new VirtioNetConfig(mac, bits, mtu, queueSize, vectors, notifyMultiplier);
    }

    /** The same without the features whose bits are set. */
    public VirtioNetConfig without(long bits) {
        return withFeatures(features & ~bits);
    }

    /** The same with another MTU. */
    public VirtioNetConfig withMtu(int other) {
        return new VirtioNetConfig(mac, features, other, queueSize, vectors, notifyMultiplier);
    }

    /** The same with other queues. */
    public VirtioNetConfig withQueueSize(int size) {
        return new VirtioNetConfig(mac, features, mtu, size, vectors, notifyMultiplier);
    }

    /** The same with another number of vectors. */
    public VirtioNetConfig withVectors(int count) {
        return new VirtioNetConfig(mac, features, mtu, queueSize, count, notifyMultiplier);
    }

    /** The same with another distance of the notification registers. */
    public VirtioNetConfig withNotifyMultiplier(int bytes) {
        return new VirtioNetConfig(mac, features, mtu, queueSize, vectors, bytes);
    }
}
