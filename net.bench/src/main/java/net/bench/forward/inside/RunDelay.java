package net.bench.forward.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The time in which a thread did not run although it could: as the scheduler counts it, and as it shows between two looks at a clock; a host takes
 * processors away unseen.
 */
public final class RunDelay {
    private static final Path SCHEDSTAT = Path.of("/proc/thread-self/schedstat");

    private long delay;
    private long last;
    private long gap;
    private long gaps;

    /**
     * Begins anew, on the thread that is watched.
     *
     * @param gapNanos longer from one look to the next, and the thread did not run
     */
    public void start(long gapNanos) {
        delay = delay();
        gap = gapNanos;
        gaps = 0;
        last = System.nanoTime();
    }

    /** What the clock says. */
    public long look() {
        long now = System.nanoTime();
        if (now - last > gap) {
            gaps += now - last;
        }
        last = now;
        return now;
    }

    /** Nanoseconds since the start. */
    public long lost() {
        return Math.max(gaps, delay() - delay);
    }

    /** Source: Linux, Documentation/scheduler/sched-stats.rst. */
    private static long delay() {
        try {
            return Long.parseLong(Files.readString(SCHEDSTAT).split(" ")[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
