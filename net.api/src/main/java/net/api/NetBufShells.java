package net.api;

import java.lang.foreign.MemorySegment;
import net.api.device.DmaMemory;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A pool of buffers without memory of their own: while one is out, it refers to memory of somebody else. Fixed in number, made beforehand, counted, cached and
 * released as all buffers are. Any thread.
 *
 * <p>A clone makes one packet several frames, for several queues, cards or threads, without a copy. What {@link #allocate()} gives refers to nothing, and has
 * no room.
 *
 * <p>Source: indirect mbufs and external buffers of DPDK ({@code rte_pktmbuf_clone}, {@code rte_pktmbuf_attach_extbuf}). Their count is kept here in the one
 * place where every buffer has it, and touched only when there is a clone.
 */
@ProviderType
public interface NetBufShells extends NetBufPool {
    /**
     * A second frame with the same bytes: a shell for each buffer, which refers to that buffer's memory and holds a reference of it. The view of the clone is its
     * own, what a card found out is the same, there is no offload; its bytes can be read and not written. The buffers of the original are shared, and so not to
     * be changed or sent, until all clones were released. Whoever wants to send a frame to several queues, sends clones, and releases the original.
     *
     * @param frame owned, of pools of this host; clones and wrapped memory can be cloned as well
     * @return null if there are not enough free shells (counted)
     * @throws DevException BAD_STATE if a buffer of the frame is not owned; INVALID_PARAM if one is of another host's pool
     */
    NetBuf cloneOf(NetBuf frame);

    /**
     * Lets the devices of the host reach memory of the application's own, for {@link #wrap(DmaMemory, long, int, Runnable)}.
     *
     * @param memory native, of a shared arena or the global one, that starts and ends on a border of 4096 bytes. The arena must not be closed before
     *         the mapping is
     * @return what tells the device addresses. Closing it fails with RESOURCE_BUSY while wrapped packets are out, and leaves the memory as it is
     * @throws DevException UNSUPPORTED if the host cannot; INVALID_PARAM if the memory is not such; NO_MEMORY if the host has no more room for it
     */
    DmaMemory map(MemorySegment memory);

    /**
     * A packet in memory that was mapped: it can be sent as it is.
     *
     * @param memory of {@link #map} of these shells
     * @param at where the packet starts in it
     * @param count bytes, 1 to 65 663, at device addresses that do not jump
     * @param released called when the last reference was given up, by whoever does so: a driver perhaps, once the device is done. Short, and does not throw
     * @return a buffer of just these bytes, which the caller owns; null if there is no free shell (counted)
     * @throws DevException INVALID_PARAM if the memory was not mapped here, was closed, or if the range is not such
     */
    NetBuf wrap(DmaMemory memory, long at, int count, Runnable released);

    /**
     * A packet in memory that devices do not reach: it can be read, written, cloned and copied, but not sent.
     *
     * @param memory native, of a shared arena or the global one, 1 to 65 663 bytes
     * @param released as {@link #wrap(DmaMemory, long, int, Runnable)}
     * @return a buffer of just these bytes, which the caller owns; null if there is no free shell (counted)
     * @throws DevException INVALID_PARAM if the memory is not such
     */
    NetBuf wrap(MemorySegment memory, Runnable released);
}
