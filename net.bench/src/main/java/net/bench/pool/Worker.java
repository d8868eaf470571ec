package net.bench.pool;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Queue;
import net.bench.forward.inside.RunDelay;

/**
 * One of the two threads that work on a pool. Every buffer that is taken is touched; a pool that says that it is empty, or has no room, is asked again and
 * counted.
 */
final class Worker<P, T> {
    /** Buffers from one look at the clock to the next. */
    private static final int CHECK = 1024;
    /** A look that comes so many times later than it did on average in the window before: the thread did not run. */
    private static final int GAP = 8;
    /** Unless it is less than this part of a window. */
    private static final int LEAST_GAP = 64;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Hand<P, T> hand;
    private final P pool;
    private final Queue<T> ring;
    private final T[] held;
    private final RunDelay clock = new RunDelay();
    private long buffers;
    private long empty;
    private long full;

    /**
     * @param grip this thread's
     * @param ring from the thread that takes to the one that gives back
     */
    Worker(Hand.Grip<P, T> grip, Queue<T> ring) {
        this.hand = grip.hand();
        this.pool = grip.pool();
        this.ring = ring;
        this.held = hand.array(Shape.HELD);
    }

    /**
     * Works for some windows in a row, behind a first one that is not told of, and in which what others left in the caches goes.
     *
     * @param nanos length of a window
     * @param count how many windows
     * @param meeting of the threads that do so at once
     * @param first when passing: this is the thread that takes
     */
    Window[] run(Shape shape, long nanos, int count, Meeting meeting, boolean first) {
        Window[] windows = new Window[count];
        long gap = Long.MAX_VALUE;
        for (int i = 0; i <= count; i++) {
            Window w = window(shape, nanos, meeting, i, first, gap);
            gap = Math.max(nanos / LEAST_GAP, GAP * (long) (w.nanosPerBuffer() * CHECK));
            if (i > 0) {
                windows[i - 1] = w;
            }
        }
        return windows;
    }

    private Window window(Shape shape, long nanos, Meeting meeting, int number, boolean first, long gap) {
        buffers = 0;
        empty = 0;
        full = 0;
        meeting.await(number);
        clock.start(gap);
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long start = clock.look();
        switch (shape) {
            case SINGLE -> singles(start, nanos);
            case BATCH -> batches(start, nanos);
            case HOLD -> holds(start, nanos);
            case PASS_SINGLE, PASS_BATCH -> {
                int size = shape == Shape.PASS_SINGLE ? 1 : Shape.BATCH_SIZE;
                if (first) {
                    pass(size, start, nanos);
                    meeting.allTaken();
                } else {
                    giveBack(size, meeting, number);
                }
            }
        }
        long end = System.nanoTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        return new Window((double) (end - start) / buffers, buffers, empty, full, allocated, clock.lost());
    }

    private void singles(long start, long nanos) {
        Hand<P, T> hand = this.hand;
        P pool = this.pool;
        do {
            for (int i = 0; i < CHECK; i++) {
                T b = take(hand, pool);
                hand.touch(b, i);
                give(hand, pool, b);
            }
            buffers += CHECK;
        } while (clock.look() - start < nanos);
    }

    private void batches(long start, long nanos) {
        Hand<P, T> hand = this.hand;
        P pool = this.pool;
        T[] batch = held;
        do {
            for (int i = 0; i < CHECK; i += Shape.BATCH_SIZE) {
                int n = takeBatch(hand, pool, batch);
                hand.touch(batch, n);
                giveBatch(hand, pool, batch, n);
                buffers += n;
            }
        } while (clock.look() - start < nanos);
    }

    private void holds(long start, long nanos) {
        Hand<P, T> hand = this.hand;
        P pool = this.pool;
        T[] batch = held;
        do {
            for (int i = 0; i < CHECK; i += Shape.HELD) {
                for (int j = 0; j < Shape.HELD; j++) {
                    T b = take(hand, pool);
                    hand.touch(b, j);
                    batch[j] = b;
                }
                for (int j = 0; j < Shape.HELD; j++) {
                    give(hand, pool, batch[j]);
                }
            }
            buffers += CHECK;
        } while (clock.look() - start < nanos);
    }

    private void pass(int size, long start, long nanos) {
        Hand<P, T> hand = this.hand;
        P pool = this.pool;
        T[] batch = held;
        do {
            for (int i = 0; i < CHECK; i += size) {
                int n;
                if (size == 1) {
                    batch[0] = take(hand, pool);
                    n = 1;
                } else {
                    n = takeBatch(hand, pool, batch);
                }
                hand.touch(batch, n);
                for (int j = 0; j < n; j++) {
                    while (!ring.offer(batch[j])) {
                        Thread.onSpinWait();
                    }
                }
                buffers += n;
            }
        } while (clock.look() - start < nanos);
    }

    private void giveBack(int size, Meeting meeting, int number) {
        Hand<P, T> hand = this.hand;
        P pool = this.pool;
        T[] batch = held;
        for (;;) {
            boolean last = meeting.isAllTaken(number);
            int n = 0;
            T b;
            while (n < size && (b = ring.poll()) != null) {
                batch[n++] = b;
            }
            if (n == 0) {
                if (last) {
                    return;
                }
                Thread.onSpinWait();
            } else if (size == 1) {
                give(hand, pool, batch[0]);
            } else {
                giveBatch(hand, pool, batch, n);
            }
            buffers += n;
        }
    }

    private T take(Hand<P, T> hand, P pool) {
        T b;
        while ((b = hand.take(pool)) == null) {
            empty++;
        }
        return b;
    }

    private int takeBatch(Hand<P, T> hand, P pool, T[] batch) {
        int n = hand.take(pool, batch, Shape.BATCH_SIZE);
        if (n < Shape.BATCH_SIZE) {
            empty++;
        }
        return n;
    }

    private void give(Hand<P, T> hand, P pool, T b) {
        while (!hand.give(pool, b)) {
            full++;
        }
    }

    private void giveBatch(Hand<P, T> hand, P pool, T[] batch, int n) {
        int given = hand.give(pool, batch, 0, n);
        while (given < n) {
            full++;
            given += hand.give(pool, batch, given, n - given);
        }
    }
}
