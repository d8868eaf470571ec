package net.testkit;

import java.util.Optional;

/**
 * The far end of the cable that a card under test is plugged into: puts frames on the cable as they are and takes off what the card sent. Nothing is lost
 * between the two; a cable that is full makes {@link #send} wait. One thread sends, and one receives, at a time.
 */
public interface CableEnd extends AutoCloseable {
    /**
     * Puts a frame on the cable.
     *
     * @param frame from the destination address to the last byte of payload
     * @param timeoutNanos longest wait for room, in nanoseconds
     * @return false if there was no room in that time, or the cable is cut; the frame is not sent then
     */
    boolean send(byte[] frame, long timeoutNanos);

    /**
     * Takes the next frame that the card sent.
     *
     * @param timeoutNanos longest wait in nanoseconds; 0 or less only looks
     * @return the frame; empty if none came in that time
     */
    Optional<byte[]> receive(long timeoutNanos);

    /** Cuts the cable. Again is no error. */
    @Override
    void close();
}
