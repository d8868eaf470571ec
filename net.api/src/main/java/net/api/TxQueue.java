package net.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A transmit queue of an attached card. It has one owner, exactly as an {@link RxQueue}.
 */
@ProviderType
public interface TxQueue {
    /** The queue's number on its card, from 0. */
    int index();

    /** Descriptors of the ring. */
    int size();

    /**
     * Gives frames to the device, without waiting. What is accepted, a prefix of the range, belongs to the device and is nulled in the array; what
     * is not stays the caller's.
     *
     * <p>A frame must be owned, unshared, from pools of this card's host, and {@link NetDriverOps#MIN_FRAME} to {@link NetDriverOps#maxFrameLength} bytes long.
     * The batch ends before the first frame that is not; if that is the first one, the call fails. Frames of one buffer from the card's own pool are the fast
     * ones; those of other pools, clones and mapped memory ({@link NetBufShells}) are sent as they are, and go back to their pools one by one.
     *
     * @param bufs the frames, each a buffer or the head of a chain of at most {@link NetCapabilities#maxSegments}
     * @param from index of the first
     * @param count how many, 0 or more
     * @return how many were accepted, 0 for "again": the ring is full
     * @throws DevException for the first frame of the range, which stays the caller's like all others: INVALID_PARAM if it is null, too long, too
     *         short, of another host's pool, in memory that devices do not reach, or of too many segments; UNSUPPORTED if the card cannot do what its
     *         {@link NetBuf#offload} asks for; RESOURCE_BUSY if it is shared, or a clone that has the headers
     *         in which an offload changes checksums; BAD_STATE if it is not owned. BAD_STATE also if the queue is closed or owned by
     *         another thread
     * @throws IndexOutOfBoundsException if the range is not in the array
     */
    int transmit(NetBuf[] bufs, int from, int count);

    /** Whether {@link #transmit} would accept a frame of one buffer; any thread, a hint. */
    boolean canTransmit();

    /**
     * Returns the buffers of frames that the device is done with to the pool. {@link #transmit} does so by itself; an owner that stops sending calls
     * it now and then so that no buffer stays behind.
     *
     * @return how many buffers still are with the device
     * @throws DevException BAD_STATE if the queue is closed or owned by another thread
     */
    int reclaim();

    /** The owner gives the queue up; the next caller becomes the owner. No effect if nobody owns it. */
    void unbind();
}
