package net.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.PoolStatistics;
import org.junit.jupiter.api.Test;

/** Caches of threads, and that they hide nothing. */
class ThreadCacheTest {
    private final BufferPool pool = TestMemory.pool(new PoolSpec("test", 1024, 1920, 64));

    @Test
    void threadHasOneCacheAndOthersMayNotTouchIt() {
        NetBufCache cache = pool.cache();
        assertThat(pool.cache()).isSameAs(cache);
        assertThat(cache.pool()).isSameAs(pool);
        NetBuf b = cache.allocate();
        NetBuf[] one = {b};
        Expect.inThread(() -> {
            assertThat(pool.cache()).isNotSameAs(cache);
            assertThat(Expect.error(DevError.BAD_STATE, cache::allocate)).contains("belongs to thread", "helper");
            Expect.error(DevError.BAD_STATE, () -> cache.allocate(new NetBuf[1], 0, 1));
            Expect.error(DevError.BAD_STATE, () -> cache.take(new NetBuf[1], 0, 1));
            Expect.error(DevError.BAD_STATE, () -> cache.give(new NetBuf[1], 0, 1));
            Expect.error(DevError.BAD_STATE, () -> cache.release(b));
            Expect.error(DevError.BAD_STATE, () -> cache.release(one, 0, 1));
            Expect.error(DevError.BAD_STATE, cache::flush);
        });
        assertThat(b.isOwned()).isTrue();
        assertThat(one).containsExactly(b);
        cache.release(b);
        assertThat(pool.missing()).isZero();
    }

    @Test
    void anEndedThreadIsNotKept() throws InterruptedException {
        WeakReference<Thread> ended = endedUser();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (ended.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
        }
        assertThat(ended.get()).as("thread that used the pool and has ended").isNull();
        assertThat(pool.missing()).isZero();
    }

    private WeakReference<Thread> endedUser() throws InterruptedException {
        Thread user = new Thread(() -> pool.cache().release(pool.cache().allocate()));
        user.start();
        user.join();
        return new WeakReference<>(user);
    }

    @Test
    void takeAndGiveMoveBuffersUnmarked() {
        NetBufCache cache = pool.cache();
        NetBuf[] ring = new NetBuf[256];
        for (int n : new int[] {0, 1, 2, 32, 63, 64, 65, 256}) {
            assertThat(cache.take(ring, 0, n)).isEqualTo(n);
            assertThat(new HashSet<>(Arrays.asList(ring).subList(0, n))).hasSize(n).noneMatch(NetBuf::isOwned);
            assertThat(pool.missing()).isEqualTo(n);
            cache.give(ring, 0, n);
            assertThat(pool.missing()).isZero();
            assertThat(pool.statistics().cached()).isLessThanOrEqualTo(64);
        }
        PoolStatistics s = pool.statistics();
        assertThat(s.allocations()).isEqualTo(483);
        assertThat(s.releases()).isEqualTo(483);
        cache.flush();
        assertThat(pool.statistics().cached()).isZero();
        assertThat(pool.statistics().free()).isEqualTo(1024);
        for (int[] bad : new int[][] {{0, 257}, {-1, 1}, {256, 1}, {0, -1}}) {
            assertThatThrownBy(() -> cache.take(ring, bad[0], bad[1])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> cache.give(ring, bad[0], bad[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void lastInIsFirstOut() {
        NetBufCache cache = pool.cache();
        NetBuf a = cache.allocate();
        NetBuf b = cache.allocate();
        cache.release(a);
        cache.release(b);
        assertThat(cache.allocate()).isSameAs(b);
        assertThat(cache.allocate()).isSameAs(a);
        cache.release(a);
        cache.release(b);
    }

    @Test
    void callsOfTheOwnerToThePoolWorkWithItsCache() {
        NetBufCache cache = pool.cache();
        NetBuf a = pool.allocate();
        a.release();
        assertThat(cache.allocate()).isSameAs(a);
        NetBuf[] two = {a, pool.allocate()};
        pool.release(two, 0, 2);
        int cached = pool.statistics().cached();
        assertThat(pool.allocate(two, 0, 2)).isEqualTo(2);
        assertThat(pool.statistics().cached()).isEqualTo(cached - 2);
        pool.release(two, 0, 2);
        Expect.misuse(pool, DevError.BAD_STATE, () -> cache.release(a));
    }

    @Test
    void ownerGetsAllThereIs() {
        NetBufCache cache = pool.cache();
        NetBuf[] all = new NetBuf[1100];
        int n = 0;
        while (n < 1024) {
            NetBuf b = cache.allocate();
            assertThat(b).isNotNull();
            all[n++] = b;
        }
        assertThat(cache.allocate()).isNull();
        assertThat(cache.take(new NetBuf[8], 0, 8)).isZero();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(1024, 0, 0, 1024, 0, 2, 0));
        cache.release(all, 0, 1100);
        assertThat(cache.allocate(all, 0, 1100)).isEqualTo(1024);
        cache.release(all, 0, 1024);
        assertThat(pool.missing()).isZero();
    }

    @Test
    void poolWithoutRoomForCachesWorks() {
        BufferPool tiny = TestMemory.pool(new PoolSpec("tiny", 3, 1920));
        NetBufCache cache = tiny.cache();
        NetBuf[] ring = new NetBuf[4];
        assertThat(cache.take(ring, 0, 4)).isEqualTo(3);
        assertThat(cache.allocate()).isNull();
        cache.give(ring, 0, 3);
        NetBuf b = cache.allocate();
        cache.release(b);
        assertThat(tiny.statistics()).isEqualTo(new PoolStatistics(3, 3, 0, 4, 4, 2, 0));
        tiny.close();
    }

    @Test
    void cacheOfAnEndedThreadComesBackWhenOthersStarve() {
        Expect.inThread(() -> pool.cache().release(pool.cache().allocate()));
        assertThat(pool.statistics().cached()).isPositive();
        assertAllCanBeAllocated();
    }

    @Test
    void cachesOfEndedThreadsAreForgottenButNotTheirCounters() {
        for (int i = 0; i < 200; i++) {
            Expect.inThread(() -> pool.cache().release(pool.cache().allocate()));
        }
        Expect.inThread(() -> assertThat(pool.cache()).isNotNull());
        assertThat(pool.statistics().cached()).as("caches that are still there").isLessThanOrEqualTo(64);
        assertThat(pool.statistics().allocations()).isEqualTo(200);
        assertThat(pool.statistics().releases()).isEqualTo(200);
        assertThat(pool.missing()).isZero();
    }

    @Test
    void cacheOfAnIdleThreadComesBackWhenOthersStarve() throws Exception {
        CountDownLatch filled = new CountDownLatch(1);
        CountDownLatch checked = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread idle = new Thread(() -> {
            NetBufCache cache = pool.cache();
            cache.release(cache.allocate());
            filled.countDown();
            try {
                assertThat(checked.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(cache.allocate()).as("all is out").isNull();
        });
        idle.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
        idle.start();
        assertThat(filled.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.statistics().cached()).isPositive();
        NetBuf[] all = assertAllCanBeAllocated();
        checked.countDown();
        idle.join();
        assertThat(thrown.get()).isNull();
        pool.release(all, 0, all.length);
        assertThat(pool.missing()).isZero();
    }

    private NetBuf[] assertAllCanBeAllocated() {
        NetBuf[] all = new NetBuf[1024];
        int n = 0;
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (n < all.length && System.nanoTime() < deadline) {
            n += pool.allocate(all, n, all.length - n);
        }
        assertThat(n).isEqualTo(1024);
        assertThat(new HashSet<>(Arrays.asList(all))).hasSize(1024);
        return all;
    }

    @Test
    void aThreadThatComesOftenGetsASmallCacheAndALargeOneWhenItAsks() {
        comeOften(pool);
        assertThat(pool.statistics().cached()).as("buffers of a small cache").isBetween(1, 16);
        NetBufCache cache = pool.cache();
        assertThat(pool.cache()).isSameAs(cache);
        NetBuf[] many = new NetBuf[60];
        assertThat(cache.take(many, 0, 60)).isEqualTo(60);
        cache.give(many, 0, 60);
        assertThat(pool.statistics().cached()).as("buffers of the cache that it has asked for").isBetween(60, 64);
        assertThat(pool.statistics().allocations()).isEqualTo(pool.statistics().releases());
        cache.flush();
        assertThat(pool.statistics().free()).isEqualTo(1024);
        Expect.inThread(() -> Expect.error(DevError.BAD_STATE, cache::take));
    }

    @Test
    void aThreadThatOnlyReleasesGetsOneToo() {
        NetBuf[] all = new NetBuf[600];
        Expect.inThread(() -> {
            NetBufCache cache = pool.cache();
            assertThat(cache.allocate(all, 0, 600)).isEqualTo(600);
            cache.flush();
        });
        for (NetBuf b : all) {
            b.release();
        }
        assertThat(pool.statistics().cached()).isBetween(1, 16);
        assertThat(pool.statistics().releases()).isEqualTo(600);
        assertThat(pool.missing()).isZero();
    }

    @Test
    void smallCachesHoldAtMostAQuarterOfTheBuffersAndHideNone() throws Exception {
        Thread[] threads = new Thread[40];
        CountDownLatch filled = new CountDownLatch(threads.length);
        CountDownLatch checked = new CountDownLatch(1);
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                NetBuf[] some = new NetBuf[16];
                comeOften(pool);
                pool.allocate(some, 0, 16);
                pool.release(some, 0, 16);
                filled.countDown();
                try {
                    assertThat(checked.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        assertThat(filled.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.statistics().cached()).isBetween(128, 256);
        pool.release(assertAllCanBeAllocated(), 0, 1024);
        checked.countDown();
        for (Thread t : threads) {
            t.join();
        }
        assertThat(pool.missing()).isZero();
    }

    @Test
    void smallCachesOfEndedThreadsMakeRoomForOthers() {
        for (int i = 0; i < 50; i++) {
            Expect.inThread(() -> {
                NetBuf[] some = new NetBuf[16];
                comeOften(pool);
                pool.allocate(some, 0, 16);
                pool.release(some, 0, 16);
                assertThat(pool.statistics().cached()).as("buffers of the one small cache whose thread lives").isEqualTo(16);
            });
        }
        assertThat(pool.missing()).isZero();
        assertThat(pool.statistics().allocations()).isEqualTo(pool.statistics().releases()).isEqualTo(50 * 316);
    }

    @Test
    void aThreadWhosePlaceInTheTableWasTakenComesBackToItsCache() {
        NetBufCache cache = pool.cache();
        for (int i = 0; i < 200; i++) {
            Expect.inThread(() -> assertThat(pool.cache()).isNotSameAs(cache));
        }
        comeOften(pool);
        assertThat(pool.statistics().cached()).isPositive();
        assertThat(pool.cache()).isSameAs(cache);
        cache.flush();
        assertThat(pool.statistics().cached()).isZero();
    }

    @Test
    void virtualThreadsAndTinyPoolsAndPoolsWithoutCachesHaveNoSmallOnes() throws Exception {
        Thread.ofVirtual().start(() -> comeOften(pool)).join();
        assertThat(pool.statistics().allocations()).isEqualTo(300);
        BufferPool tiny = TestMemory.pool(new PoolSpec("tiny", 255, 1920, 64));
        BufferPool none = TestMemory.pool(new PoolSpec("none", 1024, 1920, 0));
        comeOften(tiny);
        comeOften(none);
        for (BufferPool p : new BufferPool[] {pool, tiny, none}) {
            assertThat(p.statistics().cached()).as(p.name()).isZero();
        }
    }

    private static void comeOften(BufferPool pool) {
        for (int i = 0; i < 300; i++) {
            pool.allocate().release();
        }
    }

    @Test
    void closingThePoolEmptiesCachesAndTheirOwnersWorkOn() throws Exception {
        CountDownLatch filled = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread owner = new Thread(() -> {
            NetBufCache cache = pool.cache();
            NetBuf[] ring = new NetBuf[40];
            cache.take(ring, 0, 40);
            NetBuf b = cache.allocate();
            filled.countDown();
            try {
                assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(cache.allocate()).isNull();
            assertThat(cache.take(new NetBuf[4], 0, 4)).isZero();
            cache.give(ring, 0, 40);
            cache.release(b);
            cache.flush();
        });
        owner.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
        owner.start();
        assertThat(filled.await(60, TimeUnit.SECONDS)).isTrue();
        pool.close();
        assertThat(pool.missing()).isEqualTo(41);
        closed.countDown();
        owner.join();
        assertThat(thrown.get()).isNull();
        assertThat(pool.missing()).isZero();
    }
}
