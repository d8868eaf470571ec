package net.hw.fxmac;

/** Bits of {@link Fxmac#NWCTRL}. */
public final class NetworkControl {
    /** Frames that are sent are received, and nothing goes out. */
    public static final int LOOPBACK = 1 << 1;
    /** Receive enable. */
    public static final int RX = 1 << 2;
    /** Transmit enable; switching it off puts all transmit queues back to their first descriptor. */
    public static final int TX = 1 << 3;
    /** Management port enable: without it MDIO is dead. */
    public static final int MDIO = 1 << 4;
    /** Clears the counters. Write only. */
    public static final int CLEAR_COUNTERS = 1 << 5;
    /** Looks at the transmit queues. Write only. */
    public static final int START_TX = 1 << 9;
    /** Stops after the frame that is being sent. Write only. */
    public static final int HALT_TX = 1 << 10;
    /** Sends a pause frame with the time in TXPAUSE, in full duplex. Write only. */
    public static final int SEND_PAUSE = 1 << 11;
    /** Sends a pause frame with time zero: the partner may go on. Write only. */
    public static final int SEND_ZERO_PAUSE = 1 << 12;
    /** Flushes the next frame out of the receive memory. Write only. */
    public static final int FLUSH_RX = 1 << 18;
    /** The MAC works at 2.5 Gb/s. */
    public static final int SPEED_2500 = 1 << 29;
    /** The high-speed MAC works, beyond 2.5 Gb/s. */
    public static final int HIGH_SPEED = 1 << 31;

    private NetworkControl() {
    }
}
