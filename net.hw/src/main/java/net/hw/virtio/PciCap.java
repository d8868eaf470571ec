package net.hw.virtio;

/**
 * PCI ids, 4.1.2, and the vendor capability that says where a structure is, {@code virtio_pci_cap}: 4.1.4.
 *
 * <pre>
 *         31          24 23          16 15           8 7            0
 *   0x00 |  cfg_type    |   cap_len    |   cap_next   |   cap_vndr   |
 *   0x04 |          padding            |      id      |     bar      |
 *   0x08 |                          offset                           |
 *   0x0c |                          length                           |
 *   0x10 |          notify_off_multiplier (cfg_type 2 only)          |
 * </pre>
 */
public final class PciCap {
    /** Vendor id of all virtio devices. */
    public static final int VENDOR_ID = 0x1af4;
    /** Device id of a network device, non-transitional: 0x1040 + its virtio id. */
    public static final int NET_DEVICE_ID = 0x1041;
    /** Device id of a transitional network device. */
    public static final int NET_TRANSITIONAL_DEVICE_ID = 0x1000;

    /** One byte: the capability's length, itself included. */
    public static final int CAP_LEN = 0x02;
    /** One byte: which structure. */
    public static final int CFG_TYPE = 0x03;
    /** One byte: BAR 0 to 5; others are reserved. */
    public static final int BAR = 0x04;
    /** One byte: which of several structures of one type. */
    public static final int ID = 0x05;
    /** Four bytes: where the structure begins in the BAR. */
    public static final int OFFSET = 0x08;
    /** Four bytes: its length. */
    public static final int LENGTH = 0x0c;
    /** Four bytes: of a notification capability, 4.1.4.4. An even power of two, or 0. */
    public static final int NOTIFY_OFF_MULTIPLIER = 0x10;
    /** Shortest capability. */
    public static final int MIN_LEN = 0x10;
    /** Shortest notification capability. */
    public static final int MIN_NOTIFY_LEN = 0x14;

    /** {@link #CFG_TYPE}: {@link CommonConfig}. */
    public static final int COMMON_CFG = 1;
    /** {@link #CFG_TYPE}: notifications. */
    public static final int NOTIFY_CFG = 2;
    /** {@link #CFG_TYPE}: {@link IsrStatus}. */
    public static final int ISR_CFG = 3;
    /** {@link #CFG_TYPE}: {@link NetConfig}. */
    public static final int DEVICE_CFG = 4;
    /** {@link #CFG_TYPE}: a window to the BARs in configuration space. */
    public static final int PCI_CFG = 5;
    /** {@link #CFG_TYPE}: shared memory. */
    public static final int SHARED_MEMORY_CFG = 8;
    /** {@link #CFG_TYPE}: vendor data. */
    public static final int VENDOR_CFG = 9;

    private PciCap() {
    }
}
