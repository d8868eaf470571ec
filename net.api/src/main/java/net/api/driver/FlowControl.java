package net.api.driver;

/** Pause frames of IEEE 802.3, annex 31B. */
public enum FlowControl {
    /** Neither sent nor obeyed. */
    NONE,
    /** Obeyed. */
    RX,
    /** Sent when receive buffers fill. */
    TX,
    /** Obeyed and sent. */
    FULL;

    /** Pause frames are obeyed. */
    public boolean obeys() {
        return this == RX || this == FULL;
    }

    /** Pause frames are sent. */
    public boolean sends() {
        return this == TX || this == FULL;
    }
}
