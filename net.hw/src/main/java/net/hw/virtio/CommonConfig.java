package net.hw.virtio;

import static net.api.driver.Access.RO;
import static net.api.driver.Access.RW;

import net.api.driver.Access;
import net.api.driver.Register;

/** The common configuration structure, {@code virtio_pci_common_cfg}: 4.1.4.3. Offsets count from the start of its capability's range. */
public enum CommonConfig implements Register {
    DEVICE_FEATURE_SELECT(0x00, 4, RW, "which 32 feature bits device_feature shows"),
    DEVICE_FEATURE(0x04, 4, RO, "the selected feature bits that the device offers"),
    DRIVER_FEATURE_SELECT(0x08, 4, RW, "which 32 feature bits driver_feature shows"),
    DRIVER_FEATURE(0x0c, 4, RW, "the selected feature bits that the driver accepted"),
    CONFIG_MSIX_VECTOR(0x10, 2, RW, "vector for configuration changes, 0xffff for none"),
    NUM_QUEUES(0x12, 2, RO, "most virtqueues, administration queues not counted"),
    DEVICE_STATUS(0x14, 1, RW, "status bits, 2.1; writing 0 resets"),
    CONFIG_GENERATION(0x15, 1, RO, "changes when the device configuration did"),
    QUEUE_SELECT(0x16, 2, RW, "the virtqueue that the registers below belong to"),
    QUEUE_SIZE(0x18, 2, RW, "entries; the largest at reset; 0: no such queue"),
    QUEUE_MSIX_VECTOR(0x1a, 2, RW, "vector of the queue, 0xffff for none"),
    QUEUE_ENABLE(0x1c, 2, RW, "1: the device may execute requests of the queue"),
    QUEUE_NOTIFY_OFF(0x1e, 2, RO, "place of the queue in the notification structure, in multipliers"),
    QUEUE_DESC(0x20, 8, RW, "device address of the descriptor area"),
    QUEUE_DRIVER(0x28, 8, RW, "device address of the driver area: the available ring"),
    QUEUE_DEVICE(0x30, 8, RW, "device address of the device area: the used ring"),
    QUEUE_NOTIFY_DATA(0x38, 2, RO, "what to notify with if NOTIF_CONFIG_DATA was negotiated"),
    QUEUE_RESET(0x3a, 2, RW, "resets one queue if RING_RESET was negotiated");

    /** Bytes up to and with {@link #QUEUE_DEVICE}: what every version since 1.0 has. */
    public static final int SIZE_1_0 = 0x38;
    /** A vector register that is not connected. 4.1.5.1.2. */
    public static final int NO_VECTOR = 0xffff;

    private final int offset;
    private final int width;
    private final Access access;
    private final String meaning;

    CommonConfig(int offset, int width, Access access, String meaning) {
        this.offset = offset;
        this.width = width;
        this.access = access;
        this.meaning = meaning;
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
        return 0;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public Access access() {
        return access;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
