package net.linux.device;

/** What the kernel says of a device that it has lent. */
public enum Signal {
    /** It wants the device back, and waits until it has it. */
    REQUEST,
    /** The device, or the bus to it, has failed beyond what the kernel corrects. */
    ERROR
}
