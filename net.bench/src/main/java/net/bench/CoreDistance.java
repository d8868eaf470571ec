package net.bench;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** How long a word takes from one core to the other: virtual cores are moved about, and every result of two threads changes with it. */
public final class CoreDistance implements AutoCloseable {
    /** One way, in nanoseconds; what is nearer is one chip's, what is farther another's. */
    public static final double NEAR = 100;
    private static final int TURNS = 50;
    private static final long NANOS = 1_000_000;
    /** How often it is tried again when the threads did not get a processor each. */
    private static final int TRIES = 5;

    private final ExecutorService other = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final AtomicInteger ball = new AtomicInteger();

    /** Median of the short ping-pongs of a millisecond; infinite if the threads did not get a processor each, in none of five of them. */
    public double oneWayNanos() throws Exception {
        double nanos = Double.POSITIVE_INFINITY;
        for (int i = 0; i < TRIES && Double.isInfinite(nanos); i++) {
            nanos = measure();
        }
        return nanos;
    }

    private double measure() throws Exception {
        ball.set(0);
        Future<?> answers = other.submit(() -> {
            int seen = 0;
            while (seen >= 0) {
                int now = ball.get();
                if (now == seen + 1) {
                    seen = now + 1;
                    ball.compareAndSet(now, seen);
                } else if (now < 0) {
                    seen = now;
                }
                Thread.onSpinWait();
            }
        });
        Samples nanos = new Samples();
        long end = System.nanoTime() + NANOS;
        int at = 0;
        for (boolean late = false; !late;) {
            long start = System.nanoTime();
            for (int i = 0; i < TURNS && !late; i++) {
                ball.set(at + 1);
                at += 2;
                while (ball.get() != at && !late) {
                    Thread.onSpinWait();
                    late = System.nanoTime() - end > 0;
                }
            }
            if (!late) {
                nanos.add((System.nanoTime() - start) / (2.0 * TURNS));
            }
        }
        ball.set(-1);
        answers.get();
        return nanos.count() == 0 ? Double.POSITIVE_INFINITY : nanos.at(0.5);
    }

    @Override
    public void close() {
        other.shutdownNow();
    }
}
