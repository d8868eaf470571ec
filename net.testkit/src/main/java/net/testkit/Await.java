package net.testkit;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a condition, generously but not for ever. */
public final class Await {
    private static final long LIMIT_NANOS = 30_000_000_000L;

    private Await() {
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @param what is waited for, in the message
     * @throws AssertionError if it does not hold within 30 s
     */
    public static void until(String what, BooleanSupplier condition) {
        until(what, condition, () -> "");
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @param what is waited for, in the message
     * @param state describes how things stand when it fails
     * @throws AssertionError if it does not hold within 30 s
     */
    public static void until(String what, BooleanSupplier condition, java.util.function.Supplier<String> state) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        for (int looks = 0; !condition.getAsBoolean(); looks++) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited 30 s in vain for " + what + " " + state.get());
            }
            if (looks < 1000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(100_000);
            }
        }
    }
}
