package net.api.device;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A window of device registers, little-endian. Implementations compare every access with the window's size.
 *
 * <p>A write has reached the device's bus before anything that the same thread writes to DMA memory or registers later, and after what it wrote earlier.
 * A read is not reordered with any of them. Values are those of the device: all ones from a register that cannot hold them means that it is gone.
 *
 * <p>Offsets are multiples of the access's width; another one, or one outside of the window, gives IndexOutOfBoundsException. After the device was
 * detached an access gives {@code IllegalStateException}. Any thread.
 */
@ConsumerType
public interface Mmio {
    /** Bytes in the window. */
    long size();

    /** The byte at {@code offset}, 0 to 255. */
    int read8(long offset);

    /** The two bytes at {@code offset}, 0 to 65 535. */
    int read16(long offset);

    /** The four bytes at {@code offset}. */
    int read32(long offset);

    /** Writes the low byte of {@code value}. */
    void write8(long offset, int value);

    /** Writes the low two bytes of {@code value}. */
    void write16(long offset, int value);

    /** Writes four bytes. */
    void write32(long offset, int value);
}
