package net.sim;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Bounded waits on conditions. */
final class Wait {
    private static final long LIMIT = 30_000_000_000L;

    private Wait() {
    }

    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > LIMIT) {
                throw new AssertionError("not within 30 s: " + what);
            }
            LockSupport.parkNanos(20_000);
        }
    }
}
