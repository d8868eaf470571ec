package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.PoolStatistics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads do everything at once with a pool that is too small for them. Each writes its mark into every buffer that it gets, and finds it there when it
 * lets go: so nobody else had the buffer. In the end all are back.
 */
class PoolStressTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = Boolean.getBoolean("hotnic.long") ? 5_000_000 : 400_000;

    @ParameterizedTest(name = "{0} buffers")
    @ValueSource(ints = {3, 70, 300, 1000})
    void noBufferHasTwoOwnersAndNoneIsLost(int capacity) throws Exception {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("PoolStressTest: -Dhotnic.seed=" + seed + ", " + capacity + " buffers");
        BufferPool pool = TestMemory.pool(new PoolSpec("test", capacity, 1920, Math.min(64, capacity / 4)));
        BlockingQueue<Object> passed = new ArrayBlockingQueue<>(16);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Worker w = new Worker(pool, new Random(seed + t), t + 1, t % 2 == 0, passed);
            threads.add(new Thread(w, "worker " + t));
        }
        Thread sampler = new Thread(() -> {
            PoolStatistics before = pool.statistics();
            while (!done.get()) {
                PoolStatistics s = pool.statistics();
                assertThat(s.allocations()).isGreaterThanOrEqualTo(before.allocations());
                assertThat(s.releases()).isGreaterThanOrEqualTo(before.releases());
                before = s;
                assertThat(s.free()).isBetween(0, capacity);
                assertThat(s.cached()).isBetween(0, capacity);
                assertThat(s.inUse()).isBetween(0, capacity);
                assertThat(s.releases()).isBetween(0L, s.allocations());
                assertThat(s.misuse()).isZero();
            }
        }, "sampler");
        threads.add(sampler);
        for (Thread t : threads) {
            t.setUncaughtExceptionHandler((x, e) -> failed.compareAndSet(null, e));
            t.start();
        }
        for (Thread t : threads.subList(0, THREADS)) {
            t.join();
        }
        done.set(true);
        sampler.join();
        if (failed.get() != null) {
            throw new AssertionError("seed " + seed, failed.get());
        }
        for (Object o = passed.poll(); o != null; o = passed.poll()) {
            Worker.owned(pool, o).release();
        }
        PoolStatistics s = pool.statistics();
        assertThat(s.free() + s.cached()).isEqualTo(capacity);
        assertThat(s.allocations()).isEqualTo(s.releases()).isPositive();
        assertThat(s.misuse()).isZero();
        NetBuf[] all = new NetBuf[capacity];
        int n = 0;
        for (int tries = 0; n < capacity && tries < 1000; tries++) {
            n += pool.allocate(all, n, capacity - n);
        }
        Set<NetBuf> distinct = new HashSet<>(List.of(all));
        assertThat(distinct).hasSize(capacity);
        pool.release(all, 0, capacity);
        pool.close();
        assertThat(pool.missing()).isZero();
    }

    private static final class Worker implements Runnable {
        private static final int HELD = 40;
        private final BufferPool pool;
        private final Random random;
        private final int mark;
        private final BlockingQueue<Object> passed;
        private final NetBuf[] held = new NetBuf[2 * HELD];
        private int n;
        private final boolean cached;

        Worker(BufferPool pool, Random random, int mark, boolean cached, BlockingQueue<Object> passed) {
            this.pool = pool;
            this.random = random;
            this.mark = mark;
            this.cached = cached;
            this.passed = passed;
        }

        @Override
        public void run() {
            NetBufCache own = cached ? pool.cache() : null;
            for (int i = 0; i < OPERATIONS; i++) {
                step(own);
            }
            while (n > 0) {
                checked(held[--n]).release();
            }
        }

        private void step(NetBufCache own) {
            int batch = random.nextInt(HELD);
            switch (random.nextInt(12)) {
                case 0, 1 -> got(own != null ? own.allocate() : pool.allocate());
                case 2 -> {
                    if (n < HELD) {
                        int got = own != null ? own.allocate(held, n, batch) : pool.allocate(held, n, batch);
                        for (int i = 0; i < got; i++) {
                            stamp(held[n++]);
                        }
                    }
                }
                case 3, 4 -> {
                    if (n > 0) {
                        NetBuf b = checked(held[--n]);
                        if (own != null && random.nextBoolean()) {
                            own.release(b);
                        } else {
                            b.release();
                        }
                        held[n] = null;
                    }
                }
                case 5 -> {
                    int k = Math.min(n, batch);
                    for (int i = n - k; i < n; i++) {
                        checked(held[i]);
                    }
                    n -= k;
                    if (own != null) {
                        own.release(held, n, k);
                    } else {
                        pool.release(held, n, k);
                    }
                }
                case 6 -> {
                    if (own != null && n < HELD) {
                        int got = own.take(held, n, batch);
                        for (int i = n; i < n + got; i++) {
                            assertThat(held[i].isOwned()).isFalse();
                            held[i].received(128, 60);
                            stamp(held[i]);
                        }
                        n += got;
                    }
                }
                case 7 -> {
                    if (own != null) {
                        int k = Math.min(n, batch);
                        for (int i = n - k; i < n; i++) {
                            checked(held[i]).toDevice();
                        }
                        n -= k;
                        own.give(held, n, k);
                        for (int i = n; i < n + k; i++) {
                            held[i] = null;
                        }
                    }
                }
                case 8 -> {
                    if (n > 0) {
                        NetBuf b = checked(held[--n]);
                        held[n] = null;
                        boolean asHandle = random.nextBoolean();
                        Object o = asHandle ? (Object) b.detach() : b;
                        if (!passed.offer(o)) {
                            owned(pool, o).release();
                        }
                    }
                }
                case 9 -> {
                    try {
                        Object o = passed.poll(0, TimeUnit.SECONDS);
                        if (o != null) {
                            got(owned(pool, o));
                        }
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                case 10 -> {
                    if (n > 0) {
                        NetBuf b = checked(held[n - 1]);
                        b.retain();
                        assertThat(b.references()).isEqualTo(2);
                        b.release();
                    }
                    if (n > 1) {
                        NetBuf tail = checked(held[--n]);
                        held[n] = null;
                        held[n - 1].chain(tail);
                        NetBuf head = held[--n];
                        held[n] = null;
                        pool.release(head);
                    }
                }
                default -> {
                    if (own != null && batch == 0) {
                        own.flush();
                    }
                }
            }
        }

        private void got(NetBuf b) {
            if (b != null) {
                if (n == held.length) {
                    b.release();
                } else {
                    stamp(b);
                    held[n++] = b;
                }
            }
        }

        private void stamp(NetBuf b) {
            assertThat(b.references()).isEqualTo(1);
            b.setLength(60);
            b.setLong(0, (long) mark << 32 | b.index());
        }

        private NetBuf checked(NetBuf b) {
            assertThat(b.getLong(0)).isEqualTo((long) mark << 32 | b.index());
            return b;
        }

        static NetBuf owned(BufferPool pool, Object o) {
            return o instanceof Long handle ? pool.attach(handle) : (NetBuf) o;
        }
    }
}
