package net.pci;

import net.api.driver.DeviceConfig;

/**
 * What the user wants of a device, and of whom it gets buffers.
 *
 * @param config for the driver
 * @param pool name of the buffer pool of the device's host
 */
public record DeviceSettings(DeviceConfig config, String pool) {
    /** {@link DeviceConfig#DEFAULT}, pool {@code default}. */
    public static final DeviceSettings DEFAULT = new DeviceSettings(DeviceConfig.DEFAULT, "default");
}
