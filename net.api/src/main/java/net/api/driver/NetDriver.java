package net.api.driver;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver: code that knows one family of cards, and no state. Registered as a service by the driver's bundle, which also declares the
 * capability {@link #CAPABILITY} with the same ids, so that the bundle can be found for a device without starting it.
 *
 * <p>Of several drivers that match a device, the device manager takes the one with the highest {@link DeviceMatch#score}, then the highest
 * {@code service.ranking}, then the highest bundle version, then the lowest {@code service.id}.
 */
@ConsumerType
public interface NetDriver {
    /**
     * Namespace of the capability with attributes {@code bus}, and {@code id}: a {@link DeviceMatch#text} (pci: vendor:device), or a list of them. One with a comma in it, as
     * device trees have them, is no element of a list, because tools do not agree on how it is escaped there: it has a capability of its own.
     */
    String CAPABILITY = "hotnic.driver";

    /** Short, lower case, such as {@code virtio-net}. */
    String name();

    /** The id table. Constant. */
    List<DeviceMatch> matches();

    /**
     * Resets the device, sets it up and starts it: when the call returns, frames flow. Called on the device manager's thread, with memory decoding on and
     * bus mastering off. All waits together take less than 2 seconds.
     *
     * <p>If it fails, the attachment turns DMA off and frees all that was taken from it; the driver need not.
     *
     * @param attachment where the driver gets everything from; valid until {@link DriverInstance#stop} has returned
     * @return the running device
     * @throws net.api.DevException INVALID_PARAM for a configuration value that this device cannot take; UNSUPPORTED for a device that the driver cannot
     *         drive, with what is missing; IO if the device does not answer as it should; NO_MEMORY
     */
    DriverInstance attach(Attachment attachment);

    /**
     * Goes on with a running device where another version of the driver left it. The attachment gives what that one had: {@link Attachment#map},
     * {@link Attachment#allocateDma}, {@link Attachment#ring} and {@link Attachment#interrupts} with the same purpose and size are the same windows, memory,
     * rings and vectors, as they are. The device runs meanwhile.
     *
     * <p>Until the call returns nothing may be written to the device, its memory or its rings: if it fails, the old version goes on from the same state. What
     * a queue's owner does later is free.
     *
     * @throws net.api.DevException UNSUPPORTED if this driver cannot go on from that state: the device is then detached, and attached anew. Anything else is a
     *         failure: the old version gets the device back
     */
    default DriverInstance takeOver(Attachment attachment, HandOver state) {
        throw new DevException(DevError.UNSUPPORTED, name() + " does not take over running devices");
    }
}
