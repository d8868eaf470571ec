package net.api;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A set of equal packet buffers in DMA memory. Registered as a service with the properties {@link #NAME} and {@link #HOST}.
 *
 * <p>All methods may be called from any thread; the packet path works with a {@link #cache} instead. At every moment
 * free + cached + owned by applications + in flight in devices = capacity.
 *
 * <p>Source: NetBufPool of axdriver_net (sizes, one contiguous memory), DmaBufferPool of VeridianOS (DMA addresses, statistics),
 * PacketPool of arcbox (batches, handles).
 */
@ProviderType
public interface NetBufPool {
    /** Smallest data room: 12 bytes of virtio-net header, 14 of Ethernet header, 1500 of payload. Source: axdriver_net. */
    int MIN_DATA_ROOM = 1526;
    /** Largest data room, so that every length fits 16 bits. Source: axdriver_net. */
    int MAX_DATA_ROOM = 65_535;
    /** Bytes in front of a packet that the pool leaves free, as DPDK's {@code RTE_PKTMBUF_HEADROOM}. */
    int HEADROOM = 128;
    /** Most buffers of a pool: an index has 24 bits in a handle. */
    int MAX_CAPACITY = 1 << 24;
    /** Service property, String: the pool's name, unique in its host. */
    String NAME = "net.pool.name";
    /** Service property, String: the {@link net.api.host.DeviceHost#name} whose devices reach this memory. */
    String HOST = "net.pool.host";
    /** Service property, String: the {@link NetBufPoolSet} in which the pool is a size class; absent if in none. */
    String SET = "net.pool.set";

    /** The name for users, such as {@code default}. */
    String name();

    /** 1 to 65 535, unique among the live pools of a runtime; the top bits of {@link NetBuf#detach}'s handles. */
    int id();

    /** Name of the host whose devices reach the memory: {@link net.api.host.DeviceHost#name}. */
    String host();

    /** The NUMA node that the memory is of, from 0; -1 where that is not known. */
    default int node() {
        return -1;
    }

    /** Number of buffers; a pool may grow and shrink. */
    int capacity();

    /** Bytes of a buffer behind the headroom: {@link #MIN_DATA_ROOM} to {@link #MAX_DATA_ROOM}; 0 for {@link NetBufShells}. */
    int dataRoom();

    /** Bytes of a buffer in front of a packet. */
    int headroom();

    /**
     * An empty, owned buffer.
     *
     * @return null if the pool is exhausted (counted) or closed
     */
    NetBuf allocate();

    /**
     * As many empty, owned buffers as there are.
     *
     * @param to gets the buffers
     * @param from first index to fill
     * @param count how many are wanted, 0 or more
     * @return how many there were; fewer than {@code count} is counted as one failure, and further places up to {@code count} may have been nulled
     * @throws IndexOutOfBoundsException if the array has no room for {@code count}
     */
    int allocate(NetBuf[] to, int from, int count);

    /**
     * An owned buffer with a packet in it.
     *
     * @param data has the packet
     * @param from index of its first byte
     * @param count its bytes, 0 to {@link #dataRoom}
     * @return null if the pool is exhausted (counted) or closed
     * @throws DevException INVALID_PARAM if it is longer than the data room; nothing is allocated then
     * @throws IndexOutOfBoundsException if the range is not in the array; nothing is allocated then
     */
    default NetBuf allocate(byte[] data, int from, int count) {
        Objects.checkFromIndexSize(from, count, data.length);
        return allocate(MemorySegment.ofArray(data).asSlice(from, count));
    }

    /**
     * An owned buffer with a packet in it.
     *
     * @param data the packet, 0 to {@link #dataRoom} bytes, which the calling thread may read
     * @return null if the pool is exhausted (counted) or closed
     * @throws DevException INVALID_PARAM if it is longer than the data room; nothing is allocated then
     */
    default NetBuf allocate(MemorySegment data) {
        long n = data.byteSize();
        if (n > dataRoom()) {
            throw new DevException(DevError.INVALID_PARAM, "a packet of " + n + " bytes does not fit into a buffer of pool " + name() + " with room for "
                    + dataRoom() + ": use a pool with a larger dataRoom, or chain buffers");
        }
        NetBuf b = allocate();
        if (b != null) {
            try {
                b.setLength((int) n);
                b.copyFrom(0, data, 0, (int) n);
            } catch (RuntimeException | Error e) {
                b.release();
                throw e;
            }
        }
        return b;
    }

    /**
     * Gives up one reference of each buffer of a frame.
     *
     * @throws DevException BAD_STATE if a buffer is not owned (released twice, with a device); INVALID_PARAM if it is of another pool;
     *         counted, and nothing is changed
     */
    void release(NetBuf buf);

    /**
     * Releases several frames and nulls their places. Nulls are passed over. If one is refused, those before it are released and nulled.
     *
     * @throws DevException as {@link #release(NetBuf)}
     * @throws IndexOutOfBoundsException if the range is not in the array
     */
    void release(NetBuf[] bufs, int from, int count);

    /**
     * For pools: gives up one reference of this buffer alone, not of the chain behind it.
     *
     * @throws DevException as {@link #release(NetBuf)}
     */
    void releaseOne(NetBuf buf);

    /**
     * The owned buffer that a handle of {@link NetBuf#detach} stands for. A handle works once.
     *
     * @throws DevException INVALID_PARAM if the handle is of another pool or out of range; BAD_STATE if it is stale; counted
     */
    NetBuf attach(long handle);

    /**
     * The calling thread's own cache; the same one at each call. Its buffers return to the pool when {@link NetBufCache#flush} is called, when others find
     * the pool empty, also if the thread sleeps or has ended, or when the pool closes.
     *
     * @throws DevException BAD_STATE if the pool is closed
     */
    NetBufCache cache();

    /**
     * For attachments, after the device was stopped: takes back every buffer that a driver's ring still holds and nulls the places; frames of other pools of the
     * host, which the device was sending, go back to theirs. What is a driver's mistake there, a buffer of another host's pool, one that an application owns, the
     * same one again, is left alone, logged, and counted as misuse.
     *
     * @return how many came back
     */
    int reclaim(NetBuf[] ring);

    /**
     * Called for a {@linkplain NetBuf#follow followed} buffer by the thread that is about to own it: it is being allocated, or received from a device. A pool
     * that does not look for leaks follows none.
     */
    default void taken(NetBuf buf) {
    }

    /**
     * Called for a {@linkplain NetBuf#follow followed} buffer by a thread that retained it, gives up a reference that is not the last, turned a handle into it,
     * or calls {@link NetBuf#touch}.
     */
    default void touched(NetBuf buf) {
    }

    /**
     * The pool's shells, for clones of its buffers and of others of the same host, and for memory of the application's own.
     *
     * @throws DevException UNSUPPORTED if the pool has none
     */
    default NetBufShells shells() {
        throw new DevException(DevError.UNSUPPORTED, "pool " + name() + " of host " + host() + " has no shells: configure some, or copy the frame");
    }

    /** Counters and fill, read one after the other; no sample shows a value outside 0 to capacity. */
    PoolStatistics statistics();
}
