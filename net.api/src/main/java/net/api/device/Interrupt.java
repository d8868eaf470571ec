package net.api.device;

import org.osgi.annotation.versioning.ConsumerType;

/** One interrupt vector of an attached device. */
@ConsumerType
public interface Interrupt extends AutoCloseable {
    /**
     * Waits until the device has signalled since the last return of true, and consumes that. One waiter at a time.
     *
     * @param timeoutNanos longest wait in nanoseconds; 0 or less only looks
     * @return true if it has signalled; false after the time, or as soon as the vector is closed
     * @throws InterruptedException if the thread was interrupted
     */
    boolean await(long timeoutNanos) throws InterruptedException;

    /** Wakes the waiter and frees the vector. Again is no error. */
    @Override
    void close();
}
