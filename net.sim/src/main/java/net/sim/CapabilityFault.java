package net.sim;

/** What can be wrong with the capability list of a {@link VirtioDevice}. */
public enum CapabilityFault {
    /** The list is a loop. */
    LOOP,
    /** The list goes on at an offset within the header. */
    INTO_HEADER,
    /** There is no common configuration. */
    NO_COMMON,
    /** The common configuration is in a BAR number that does not exist. */
    RESERVED_BAR,
    /** The common configuration ends behind the end of its BAR. */
    BEYOND_BAR,
    /** Offset and length of the notifications together exceed 32 bits. */
    OVERFLOW,
    /** The notification capability is too short to have a multiplier. */
    SHORT_NOTIFY,
    /** The multiplier is odd. */
    ODD_MULTIPLIER
}
