package net.app.core;

/**
 * How long a thread had work. The clock is read only where work begins and ends, so a thread that always has some pays nothing. One thread writes, any reads.
 */
final class Load {
    /** Nanoseconds of work that has ended. */
    private volatile long ended;
    /** When the work began that goes on, with the lowest bit set; 0 without work. */
    private volatile long begun;

    /** There is work; again is no error. */
    void begin() {
        if (begun == 0) {
            begun = System.nanoTime() | 1;
        }
    }

    /** There is none; again is no error. */
    void end() {
        long since = begun;
        if (since != 0) {
            begun = 0;
            ended += Math.max(0, System.nanoTime() - since);
        }
    }

    /** Between the two writes of {@link #end} a reader misses the last piece, and never counts it twice. */
    long busyNanos() {
        long before;
        long since;
        do {
            before = ended;
            since = begun;
        } while (before != ended);
        return before + (since == 0 ? 0 : Math.max(0, System.nanoTime() - since));
    }
}
