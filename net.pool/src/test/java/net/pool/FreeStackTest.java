package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import net.api.NetBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shared stack and the hand-over of caches, hammered without anything in between. */
class FreeStackTest {
    private static final int OPERATIONS = Boolean.getBoolean("hotnic.long") ? 20_000_000 : 1_000_000;

    private static NetBuf[] buffers(int n) {
        NetBuf[] all = new NetBuf[n];
        assertThat(TestMemory.pool(n).allocate(all, 0, n)).isEqualTo(n);
        Arrays.sort(all, Comparator.comparingInt(NetBuf::index));
        return all;
    }

    @Test
    void lastInIsFirstOutAcrossChunks() {
        NetBuf[] all = buffers(100);
        FreeStack stack = new FreeStack(all);
        NetBuf[] out = new NetBuf[100];
        assertThat(stack.take(out, 0, 100)).isEqualTo(100);
        assertThat(stack.give(out, 0, 70)).isTrue();
        assertThat(stack.push(out[70])).isTrue();
        assertThat(stack.size()).isEqualTo(71);
        assertThat(stack.pop()).isSameAs(out[70]);
        assertThat(stack.pop()).isSameAs(out[69]);
        assertThat(stack.push(out[71])).as("onto a chunk that is partly used").isTrue();
        NetBuf[] again = new NetBuf[80];
        assertThat(stack.take(again, 0, 3)).isEqualTo(3);
        assertThat(stack.take(again, 3, 77)).isEqualTo(67);
        assertThat(new HashSet<>(Arrays.asList(again))).contains(out[71], out[0], out[31], out[32], out[68]).doesNotContain(out[69], out[70]).hasSize(71);
        assertThat(stack.pop()).isNull();
    }

    @Test
    void sealedStackTakesAndGivesNothing() {
        NetBuf[] all = buffers(40);
        FreeStack stack = new FreeStack(all);
        NetBuf b = stack.pop();
        assertThat(stack.seal()).isEqualTo(39);
        assertThat(stack.seal()).isZero();
        assertThat(stack.pop()).isNull();
        assertThat(stack.push(b)).isFalse();
        assertThat(stack.take(all, 0, 5)).isZero();
        assertThat(stack.give(all, 0, 5)).isFalse();
        assertThat(stack.size()).isZero();
    }

    /** What protects a thread that was suspended between reading the head and replacing it. */
    @Test
    void headNeverRepeats() throws Exception {
        FreeStack stack = new FreeStack(buffers(3));
        Field field = FreeStack.class.getDeclaredField("head");
        field.setAccessible(true);
        long[] head = (long[]) field.get(stack);
        Set<Long> seen = new HashSet<>();
        NetBuf[] some = new NetBuf[2];
        for (int i = 0; i < 1000; i++) {
            NetBuf b = stack.pop();
            assertThat(seen.add(Arrays.stream(head).sum())).isTrue();
            stack.take(some, 0, 2);
            assertThat(seen.add(Arrays.stream(head).sum())).isTrue();
            stack.give(some, 0, 2);
            assertThat(seen.add(Arrays.stream(head).sum())).isTrue();
            stack.push(b);
            assertThat(seen.add(Arrays.stream(head).sum())).isTrue();
        }
    }

    @ParameterizedTest(name = "{0} buffers")
    @ValueSource(ints = {2, 3, 5, 40, 100})
    void nothingIsTakenTwice(int capacity) throws Exception {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("FreeStackTest: -Dhotnic.seed=" + seed + ", " + capacity + " buffers");
        FreeStack stack = new FreeStack(buffers(capacity));
        AtomicIntegerArray owned = new AtomicIntegerArray(capacity);
        AtomicReference<String> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            Random random = new Random(seed + t);
            threads.add(new Thread(() -> {
                NetBuf[] mine = new NetBuf[64];
                int n = 0;
                for (int i = 0; i < OPERATIONS && failed.get() == null; i++) {
                    int k = 1 + random.nextInt(Math.min(capacity, 40));
                    if (n == 0) {
                        n = k == 1 ? one(stack, mine) : stack.take(mine, 0, k);
                        for (int j = 0; j < mine.length; j++) {
                            if (j < n ? owned.getAndIncrement(mine[j].index()) != 0 : mine[j] != null) {
                                failed.set("after " + i + " operations: place " + j + " of " + n);
                            }
                        }
                    } else {
                        for (int j = 0; j < n; j++) {
                            owned.decrementAndGet(mine[j].index());
                        }
                        if (n == 1) {
                            stack.push(mine[0]);
                        } else {
                            stack.give(mine, 0, n);
                        }
                        Arrays.fill(mine, 0, n, null);
                        n = 0;
                    }
                }
                for (int j = 0; j < n; j++) {
                    owned.decrementAndGet(mine[j].index());
                }
                stack.give(mine, 0, n);
            }));
        }
        threads.forEach(Thread::start);
        for (Thread t : threads) {
            t.join();
        }
        assertThat(failed.get()).as("seed " + seed).isNull();
        assertAllThere(stack, capacity);
    }

    private static int one(FreeStack stack, NetBuf[] mine) {
        mine[0] = stack.pop();
        return mine[0] == null ? 0 : 1;
    }

    @Test
    void cacheThatIsDrainedWhileItsOwnerWorksLosesNothing() throws Exception {
        BufferPool pool = TestMemory.pool(new PoolSpec("test", 200, 1920, 64));
        AtomicReference<ThreadCache> cache = new AtomicReference<>();
        Thread owner = new Thread(() -> {
            ThreadCache own = (ThreadCache) pool.cache();
            cache.set(own);
            NetBuf[] ring = new NetBuf[128];
            while (!Thread.currentThread().isInterrupted()) {
                int n = own.take(ring, 0, 8);
                n += own.take(ring, n, 56);
                n += own.take(ring, n, 50);
                own.give(ring, 0, n / 2);
                own.give(ring, n / 2, n - n / 2);
            }
        });
        owner.start();
        while (cache.get() == null) {
            Thread.onSpinWait();
        }
        int drained = 0;
        int turns = 0;
        long deadline = System.nanoTime() + 2_000_000_000L;
        for (int i = 0; i < 20_000 && System.nanoTime() < deadline; i++) {
            int claim = cache.get().claim();
            assertThat(claim).as("nobody else claims").isNotZero();
            StockGate.handshake();
            drained += cache.get().drain(claim) ? 1 : 0;
            turns++;
        }
        owner.interrupt();
        owner.join();
        assertThat(turns).isPositive().isGreaterThanOrEqualTo(drained);
        assertThat(cache.get().drain(cache.get().claim())).isTrue();
        NetBuf[] all = new NetBuf[201];
        assertThat(pool.allocate(all, 0, 201)).isEqualTo(200);
        assertThat(new HashSet<>(Arrays.asList(all).subList(0, 200))).hasSize(200);
        assertThat(pool.statistics().misuse()).isZero();
    }

    @Test
    void stockOfAnOwnerInsideIsLeftAloneAndAskedFor() throws Exception {
        BufferPool pool = TestMemory.pool(new PoolSpec("test", 200, 1920, 64));
        ThreadCache cache = (ThreadCache) pool.cache();
        cache.release(cache.allocate());
        int stock = cache.count();
        Field inside = StockGate.class.getDeclaredField("inside");
        inside.setAccessible(true);
        inside.setBoolean(cache, true);
        int claim = cache.claim();
        assertThat(claim).isNotZero();
        assertThat(cache.claim()).as("one at a time").isZero();
        assertThat(cache.drain(0)).as("no claim").isFalse();
        assertThat(cache.drain(claim)).isFalse();
        assertThat(cache.count()).isEqualTo(stock).isPositive();
        inside.setBoolean(cache, false);
        cache.give(new NetBuf[0], 0, 0);
        assertThat(cache.count()).as("returned when the owner came next").isZero();
        assertThat(pool.statistics().free()).isEqualTo(200);
    }

    @Test
    void anOwnerWhoseStockIsClaimedReturnsItItselfAndIsNotToldEmpty() {
        BufferPool pool = TestMemory.pool(new PoolSpec("test", 4, 1920, 4));
        ThreadCache cache = (ThreadCache) pool.cache();
        NetBuf[] all = new NetBuf[4];
        cache.take(all, 0, 4);
        cache.give(all, 0, 4);
        int claim = cache.claim();
        NetBuf b = cache.allocate();
        assertThat(b).as("the owner came first").isNotNull();
        assertThat(pool.statistics().free()).as("the others can have the rest").isEqualTo(3);
        assertThat(cache.drain(claim)).as("there is nothing left to do").isFalse();
        b.release();
        int second = cache.claim();
        assertThat(cache.drain(claim)).as("of another claim").isFalse();
        assertThat(cache.drain(second)).isTrue();
        int third = cache.claim();
        pool.close();
        assertThat(cache.take()).isNull();
        assertThat(cache.drain(third)).isFalse();
        assertThat(pool.missing()).isZero();
    }

    private static void assertAllThere(FreeStack stack, int capacity) {
        NetBuf[] all = new NetBuf[capacity + 1];
        assertThat(stack.take(all, 0, capacity + 1)).isEqualTo(capacity);
        assertThat(new HashSet<>(Arrays.asList(all).subList(0, capacity))).hasSize(capacity);
    }
}
