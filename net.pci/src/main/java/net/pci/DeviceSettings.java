package net.pci;

import net.api.driver.DeviceConfig;

/**
 * What the user wants of a device, of whom it gets buffers, and which driver it is held to.
 *
 * @param config for the driver
 * @param pool name of the buffer pool of the device's host
 * @param driver the driver that is taken first, in the words of {@link net.api.device.DeviceManager#swap}; "" for the best
 */
public record DeviceSettings(DeviceConfig config, String pool, String driver) {
    /** {@link DeviceConfig#DEFAULT}, pool {@code default}, the best driver. */
    public static final DeviceSettings DEFAULT = new DeviceSettings(DeviceConfig.DEFAULT, "default", "");

    /** The same with another configuration. */
    DeviceSettings with(DeviceConfig other) {
        return new DeviceSettings(other, pool, driver);
    }
}
