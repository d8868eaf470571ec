package net.api.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** Counters that one thread writes and any thread reads: whole values, soon, without a fence. */
public final class QueueCounters {
    private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);
    /** A cache line in front of and behind the values, so that the queues' counters do not share one. */
    private static final int PADDING = 8;

    private final long[] values;

    /** @param count how many, all 0 */
    public QueueCounters(int count) {
        values = new long[count + 2 * PADDING];
    }

    /** By the owner: raises number {@code which}, 0 to count - 1. */
    public void add(int which, long n) {
        long[] v = values;
        VALUES.setOpaque(v, PADDING + which, v[PADDING + which] + n);
    }

    /** For a {@link HandOver}: all values, once nobody counts any more. */
    public long[] values() {
        return Arrays.copyOfRange(values, PADDING, values.length - PADDING);
    }

    /** From a {@link HandOver}, before anybody counts: as many as there are here. */
    public void restore(long[] from) {
        System.arraycopy(from, 0, values, PADDING, Math.min(from.length, values.length - 2 * PADDING));
    }

    /** By any thread. */
    public long get(int which) {
        return (long) VALUES.getOpaque(values, PADDING + which);
    }
}
