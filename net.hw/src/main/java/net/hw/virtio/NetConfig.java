package net.hw.virtio;

import net.api.driver.Access;
import net.api.driver.Register;

/** The configuration of a network device, {@code virtio_net_config}: 5.1.4. A driver only reads; a field is there if its feature was offered. */
public enum NetConfig implements Register {
    MAC(0x00, 1, 6, "MAC address, first byte on the wire first", Feature.MAC),
    STATUS(0x06, 2, 1, "LINK_UP 1, ANNOUNCE 2", Feature.STATUS),
    MAX_VIRTQUEUE_PAIRS(0x08, 2, 1, "most receive and transmit queues, 1 to 0x8000", Feature.MQ, Feature.RSS),
    MTU(0x0a, 2, 1, "largest MTU of the driver, 68 to 65535", Feature.MTU),
    SPEED(0x0c, 4, 1, "Mb/s, 0 to 0x7fffffff, 0xffffffff: unknown", Feature.SPEED_DUPLEX),
    DUPLEX(0x10, 1, 1, "0 half, 1 full, 0xff unknown", Feature.SPEED_DUPLEX),
    RSS_MAX_KEY_SIZE(0x11, 1, 1, "longest key in bytes", Feature.RSS, Feature.HASH_REPORT),
    RSS_MAX_INDIRECTION_TABLE_LENGTH(0x12, 2, 1, "16-bit entries", Feature.RSS),
    SUPPORTED_HASH_TYPES(0x14, 4, 1, "bit mask of hash types", Feature.RSS, Feature.HASH_REPORT);

    /** Bit 0 of {@link #STATUS}. */
    public static final int LINK_UP = 1;
    /** Bit 1 of {@link #STATUS}. */
    public static final int ANNOUNCE = 2;
    /** {@link #MAX_VIRTQUEUE_PAIRS}: the most that there can be. */
    public static final int MAX_PAIRS = 0x8000;
    /** {@link #MTU}: the least that a device may say. */
    public static final int MIN_MTU = 68;
    /** {@link #SPEED}: the device does not know. */
    public static final int SPEED_UNKNOWN = -1;
    /** {@link #DUPLEX}: half. */
    public static final int DUPLEX_HALF = 0;
    /** {@link #DUPLEX}: full. */
    public static final int DUPLEX_FULL = 1;
    /** {@link #DUPLEX}: the device does not know. */
    public static final int DUPLEX_UNKNOWN = 0xff;

    private final int offset;
    private final int width;
    private final int count;
    private final String meaning;
    private final long features;

    NetConfig(int offset, int width, int count, String meaning, Feature... features) {
        this.offset = offset;
        this.width = width;
        this.count = count;
        this.meaning = meaning;
        long bits = 0;
        for (Feature f : features) {
            bits |= f.mask();
        }
        this.features = bits;
    }

    /** The field is there if the device offers these features: one of those that it belongs to. 5.1.4. */
    public boolean isThere(long offered) {
        return (offered & features) != 0;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int stride() {
        return count > 1 ? width : 0;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Access access() {
        return Access.RO;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
