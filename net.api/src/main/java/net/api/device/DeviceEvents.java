package net.api.device;

/**
 * Topics of the Event Admin events that the device manager posts. Each event has the service properties of its device; the state afterwards is among them.
 */
public final class DeviceEvents {
    /** All of the topics below. */
    public static final String ALL = "hotnic/device/*";
    /** A device was found. */
    public static final String ADDED = "hotnic/device/ADDED";
    /** A device is gone. */
    public static final String REMOVED = "hotnic/device/REMOVED";
    /** A driver was attached. */
    public static final String ATTACHED = "hotnic/device/ATTACHED";
    /** A driver was detached. */
    public static final String DETACHED = "hotnic/device/DETACHED";
    /** Attaching failed, or the device was set aside; {@link Device#REASON} says why. */
    public static final String FAILED = "hotnic/device/FAILED";
    /** The link changed; {@link #LINK_STATE} has it. */
    public static final String LINK = "hotnic/device/LINK";
    /** The host lets drivers onto the device now, or not any more: {@link Device#STATE} is {@code idle} or {@code listed}. */
    public static final String ACCESS = "hotnic/device/ACCESS";
    /** A driver was replaced by another; {@link #FROM_DRIVER} tells which. Behind the events of what was detached and attached for it. */
    public static final String SWAPPED = "hotnic/device/SWAPPED";
    /** Event property of {@link #SWAPPED}, String: name and version of the driver before. */
    public static final String FROM_DRIVER = "driver.from";
    /** Event property of {@link #SWAPPED}, Boolean: the device ran on, the new driver took it over from the old one. */
    public static final String WARM = "swap.warm";
    /** Event property of {@link #SWAPPED}, Long: nanoseconds from the moment in which the old driver's queues were closed to that in which the new one's were open. */
    public static final String PAUSE = "swap.pause";
    /** Event property of {@link #LINK}: a {@link net.api.LinkState}. */
    public static final String LINK_STATE = "link";
    /** Event property of all, Long: how long the change took, in nanoseconds; for {@link #LINK} from the moment in which the driver saw it. */
    public static final String DURATION = "duration";

    private DeviceEvents() {
    }
}
