package net.driver.virtio;

/**
 * How long the driver waits for what may never come.
 *
 * @param resetNanos until the device says that its reset is complete
 * @param controlNanos until a command of the control queue is answered
 * @param gateNanos until the owners have left all queues
 */
record Limits(long resetNanos, long controlNanos, long gateNanos) {
    /** Together less than the 2 seconds of an attach and the 1 second of a stop. */
    static final Limits DEFAULT = new Limits(400_000_000L, 400_000_000L, 300_000_000L);
}
