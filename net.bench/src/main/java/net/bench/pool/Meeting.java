package net.bench.pool;

import java.util.concurrent.atomic.AtomicInteger;

/** Where the threads of a visit meet before each of its windows. */
final class Meeting {
    private final int threads;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();

    /** @param threads how many there are */
    Meeting(int threads) {
        this.threads = threads;
    }

    /** Waits for the others before a window, counted from 0. */
    void await(int window) {
        arrived.incrementAndGet();
        while (arrived.get() < (window + 1) * threads) {
            Thread.onSpinWait();
        }
    }

    /** When passing: the last buffer of a window is in the ring. */
    void allTaken() {
        taken.incrementAndGet();
    }

    /** When passing: whether the last buffer of a window is in the ring. */
    boolean isAllTaken(int window) {
        return taken.get() > window;
    }
}
