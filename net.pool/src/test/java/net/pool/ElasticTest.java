package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.NetBuf;
import net.api.PoolStatistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pools that grow and shrink between bounds. */
class ElasticTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private final TestHost host = new TestHost("sim");

    @AfterEach
    void allMemoryIsGivenBack() {
        assertThat(host.open()).isZero();
    }

    private BufferPool pool(int min, int buffers, int max, Duration idle) {
        return PoolMaker.make(host, new PoolSpec("default", buffers, 1920, 8).withGrowth(new Growth(min, max, idle)));
    }

    private static void await(String what, java.util.function.BooleanSupplier condition) {
        for (long end = System.nanoTime() + 30_000_000_000L; !condition.getAsBoolean(); Thread.onSpinWait()) {
            assertThat(System.nanoTime() - end).as("waited for " + what).isNegative();
        }
    }

    /** All that are free, and no more, which would make the pool grow. */
    private static List<NetBuf> takeAll(BufferPool pool) {
        NetBuf[] all = new NetBuf[pool.capacity() - pool.missing()];
        assertThat(pool.allocate(all, 0, all.length)).isEqualTo(all.length);
        return List.of(all);
    }

    @Test
    void anExhaustedPoolGrowsUpToItsBoundAndTellsSo() {
        BufferPool pool = pool(10, 10, 35, NEVER);
        assertThat(pool.capacity()).isEqualTo(10);
        List<NetBuf> all = new ArrayList<>();
        int failed = 0;
        while (pool.capacity() < 35 || all.size() < 35) {
            NetBuf b = pool.allocate();
            if (b != null) {
                all.add(b);
                b.append(4);
                b.setInt(0, b.index());
            } else {
                int before = all.size();
                failed++;
                await("growth beyond " + before, () -> pool.capacity() > before);
            }
        }
        assertThat(failed).isEqualTo(3);
        assertThat(pool.allocate()).as("no further").isNull();
        assertThat(all).extracting(NetBuf::index).doesNotHaveDuplicates().containsAll(range(0, 35));
        assertThat(new HashSet<>(all.stream().map(b -> b.packet().address()).toList())).hasSize(35);
        all.forEach(b -> assertThat(b.getInt(0)).as("its bytes are its own").isEqualTo(b.index()));
        PoolStatistics s = pool.statistics();
        assertThat(s).isEqualTo(new PoolStatistics(35, 0, 0, 35, 0, 4, 0, 3, 0));
        all.forEach(NetBuf::release);
        assertThat(host.open()).isEqualTo(4);
        pool.close();
    }

    private static List<Integer> range(int from, int to) {
        return java.util.stream.IntStream.range(from, to).boxed().toList();
    }

    @Test
    void aCacheThatFindsFewAsksForMoreBeforeThereAreNone() {
        BufferPool pool = pool(80, 80, 160, NEVER);
        NetBuf[] some = new NetBuf[79];
        for (int i = 0; i < some.length; i++) {
            some[i] = pool.cache().allocate();
        }
        await("growth", () -> pool.capacity() == 160);
        assertThat(pool.statistics().failures()).isZero();
        pool.cache().release(some, 0, some.length);
        pool.close();
    }

    @Test
    void memoryOfIdleBuffersIsGivenBackAndTheirHandlesAreStale() {
        BufferPool pool = pool(10, 10, 30, NEVER);
        pool.memory().grow();
        pool.memory().grow();
        pool.memory().grow();
        assertThat(pool.capacity()).isEqualTo(30);
        List<NetBuf> all = takeAll(pool);
        NetBuf held = all.stream().filter(b -> b.index() == 15).findFirst().orElseThrow();
        NetBuf gone = all.stream().filter(b -> b.index() == 25).findFirst().orElseThrow();
        long stale = gone.detach();
        assertThat(pool.attach(stale)).isSameAs(gone);
        long handle = held.detach();
        all.stream().filter(b -> b != held).forEach(NetBuf::release);
        assertThat(pool.memory().shrink()).isTrue();
        assertThat(pool.capacity()).isEqualTo(20);
        assertThat(host.open()).isEqualTo(2);
        assertThat(pool.memory().shrink()).as("one of the other piece is out").isFalse();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(20, 19, 0, 30, 29, 0, 0, 2, 1));
        Expect.misuse(pool, DevError.BAD_STATE, gone::release);
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(stale));
        Expect.error(DevError.BAD_STATE, () -> gone.getByte(0));
        List<NetBuf> rest = takeAll(pool);
        assertThat(rest).hasSize(19).doesNotContain(gone, held);
        assertThat(pool.attach(handle)).as("what is out keeps its handle").isSameAs(held);
        held.append(1);
        held.setByte(0, 1);
        held.release();
        rest.forEach(NetBuf::release);
        assertThat(pool.memory().shrink()).isTrue();
        assertThat(pool.memory().shrink()).as("the first piece stays").isFalse();
        assertThat(pool.capacity()).isEqualTo(10);
        pool.memory().grow();
        pool.memory().grow();
        assertThat(takeAll(pool)).as("the same buffers again, in other memory").hasSize(30).contains(gone, held).allSatisfy(b -> {
            b.append(1500);
            b.setByte(1499, 7);
            b.release();
        });
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(stale));
        pool.close();
    }

    @Test
    void aPoolBeginsWithWhatWasAskedForAboveItsLeast() {
        BufferPool pool = pool(4, 16, 64, NEVER);
        assertThat(pool.capacity()).isEqualTo(16);
        assertThat(host.open()).isEqualTo(2);
        pool.close();
    }

    @Test
    void aPoolShrinksBelowWhatItBeganWithAndByItself() {
        BufferPool pool = pool(4, 16, 64, Duration.ofMillis(1)); // so that it may have shrunk once before it grows; it gives back two pieces then as well
        pool.memory().grow();
        NetBuf[] few = new NetBuf[2];
        assertThat(pool.allocate(few, 0, 2)).isEqualTo(2);
        pool.release(few, 0, 2);
        await("all but the first piece given back", () -> pool.capacity() == 4);
        assertThat(pool.statistics().shrunk()).isEqualTo(2);
        assertThat(host.open()).isEqualTo(1);
        pool.close();
    }

    @Test
    void buffersInCachesOfIdleThreadsDoNotKeepAPoolFromShrinking() {
        BufferPool pool = pool(16, 16, 32, NEVER);
        pool.memory().grow();
        NetBuf[] all = new NetBuf[32];
        for (int i = 0; i < 32; i += 8) {
            assertThat(pool.cache().take(all, i, 8)).isEqualTo(8);
        }
        for (int i = 0; i < 32; i += 8) {
            pool.cache().give(all, i, 8);
        }
        assertThat(pool.statistics().cached()).isPositive();
        assertThat(pool.memory().shrink()).isTrue();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(16, 16, 0, 32, 32, 0, 0, 1, 1));
        pool.close();
    }

    @Test
    void aHostThatHasNoMoreIsAWarningAndThePoolGoesOn() {
        TestHost small = new TestHost("small", 50_000, 4096, true);
        BufferPool pool = PoolMaker.make(small, new PoolSpec("p", 8, 1920, 0).withGrowth(new Growth(8, 1000, NEVER)));
        for (int i = 0; i < 3; i++) {
            pool.memory().grow();
        }
        assertThat(pool.capacity()).isEqualTo(32);
        pool.close();
        assertThat(small.open()).isZero();
        TestHost tiny = new TestHost("tiny", 20_000, 4096, true);
        BufferPool fewer = PoolMaker.make(tiny, new PoolSpec("p", 100, 1920, 0).withGrowth(new Growth(50, 100, NEVER)));
        assertThat(fewer.capacity()).as("begins with fewer than asked").isEqualTo(6);
        fewer.close();
        assertThat(tiny.open()).isZero();
    }

    @Test
    void boundsAreChecked() {
        PoolSpec spec = new PoolSpec("p", 10, 1920);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> spec.withGrowth(new Growth(11, 20, NEVER)))).contains("minBuffers is 11; give 1 to 10");
        Expect.error(DevError.INVALID_PARAM, () -> spec.withGrowth(new Growth(0, 20, NEVER)));
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> spec.withGrowth(new Growth(1, 9, NEVER)))).contains("maxBuffers is 9; give 10 to 16777216");
        Expect.error(DevError.INVALID_PARAM, () -> TestMemory.pool(spec.withGrowth(new Growth(1, 20, NEVER))));
    }

    @Test
    void leaksAreFoundInNewMemoryToo() {
        BufferPool pool = pool(4, 4, 8, NEVER);
        pool.leakDetection(LeakDetection.PARANOID);
        pool.memory().grow();
        List<NetBuf> all = takeAll(pool);
        assertThat(pool.leaks(Duration.ZERO)).hasSize(8);
        all.forEach(NetBuf::release);
        pool.close();
    }

    @Test
    void aClosedPoolNeitherGrowsNorShrinksAndFreesAllPieces() {
        BufferPool pool = pool(4, 4, 16, NEVER);
        pool.memory().grow();
        List<NetBuf> all = takeAll(pool);
        pool.close();
        pool.memory().grow();
        assertThat(pool.memory().shrink()).isFalse();
        assertThat(pool.capacity()).isEqualTo(8);
        assertThat(host.open()).isEqualTo(2);
        all.forEach(NetBuf::release);
        assertThat(host.open()).isZero();
    }

    /** Nobody is told "empty" while all but a chunk of the buffers are on one of two stacks, and none is lost or handed out twice. */
    @Test
    void threadsWorkWhileThePoolGrowsAndShrinks() throws Exception {
        BufferPool pool = pool(512, 512, 2048, NEVER);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        AtomicInteger changes = new AtomicInteger();
        long end = System.nanoTime() + 60_000_000_000L;
        Set<NetBuf> out = java.util.concurrent.ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int number = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    Random random = new Random(number);
                    List<NetBuf> mine = new ArrayList<>();
                    for (int i = 0; failed.get() == null && (i < 100_000 || changes.get() == 0 && System.nanoTime() - end < 0); i++) {
                        if (i % 1000 == 0) {
                            // Now and then a piece must be free: threads that never pause have buffers of all.
                            out.removeAll(mine);
                            mine.forEach(NetBuf::release);
                            mine.clear();
                            LockSupport.parkNanos(200_000);
                        } else if (mine.size() < 100 && random.nextBoolean()) {
                            NetBuf b = number == 0 ? pool.cache().allocate() : pool.allocate();
                            assertThat(b).as("a buffer of %s", pool).isNotNull();
                            assertThat(out.add(b)).as("%s was given out once", b).isTrue();
                            b.append(8);
                            b.setLong(0, i);
                            mine.add(b);
                        } else if (!mine.isEmpty()) {
                            NetBuf b = mine.remove(random.nextInt(mine.size()));
                            b.getLong(0);
                            out.remove(b);
                            b.release();
                        }
                    }
                    out.removeAll(mine);
                    mine.forEach(NetBuf::release);
                } catch (Throwable e) {
                    failed.compareAndSet(null, e);
                }
            }));
        }
        while (threads.stream().anyMatch(Thread::isAlive)) {
            pool.memory().grow();
            if (pool.memory().shrink()) {
                changes.incrementAndGet();
            }
            PoolStatistics s = pool.statistics();
            assertThat(s.free() + s.cached() + s.inUse()).isEqualTo(s.capacity());
            assertThat(s.inUse()).isBetween(0, s.capacity());
        }
        for (Thread t : threads) {
            t.join();
        }
        assertThat(failed.get()).isNull();
        assertThat(changes.get()).isPositive();
        assertThat(pool.missing()).isZero();
        List<NetBuf> all = takeAll(pool);
        assertThat(all).hasSize(pool.capacity()).doesNotHaveDuplicates();
        all.forEach(NetBuf::release);
        pool.close();
    }
}
