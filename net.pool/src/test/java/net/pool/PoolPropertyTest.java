package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.PoolStatistics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ten million random operations of four threads, which pass frames and handles to one another, against a model that knows how many references there are to
 * each buffer and what is written in it.
 */
class PoolPropertyTest {
    private static final int THREADS = 4;
    private static final int OPERATIONS = 10_000_000;
    private static final int MOST_HELD = 40;
    private static final int MOST_MAIL = 20;

    /** What one thread hands to another: a frame, or a handle. */
    private record Mail(NetBuf frame, long handle) {
    }

    private BufferPool pool;
    /** References to each buffer, lowered before a release and raised after an allocation; so a buffer that comes out of the pool has none here. */
    private AtomicIntegerArray references;
    private final List<Queue<Mail>> boxes = new ArrayList<>();
    private final AtomicInteger inMail = new AtomicInteger();
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();

    @ParameterizedTest(name = "{0} buffers, cache of {1}, leak detection {2}, {3} % of the operations")
    @CsvSource({"256, 32, DISABLED, 50", "48, 8, SIMPLE, 30", "100, 0, ADVANCED, 15", "1000, 64, PARANOID, 5"})
    void fourThreadsDoWhatTheModelDoes(int capacity, int cacheSize, LeakDetection level, int percent) throws Exception {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("PoolPropertyTest: -Dhotnic.seed=" + seed + ", " + capacity + " buffers");
        pool = TestMemory.pool(new PoolSpec("test", capacity, 1920, cacheSize));
        pool.leakDetection(level, Duration.ofHours(1));
        references = new AtomicIntegerArray(capacity);
        List<Actor> actors = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            boxes.add(new ConcurrentLinkedQueue<>());
        }
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Actor actor = new Actor(t, new SplittableRandom(seed + t), OPERATIONS / 100 * percent / THREADS);
            actors.add(actor);
            threads.add(Thread.ofPlatform().name("actor " + t).start(actor));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofMinutes(5))).as("the thread ended").isTrue();
        }
        if (thrown.get() != null) {
            throw new AssertionError("seed " + seed, thrown.get());
        }
        Actor last = new Actor(0, new SplittableRandom(seed), 0);
        for (Queue<Mail> box : boxes) {
            for (Mail mail = box.poll(); mail != null; mail = box.poll()) {
                last.accept(mail);
            }
        }
        last.releaseAll();
        actors.add(last);
        long taken = actors.stream().mapToLong(a -> a.taken).sum();
        PoolStatistics s = pool.statistics();
        assertThat(new long[] {s.inUse(), s.allocations(), s.releases(), s.failures(), s.misuse()})
                .as("in use, allocations, releases, failures, misuse, seed %d", seed)
                .containsExactly(0, taken, taken, actors.stream().mapToLong(a -> a.failures).sum(), actors.stream().mapToLong(a -> a.misuse).sum());
        assertThat(pool.leaks(Duration.ZERO)).isEmpty();
        pool.close();
        assertThat(pool.missing()).isZero();
    }

    private final class Actor implements Runnable {
        private final int number;
        private final SplittableRandom random;
        private final int operations;
        private final NetBuf[] batch = new NetBuf[32];
        private final List<NetBuf> held = new ArrayList<>();
        private NetBufCache cache;
        private long stale;
        private long taken;
        private long failures;
        private long misuse;
        private PoolStatistics before;

        Actor(int number, SplittableRandom random, int operations) {
            this.number = number;
            this.random = random;
            this.operations = operations;
        }

        @Override
        public void run() {
            try {
                before = pool.statistics();
                for (int i = 0; i < operations && thrown.get() == null; i++) {
                    step();
                }
                releaseAll();
            } catch (Throwable e) {
                thrown.compareAndSet(null, e);
            }
        }

        private void step() {
            switch (random.nextInt(16)) {
                case 0, 1 -> allocateOne();
                case 2 -> allocateBatch();
                case 3, 4, 5 -> {
                    if (!held.isEmpty()) {
                        releaseOne(pick());
                    }
                }
                case 6 -> releaseBatch();
                case 7, 8 -> drive();
                case 9 -> {
                    if (!held.isEmpty() && inMail.get() < MOST_MAIL) {
                        share(held.get(random.nextInt(held.size())));
                    }
                }
                case 10 -> {
                    if (!held.isEmpty() && inMail.get() < MOST_MAIL) {
                        send(new Mail(pick(), 0));
                    }
                }
                case 11 -> handOver();
                case 12, 13 -> {
                    Mail mail = boxes.get(number).poll();
                    if (mail != null) {
                        inMail.decrementAndGet();
                        accept(mail);
                    }
                }
                case 14 -> join();
                default -> rare();
            }
        }

        private void allocateOne() {
            if (held.size() < MOST_HELD) {
                NetBuf b = cache != null && random.nextBoolean() ? cache.allocate() : pool.allocate();
                if (b == null) {
                    failures++;
                } else {
                    owned(b);
                }
            }
        }

        private void allocateBatch() {
            int n = random.nextInt(batch.length + 1);
            if (held.size() < MOST_HELD) {
                int got = cache != null && random.nextBoolean() ? cache.allocate(batch, 0, n) : pool.allocate(batch, 0, n);
                failures += got < n ? 1 : 0;
                for (int i = 0; i < got; i++) {
                    owned(batch[i]);
                }
            }
        }

        /** The buffer came out of the pool: nobody else has it. */
        private void owned(NetBuf b) {
            check(b.isOwned() && b.length() == 0 && b.next() == null && b.references() == 1, b);
            outOfPool(b);
            b.setLength(16);
            b.setLong(0, b.index());
            b.setLong(8, ~b.index());
            held.add(b);
        }

        private void outOfPool(NetBuf b) {
            check(references.compareAndSet(b.index(), 0, 1), b);
            taken++;
        }

        private NetBuf pick() {
            int i = random.nextInt(held.size());
            NetBuf b = held.get(i);
            held.set(i, held.getLast());
            held.removeLast();
            return b;
        }

        private void releaseOne(NetBuf b) {
            giveUp(b);
            if (cache != null && random.nextBoolean()) {
                cache.release(b);
            } else {
                b.release();
            }
        }

        /** Before a release: every buffer of the frame is as it was written. */
        private void giveUp(NetBuf frame) {
            for (NetBuf b = frame; b != null; b = b.next()) {
                check(b.length() == 16 && b.getLong(0) == b.index() && b.getLong(8) == ~b.index(), b);
                check(references.decrementAndGet(b.index()) >= 0, b);
            }
        }

        private void releaseBatch() {
            int n = Math.min(held.size(), random.nextInt(batch.length + 1));
            for (int i = 0; i < n; i++) {
                batch[i] = pick();
                giveUp(batch[i]);
            }
            if (cache != null && random.nextBoolean()) {
                cache.release(batch, 0, n);
            } else {
                pool.release(batch, 0, n);
            }
            for (int i = 0; i < n; i++) {
                check(batch[i] == null, batch[i]);
            }
        }

        /** As a driver does: takes, receives in some, sends some, gives back. */
        private void drive() {
            if (cache == null) {
                cache = pool.cache();
            }
            int n = random.nextInt(batch.length + 1);
            int got = cache.take(batch, 0, n);
            failures += got < n ? 1 : 0;
            int kept = 0;
            for (int i = 0; i < got; i++) {
                NetBuf b = batch[i];
                outOfPool(b);
                if (held.size() < MOST_HELD && random.nextInt(8) == 0) {
                    b.received(128, 0);
                    b.setLength(16);
                    b.setLong(0, b.index());
                    b.setLong(8, ~b.index());
                    held.add(b);
                } else {
                    batch[kept++] = b;
                }
            }
            for (int i = 0; i < kept; i++) {
                if (random.nextInt(4) == 0) {
                    batch[i].received(128, 60);
                    batch[i].toDevice();
                }
                references.decrementAndGet(batch[i].index());
            }
            if (random.nextInt(16) == 0) {
                check(pool.reclaim(java.util.Arrays.copyOf(batch, kept)) == kept, null);
            } else {
                cache.give(batch, 0, kept);
            }
        }

        private void share(NetBuf frame) {
            for (NetBuf b = frame; b != null; b = b.next()) {
                references.incrementAndGet(b.index());
            }
            frame.retain();
            send(new Mail(frame, 0));
        }

        private void handOver() {
            if (!held.isEmpty() && inMail.get() < MOST_MAIL) {
                NetBuf b = pick();
                if (b.references() > 1) {
                    held.add(b);
                } else if (b.next() != null) {
                    Expect.error(DevError.INVALID_PARAM, b::detach);
                    held.add(b);
                } else {
                    send(new Mail(null, b.detach()));
                }
            }
        }

        private void send(Mail mail) {
            inMail.incrementAndGet();
            boxes.get(random.nextInt(THREADS)).add(mail);
        }

        void accept(Mail mail) {
            if (mail.frame() != null) {
                held.add(mail.frame());
            } else {
                NetBuf b = pool.attach(mail.handle());
                check(references.get(b.index()) == 1 && b.length() == 16, b);
                held.add(b);
                stale = mail.handle();
            }
        }

        /** Two frames that nobody shares become one. */
        private void join() {
            if (held.size() > 1) {
                NetBuf a = pick();
                NetBuf b = pick();
                held.add(a);
                if (a.references() == 1 && b.references() == 1 && a.next() == null && b.next() == null) {
                    a.chain(b);
                } else {
                    held.add(b);
                }
            }
        }

        private void rare() {
            switch (random.nextInt(64)) {
                case 0 -> {
                    if (cache != null) {
                        cache.flush();
                    }
                }
                case 1 -> {
                    if (stale != 0) {
                        Expect.error(DevError.BAD_STATE, () -> pool.attach(stale));
                        misuse++;
                    }
                }
                case 2 -> {
                    Expect.error(DevError.INVALID_PARAM, () -> pool.attach(random.nextLong() & -1L >>> 17 | 1L << 60));
                    misuse++;
                }
                case 3 -> {
                    PoolStatistics s = pool.statistics();
                    check(s.free() >= 0 && s.cached() >= 0 && s.inUse() >= 0 && s.releases() <= s.allocations() && s.allocations() >= before.allocations()
                            && s.releases() >= before.releases() && s.failures() >= before.failures() && s.misuse() >= before.misuse(), s);
                    before = s;
                }
                default -> {
                }
            }
        }

        void releaseAll() {
            while (!held.isEmpty()) {
                releaseOne(pick());
            }
        }

        private static void check(boolean holds, Object what) {
            if (!holds) {
                throw new AssertionError(what);
            }
        }
    }
}
