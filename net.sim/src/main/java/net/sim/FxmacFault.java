package net.sim;

/** What an {@link FxmacModel} does wrong on request. */
public enum FxmacFault {
    /** MDIO is never idle again. */
    MDIO_HANGS,
    /** The PHY asleep does not finish its reset. */
    PHY_RESET_STICKS,
    /** Starts of transmission are overheard. */
    STARTS_LOST,
    /** Restarts of reception are overheard. */
    RESTARTS_LOST,
    /** Frames arrive as if memory were too slow. */
    RX_OVERRUN,
    /** Transmission never says that it stopped. */
    TX_NEVER_STOPS
}
