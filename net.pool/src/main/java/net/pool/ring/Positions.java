package net.pool.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What the two sides of a ring tell each other: how many records have been produced, and how many consumed, since the beginning. Each number stands alone
 * between pairs of cache lines.
 *
 * <p>Whoever acquires the produced count sees the records below it and their bytes; whoever acquires the consumed count may overwrite those below it.
 * Where the producer drops the oldest, bit 63 of the consumed count says that the consumer holds the oldest record, and both sides change the word with
 * compare-and-set; otherwise only the consumer writes it.
 */
final class Positions {
    /** In the consumed word: the consumer holds the oldest record. */
    static final long HELD = Long.MIN_VALUE;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PRODUCED = 16;
    private static final int CONSUMED = 48;

    private final long[] words = new long[64];

    long acquireProduced() {
        return (long) LONGS.getAcquire(words, PRODUCED);
    }

    void releaseProduced(long records) {
        LONGS.setRelease(words, PRODUCED, records);
    }

    long acquireConsumed() {
        return (long) LONGS.getAcquire(words, CONSUMED);
    }

    void releaseConsumed(long records) {
        LONGS.setRelease(words, CONSUMED, records);
    }

    boolean compareAndSetConsumed(long expected, long records) {
        return LONGS.compareAndSet(words, CONSUMED, expected, records);
    }
}
