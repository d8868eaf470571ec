package net.driver.ixgbe;

import java.util.concurrent.locks.LockSupport;

/** Time as the driver waits by it. */
interface Clock {
    /** That of the machine. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void park(long nanos) {
            LockSupport.parkNanos(nanos);
        }
    };

    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** As {@link LockSupport#parkNanos(long)}: may return early. */
    void park(long nanos);
}
