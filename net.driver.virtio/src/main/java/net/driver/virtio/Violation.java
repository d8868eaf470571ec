package net.driver.virtio;

/** The rules of a virtqueue that a device can break, as they are counted. */
enum Violation {
    /** idx of the used ring moved by more than the device holds. */
    USED_IDX("bad_used_idx"),
    /** A used id outside of the ring, or of a descriptor that the device does not hold. */
    USED_ID("bad_used_id"),
    /** A used length shorter than header and Ethernet header, or longer than the buffer. */
    USED_LEN("bad_used_len"),
    /** A header with an offload that was not negotiated. */
    HEADER("bad_header"),
    /** num_buffers 0, or more than there are. */
    NUM_BUFFERS("bad_num_buffers");

    private final String counter;

    Violation(String counter) {
        this.counter = counter;
    }

    /** Its name among the counters, behind {@code rx_} or {@code tx_}. */
    String counter() {
        return counter;
    }
}
