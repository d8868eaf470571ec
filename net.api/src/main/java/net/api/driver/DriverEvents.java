package net.api.driver;

import net.api.device.Device;
import net.api.device.DeviceEvents;

/**
 * Topics of the Event Admin events of bundles that were found for devices: what a {@link DriverLocator} installs and takes away. Each event has the bundle's name and
 * version under Event Admin's own names, {@code bundle.symbolicName} and {@code bundle.version}.
 */
public final class DriverEvents {
    /** All of the topics below. */
    public static final String ALL = "hotnic/driver/*";
    /** A driver's bundle was installed and started, with what it needs. */
    public static final String INSTALLED = "hotnic/driver/INSTALLED";
    /** A bundle that was installed so was uninstalled by command. */
    public static final String UNINSTALLED = "hotnic/driver/UNINSTALLED";
    /** One of the two failed; {@link #REASON} says why. What was installed meanwhile is gone again. */
    public static final String FAILED = "hotnic/driver/FAILED";
    /** Event property of {@link #INSTALLED}, String: the device that it was installed for. */
    public static final String DEVICE = Device.ADDRESS;
    /** Event property of {@link #INSTALLED}, String: where it was found. */
    public static final String REPOSITORY = "repository";
    /** Event property of {@link #FAILED}, String. */
    public static final String REASON = "reason";
    /** Event property of all, Long: how long it took, in nanoseconds. */
    public static final String DURATION = DeviceEvents.DURATION;

    private DriverEvents() {
    }
}
