package net.pci;

import java.util.concurrent.TimeUnit;
import net.api.DevException;

/**
 * When attaching is tried again after a failure that may pass: the device did not answer in time, memory or the device were taken. What a driver says about the
 * configuration or the device itself does not pass: that waits for a change.
 *
 * @param attempt what failed
 * @param failures how often in a row
 * @param at {@link System#nanoTime} of the next try
 */
record Retry(Slot.Attempt attempt, int failures, long at) {
    private static final long FIRST_NANOS = 1_000_000_000;
    /** The last of them comes half a minute after the first failure. */
    private static final int TRIES = 5;

    /** The attempt has failed after this one, or after none (null). Null if it is not tried again. */
    static Retry after(Retry before, Slot.Attempt attempt, DevException failure) {
        int failures = before != null && before.attempt.equals(attempt) ? before.failures + 1 : 1;
        return mayPass(failure) && failures <= TRIES ? new Retry(attempt, failures, System.nanoTime() + delay(failures)) : null;
    }

    private static boolean mayPass(DevException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof LinkageError || cause instanceof RuntimeException && !(cause instanceof DevException)) {
            return false; // a bug of the driver
        }
        return switch (failure.error()) {
            case AGAIN, IO, NO_MEMORY, RESOURCE_BUSY -> true;
            case ALREADY_EXISTS, BAD_STATE, INVALID_PARAM, UNSUPPORTED -> false;
        };
    }

    private static long delay(int failures) {
        return FIRST_NANOS << failures - 1;
    }

    boolean isDue() {
        return System.nanoTime() - at >= 0;
    }

    /** For the reason. */
    String text() {
        return "it is tried again in %d s".formatted(TimeUnit.NANOSECONDS.toSeconds(delay(failures)));
    }
}
