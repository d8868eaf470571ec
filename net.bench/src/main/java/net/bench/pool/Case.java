package net.bench.pool;

/** What is measured: a column of a table. */
public enum Case {
    /** Take one, touch it, give it back. */
    SINGLE(Shape.SINGLE, 1),
    /** 32 with one call. */
    BATCH(Shape.BATCH, 1),
    /** Many taken before the first is given back. */
    HOLD(Shape.HOLD, 1),
    /** Two threads at once. */
    TWO_SINGLE(Shape.SINGLE, 2),
    /** The same in batches. */
    TWO_BATCH(Shape.BATCH, 2),
    /** The same with many held. */
    TWO_HOLD(Shape.HOLD, 2),
    /** Taken by one thread, given back by the other. */
    PASS_SINGLE(Shape.PASS_SINGLE, 2),
    /** The same in batches. */
    PASS_BATCH(Shape.PASS_BATCH, 2);

    final Shape shape;
    final int threads;

    Case(Shape shape, int threads) {
        this.shape = shape;
        this.threads = threads;
    }

    /** The table that the column is in. */
    String table() {
        return threads == 1 ? "One thread" : shape.isPassing() ? "Taken by one thread, given back by the other" : "Two threads";
    }

    /**
     * What a process is asked.
     *
     * @param nanos length of a window
     * @param windows how many in a row, behind a first one that is not reported
     */
    String request(long nanos, int windows) {
        return shape.word + " " + threads + " " + nanos + " " + windows;
    }
}
