package net.app.core;

import net.api.DevError;
import net.api.DevException;

/**
 * How an application polls.
 *
 * @param batch most frames that are moved at once, 1 to 1024
 * @param busy never sleep: lowest latency, one processor at 100 %
 * @param untilGone end when a card goes away, instead of waiting for it to come back
 * @param tries how often frames are offered to a full transmit ring before they are dropped, 1 or more
 * @param processor the one that the thread is pinned to, from 0; {@link #ANY} for none
 */
public record AppOptions(int batch, boolean busy, boolean untilGone, int tries, int processor) {
    /** The thread runs where the operating system puts it. */
    public static final int ANY = -1;
    /** Batches of 32, sleeping when idle, waiting for cards, 100 000 tries: some milliseconds. */
    public static final AppOptions DEFAULT = new AppOptions(32, false, false, 100_000);
    /** Largest {@link #batch}. */
    public static final int MAX_BATCH = 1024;

    /** @throws DevException INVALID_PARAM if a number is out of range */
    public AppOptions {
        if (batch < 1 || batch > MAX_BATCH) {
            throw new DevException(DevError.INVALID_PARAM, "batch " + batch + " is outside 1 to " + MAX_BATCH);
        }
        if (tries < 1) {
            throw new DevException(DevError.INVALID_PARAM, "tries " + tries + " is less than 1");
        }
        if (processor < ANY) {
            throw new DevException(DevError.INVALID_PARAM, "processor " + processor + ": give its number, or -1 for any");
        }
    }

    /** On any processor. */
    public AppOptions(int batch, boolean busy, boolean untilGone, int tries) {
        this(batch, busy, untilGone, tries, ANY);
    }
}
