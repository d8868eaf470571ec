package net.api.device;

/**
 * An entry of a function's capability list.
 *
 * @param id capability id; PCI Local Bus 3.0, appendix H, or PCI Express Base 4.0, 7.7 if extended
 * @param offset of its first byte in configuration space, 0x40 to 0xfff
 * @param extended it lies in the list at 0x100 that PCI Express adds
 */
public record PciCapability(int id, int offset, boolean extended) {
    /** Power management. */
    public static final int PM = 0x01;
    /** Message signalled interrupts. */
    public static final int MSI = 0x05;
    /** Vendor specific; virtio puts its structures here. */
    public static final int VENDOR = 0x09;
    /** PCI Express. */
    public static final int EXPRESS = 0x10;
    /** Message signalled interrupts in a table. */
    public static final int MSI_X = 0x11;
}
