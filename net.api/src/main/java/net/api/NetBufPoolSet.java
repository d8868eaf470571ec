package net.api;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Pools of one host with buffers of different sizes, the size classes, behind one service: an application asks for bytes and gets a buffer of the smallest class
 * that has one. Registered with the properties {@link NetBufPool#SET} and {@link NetBufPool#HOST}.
 *
 * <p>A card receives into buffers of one class, its own pool. Classes come and go as their pools do. Any thread.
 *
 * <p>Source: size classes as allocators have them; the buffer classes of mbuf clusters in BSD (2 KiB, page, 9 KiB, 16 KiB).
 */
@ProviderType
public interface NetBufPoolSet {
    /** The name for users, unique in its host, such as {@code default}. */
    String name();

    /** Name of the host whose devices reach the memory of all classes. */
    String host();

    /** The classes, those with the least data room first; at least one while the service is there. */
    List<NetBufPool> pools();

    /**
     * The smallest class whose buffers have room, whether it has a free one or not: for what is allocated often, or in batches.
     *
     * @param size bytes behind the headroom, 0 or more
     * @throws DevException INVALID_PARAM if no class has that much room, or if it is negative
     */
    NetBufPool poolFor(int size);

    /**
     * An empty, owned buffer of the smallest class that has room and a free buffer: when a class is exhausted, which it counts, the next larger one steps in.
     *
     * @param size bytes behind the headroom, 0 or more
     * @return null if all classes with so much room are exhausted
     * @throws DevException INVALID_PARAM if no class has that much room, or if it is negative
     */
    NetBuf allocate(int size);

    /**
     * As {@link #allocate(int)}, with a packet in it.
     *
     * @param data the packet, which the calling thread may read
     */
    NetBuf allocate(MemorySegment data);

    /**
     * A copy of a whole frame, chained or not, in one buffer, which the caller owns alone. The header is not copied.
     *
     * @return null if all classes with so much room are exhausted
     * @throws DevException INVALID_PARAM if no class has that much room: {@link NetBuf#copy} makes a chain; BAD_STATE if a buffer of the frame is not owned
     */
    NetBuf copy(NetBuf frame);
}
