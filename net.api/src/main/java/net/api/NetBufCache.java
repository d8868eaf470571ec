package net.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * One thread's stock of free buffers: last in, first out, without atomic operations as long as it is neither empty nor full.
 *
 * <p>Only the thread that got it from {@link NetBufPool#cache} may call it; another gets {@link DevError#BAD_STATE}.
 */
@ProviderType
public interface NetBufCache {
    /** The pool behind it. */
    NetBufPool pool();

    /**
     * Moves free buffers into a driver's ring. They are not marked as owned; {@link NetBuf#received} does that when a packet is in them.
     *
     * @param to the ring
     * @param from first index to fill
     * @param count how many are wanted
     * @return how many there were; fewer than {@code count} means that pool and cache are exhausted, counted as one failure, and that further places up to
     *         {@code count} may have been nulled
     */
    int take(NetBuf[] to, int from, int count);

    /** One free buffer for a driver's ring, as {@link #take(NetBuf[], int, int)}; null if pool and cache are exhausted (counted). */
    NetBuf take();

    /** As {@link #give(NetBuf[], int, int)}, for one buffer. */
    void give(NetBuf buf);

    /**
     * Moves buffers that {@link #take(NetBuf[], int, int)} gave, or that a transmit accepted and the device is done with, from a driver's ring back. They need
     * not be marked as free, must be unshared, unlinked and of this pool; the places are left as they are.
     */
    void give(NetBuf[] from, int first, int count);

    /** An empty, owned buffer; null if pool and cache are exhausted (counted). */
    NetBuf allocate();

    /** As {@link NetBufPool#allocate(NetBuf[], int, int)}. */
    int allocate(NetBuf[] to, int from, int count);

    /** As {@link NetBufPool#release(NetBuf)}. */
    void release(NetBuf buf);

    /** As {@link NetBufPool#release(NetBuf[], int, int)}. */
    void release(NetBuf[] bufs, int from, int count);

    /** Returns all buffers to the pool. */
    void flush();
}
