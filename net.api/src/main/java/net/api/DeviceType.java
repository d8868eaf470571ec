package net.api;

/** The classes of device that a {@link BaseDriverOps} can be. Source: axdriver_base. Hotnic's own drivers are all {@link #NET}. */
public enum DeviceType {
    /** Block storage. */
    BLOCK,
    /** A stream of bytes. */
    CHAR,
    /** A network card. */
    NET,
    /** A display. */
    DISPLAY
}
