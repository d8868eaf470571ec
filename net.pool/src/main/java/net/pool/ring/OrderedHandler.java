package net.pool.ring;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/** Takes packets in order out of an {@link OrderedBuffer}. */
@ConsumerType
@FunctionalInterface
public interface OrderedHandler {
    /**
     * Looks at the next packet.
     *
     * @param sequence its number, 0 to 2^bits - 1; of 64 bits all, so perhaps negative
     * @param memory the buffer's whole memory, read-only; the packet is valid until return
     * @param offset where the packet begins in it, in bytes
     * @param length its length in bytes, 0 or more
     * @param arrival the time at which it was inserted
     * @return true if it was dealt with and is to be removed; false if it is to stay the next
     */
    boolean packet(long sequence, MemorySegment memory, long offset, int length, long arrival);

    /**
     * Numbers were given up; called before the packet that follows on them, each time that packet is shown.
     *
     * @param first the first of them
     * @param count how many, 1 or more
     */
    default void gap(long first, long count) {
    }
}
