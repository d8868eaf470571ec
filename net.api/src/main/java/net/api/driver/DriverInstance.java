package net.api.driver;

import java.util.Optional;
import net.api.NetDriverOps;
import org.osgi.annotation.versioning.ConsumerType;

/** A driver at work on a device. The device manager calls it from its own thread, never two calls at once. */
@ConsumerType
public interface DriverInstance {
    /** What applications get; the same object each time. */
    NetDriverOps ops();

    /**
     * Looks after the device, about ten times a second while attached: is it there, does it want a reset, has the link changed. Must not wait, and must not
     * touch what queue owners own. Tells the attachment what it finds.
     */
    void housekeep();

    /**
     * Closes the queues, waits until their owners have left ({@link OwnerGate#close}), and makes the device stop DMA. Also called for a device that is gone.
     * Buffers stay in the rings for the attachment to take back. Waits are bounded, a second together.
     *
     * @return true if no thread is inside of a queue and the device confirmed that it stopped, or is gone; false if that is not sure: the attachment then
     *         keeps the memory until it is
     */
    boolean stop();

    /**
     * Closes the queues as {@link #stop} does, leaves the device, its DMA and its interrupts running, and tells the state from which another version of the
     * driver goes on ({@link NetDriver#takeOver}). Waits are bounded as those of stop. Afterwards this instance is not called any more, but for stop, if
     * nobody goes on.
     *
     * @return empty if that is not possible: the driver does not hand over, a thread did not leave, the device does not work as it should
     */
    default Optional<HandOver> handOver() {
        return Optional.empty();
    }
}
