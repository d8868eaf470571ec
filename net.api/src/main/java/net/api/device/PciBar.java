package net.api.device;

/**
 * A base address register. PCI Local Bus 3.0, 6.2.5.1.
 *
 * @param index 0 to 5; a 64-bit BAR takes this one and the next
 * @param type what it decodes
 * @param prefetchable reads have no side effects
 * @param address where it is, 0 if nobody assigned it
 * @param size in bytes, a power of two
 */
public record PciBar(int index, Type type, boolean prefetchable, long address, long size) {
    /** What a BAR decodes. */
    public enum Type {
        /** I/O ports. */
        IO,
        /** Memory below 4 GiB. */
        MEMORY_32,
        /** Memory anywhere. */
        MEMORY_64
    }
}
