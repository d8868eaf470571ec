package net.api.driver;

import java.util.function.Consumer;
import net.api.device.Device;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Finds the driver's bundle for a device that has no driver: the part of OSGi Device Access (chapter 103) of the same name. A service; the device manager asks
 * every one that is there, once for each device that no driver matches.
 */
@ConsumerType
public interface DriverLocator {
    /**
     * Looks for the driver of a device. Returns at once; what follows happens elsewhere. When a driver is registered, the device manager attaches it.
     *
     * @param device no driver matches it
     * @param answer gets a sentence for users, shown with the device until it has a driver, such as {@code bundle X in repository Y drives this}; any thread, any
     *        number of times
     */
    void locate(Device device, Consumer<String> answer);
}
