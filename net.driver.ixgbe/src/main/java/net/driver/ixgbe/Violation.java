package net.driver.ixgbe;

/** The rules that a device can break in what it writes back to a receive ring, as they are counted. */
enum Violation {
    /** A descriptor is done before the one in front of it. */
    ORDER("bad_order"),
    /** A length outside of 14 to the buffer's, or a full buffer that is not full. */
    LENGTH("bad_length"),
    /** More descriptors without the end of a frame than the longest frame has. */
    NO_END("no_end_of_frame");

    private final String counter;

    Violation(String counter) {
        this.counter = counter;
    }

    /** Its name among the counters, behind {@code rx_}. */
    String counter() {
        return counter;
    }
}
