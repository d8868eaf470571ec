package net.driver.fxmac;

/**
 * How long the driver waits for what may never come.
 *
 * @param mdioNanos until an MDIO frame is done; one takes 42 us at the slowest clock that is allowed
 * @param phyResetNanos until a PHY that was told to reset has: IEEE 802.3, 22.2.4.1.1, allows 500 ms
 * @param haltNanos until transmission has stopped
 * @param gateNanos until the owners have left all queues
 */
record Limits(long mdioNanos, long phyResetNanos, long haltNanos, long gateNanos) {
    /** Together less than the 2 seconds of an attach and the 1 second of a stop. */
    static final Limits DEFAULT = new Limits(10_000_000L, 600_000_000L, 20_000_000L, 300_000_000L);
}
