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
 * @param node the NUMA node that the memory must be of, 0 or more; -1 for any. A host that cannot see to it refuses
 */
public record DmaRequest(String purpose, long bytes, long alignment, boolean contiguous, boolean below4GiB, int node) {
    /** Any NUMA node. */
    public static final int ANY_NODE = -1;

    /** @throws DevException INVALID_PARAM if a number is out of range */
    public DmaRequest {
        if (bytes < 1 || alignment < 1 || Long.bitCount(alignment) != 1) {
            throw new DevException(DevError.INVALID_PARAM, "DMA memory for %s: %d bytes aligned to %d: both must be positive, the alignment a power of two"
                    .formatted(purpose, bytes, alignment));
        }
        if (node < ANY_NODE) {
            throw new DevException(DevError.INVALID_PARAM, "DMA memory for %s: NUMA node %d: give 0 or more, or -1 for any".formatted(purpose, node));
        }
    }

    /** Memory of any NUMA node. */
    public DmaRequest(String purpose, long bytes, long alignment, boolean contiguous, boolean below4GiB) {
        this(purpose, bytes, alignment, contiguous, below4GiB, ANY_NODE);
    }

    /**
     * For hosts without NUMA nodes.
     *
     * @param host its name
     * @throws DevException UNSUPPORTED if a node is asked for
     */
    public void refuseNode(String host) {
        if (node != ANY_NODE) {
            throw new DevException(DevError.UNSUPPORTED, "%s is wanted on NUMA node %d, and host %s has no nodes: leave numa at -1".formatted(purpose, node, host));
        }
    }
}
