package net.driver.fxmac;

/** What a device can write to receive descriptors that no frame looks like, as it is counted. */
enum Violation {
    /** A frame that does not begin where the one before ended, or does not end. */
    FRAME_BOUNDS("bad_frame_bounds"),
    /** A length that the frame's descriptors do not add up to. */
    LENGTH("bad_length");

    private final String counter;

    Violation(String counter) {
        this.counter = counter;
    }

    /** Its name among the counters, behind {@code rx_}. */
    String counter() {
        return counter;
    }
}
