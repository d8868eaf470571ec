package net.sim;

/** What becomes of a frame that arrives at a port. */
enum Verdict {
    /** The receiver has it. */
    ACCEPTED,
    /** The receiver's filters do not want it. */
    FILTERED,
    /** The receiver has no buffer for it. */
    NO_BUFFER,
    /** It is longer than the receiver takes. */
    TOO_LONG,
    /** The receiver is not set up, or broken. */
    NOT_READY
}
