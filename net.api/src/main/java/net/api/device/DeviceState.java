package net.api.device;

/** Where a device stands with the device manager. */
public enum DeviceState {
    /** Shown, but the host does not let drivers onto it; {@link DeviceStatus#reason} says why. */
    LISTED,
    /** No driver matches, or the user detached it: {@link DeviceStatus#reason} tells which. A matching driver is attached as soon as it appears, except to a device that the user detached. */
    IDLE,
    /** A driver is being attached. */
    ATTACHING,
    /** A driver drives it. */
    ATTACHED,
    /**
     * The bundle of its driver is being updated: the device runs on in its rings, and the new version takes it over when it is there. If none comes within
     * seconds, the device is detached.
     */
    UPDATING,
    /** A driver is being detached. */
    DETACHING,
    /** Set aside after it, or its driver, failed or broke the rules too often. It comes back by an explicit attach. */
    QUARANTINED,
    /** It is gone from its host. */
    REMOVED
}
