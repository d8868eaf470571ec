package net.pool.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Counters that one thread raises and any thread reads; they share no cache line with anything else. */
final class Counters {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int APART = 16;
    private final long[] words;

    Counters(int n) {
        words = new long[APART + n + APART];
    }

    /** Owner only. */
    void releaseAdd(int counter, long more) {
        LONGS.setRelease(words, APART + counter, words[APART + counter] + more);
    }

    long acquire(int counter) {
        return (long) LONGS.getAcquire(words, APART + counter);
    }
}
