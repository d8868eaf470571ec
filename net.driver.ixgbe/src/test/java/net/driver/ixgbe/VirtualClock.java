package net.driver.ixgbe;

/** A clock that only goes on when somebody looks at it or waits by it: a wait lasts no time, and how long it would have lasted is exact. */
final class VirtualClock implements Clock {
    /** From one look to the next: a loop that only looks at the clock ends too. */
    private static final long LOOK_NANOS = 1000;

    private volatile long now;

    /** As {@link Limits#DEFAULT}, by this clock. */
    Limits limits() {
        Limits d = Limits.DEFAULT;
        return new Limits(this, d.stepNanos(), d.masterNanos(), d.resetNanos(), d.eepromNanos(), d.gateNanos(), d.hangNanos());
    }

    /** Without going on. */
    long now() {
        return now;
    }

    @Override
    public synchronized long nanoTime() {
        return now += LOOK_NANOS;
    }

    @Override
    public synchronized void park(long nanos) {
        now += nanos;
    }
}
