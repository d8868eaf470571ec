package net.driver.ixgbe;

/**
 * How long the driver waits for what may never come, and what it waits at least because the datasheet says so.
 *
 * @param clock what waits are measured with
 * @param stepNanos until a bit changes that changes at once on a device that works
 * @param masterNanos until the last request on PCIe is over: 5.2.5.3.2
 * @param resetNanos what the device gets after a reset before it is accessed: 4.2.1.6.1
 * @param eepromNanos for the whole EEPROM
 * @param gateNanos until the owners have left all queues
 * @param hangNanos that a transmit queue may stand still with frames in it
 */
record Limits(Clock clock, long stepNanos, long masterNanos, long resetNanos, long eepromNanos, long gateNanos, long hangNanos) {
    /** Each less than 200 ms until a dead device is reported; together less than the 2 seconds of an attach and the 1 second of a stop. */
    static final Limits DEFAULT = new Limits(Clock.SYSTEM, 100_000_000L, 100_000_000L, 10_000_000L, 150_000_000L, 300_000_000L, 2_000_000_000L);
}
