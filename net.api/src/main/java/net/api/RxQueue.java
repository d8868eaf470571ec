package net.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A receive queue of an attached card.
 *
 * <p>It has one owner: the first thread that calls {@link #receive} or {@link #await}, until it calls {@link #unbind} or ends. Another thread gets
 * {@link DevError#BAD_STATE}. After the card was detached every call of the owner ends with BAD_STATE: that is how a polling loop learns of it.
 */
@ProviderType
public interface RxQueue {
    /** The queue's number on its card, from 0. */
    int index();

    /** Descriptors of the ring. */
    int size();

    /**
     * Takes received frames, without waiting, and posts fresh buffers in their place.
     *
     * @param to gets the frames; each entry is a buffer that the caller now owns, the head of a chain if the frame is longer than a buffer
     * @param from first index to fill
     * @param max most frames to take, 0 or more
     * @return how many, 0 for "again"
     * @throws DevException BAD_STATE if the queue is closed or owned by another thread
     * @throws IndexOutOfBoundsException if the array has no room for {@code max}
     */
    int receive(NetBuf[] to, int from, int max);

    /** Whether {@link #receive} would find something; any thread, a hint. */
    boolean canReceive();

    /**
     * Waits until a frame may be there: arms the device's interrupt, looks once more, sleeps. Without {@link NetFeature#RX_INTERRUPT} it sleeps in
     * steps of at most a millisecond.
     *
     * @param timeoutNanos longest wait in nanoseconds; 0 or less only looks
     * @return true if {@link #receive} is likely to find something
     * @throws DevException BAD_STATE as {@link #receive}; also when the queue is closed during the wait
     * @throws InterruptedException if the thread was interrupted
     */
    boolean await(long timeoutNanos) throws InterruptedException;

    /** The owner gives the queue up; the next caller becomes the owner. No effect if nobody owns it. */
    void unbind();
}
