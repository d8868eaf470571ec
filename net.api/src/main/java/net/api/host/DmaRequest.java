package net.api.host;

import net.api.DevError;
import net.api.DevException;

/**
 * A wish for DMA memory.
 *
 * @param purpose what for, in messages, such as {@code pool default}
 * @param bytes how much, 1 or more
 * @param alignment of the first byte's device address, a power of two, 1 or more
 * @param contiguous the device addresses must not jump
 * @param below4GiB every device address must fit in 32 bits
 */
public record DmaRequest(String purpose, long bytes, long alignment, boolean contiguous, boolean below4GiB) {
    /** @throws DevException INVALID_PARAM if a number is out of range */
    public DmaRequest {
        if (bytes < 1 || alignment < 1 || Long.bitCount(alignment) != 1) {
            throw new DevException(DevError.INVALID_PARAM, "DMA memory for %s: %d bytes aligned to %d: both must be positive, the alignment a power of two"
                    .formatted(purpose, bytes, alignment));
        }
    }
}
