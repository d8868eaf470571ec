package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.PoolStatistics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random operations of one thread, wrong ones among them, against a model that keeps nothing but the state of each buffer and the counters. */
class PoolModelTest {
    private static final int OPERATIONS = 20_000;

    /** What the model knows of one buffer. */
    private static final class Buffer {
        int references;
        boolean withDriver;
        long handle;
        final List<Long> stale = new ArrayList<>();

        boolean owned() {
            return references > 0;
        }

        boolean free() {
            return references == 0 && !withDriver && handle == 0;
        }
    }

    private final Map<NetBuf, Buffer> model = new HashMap<>();
    private long allocations;
    private long releases;
    private long failures;
    private long misuse;

    @ParameterizedTest(name = "{0} buffers, cache of {1}")
    @CsvSource({"1, 0", "5, 2", "40, 0", "100, 16", "500, 64"})
    void poolDoesWhatTheModelDoes(int capacity, int cacheSize) {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("PoolModelTest: -Dhotnic.seed=" + seed + ", " + capacity + " buffers");
        Random random = new Random(seed);
        BufferPool pool = TestMemory.pool(new PoolSpec("test", capacity, 1920, cacheSize));
        NetBufCache cache = pool.cache();
        NetBuf[] all = new NetBuf[capacity];
        pool.allocate(all, 0, capacity);
        allocations = capacity;
        for (NetBuf b : all) {
            model.put(b, new Buffer());
            model.get(b).references = 1;
        }
        for (int i = 0; i < OPERATIONS; i++) {
            step(pool, cache, all[random.nextInt(capacity)], random);
            if (i % 16 == 0) {
                PoolStatistics s = pool.statistics();
                assertThat(new long[] {s.free() + s.cached(), s.allocations(), s.releases(), s.failures(), s.misuse()})
                        .as("free, allocations, releases, failures, misuse after operation %d of seed %d", i, seed)
                        .containsExactly(model.values().stream().filter(Buffer::free).count(), allocations, releases, failures, misuse);
            }
        }
        model.forEach((b, m) -> {
            assertThat(b.isOwned()).isEqualTo(m.owned());
            assertThat(b.references()).isEqualTo(Math.max(1, m.references));
        });
    }

    private void step(BufferPool pool, NetBufCache cache, NetBuf b, Random random) {
        Buffer m = model.get(b);
        switch (random.nextInt(9)) {
            case 0 -> {
                NetBuf a = random.nextBoolean() ? pool.allocate() : cache.allocate();
                boolean any = model.values().stream().anyMatch(Buffer::free);
                assertThat(a != null).isEqualTo(any);
                if (any) {
                    assertThat(model.get(a).free()).isTrue();
                    model.get(a).references = 1;
                    allocations++;
                } else {
                    failures++;
                }
            }
            case 1 -> {
                if (m.owned()) {
                    b.release();
                    released(m);
                } else {
                    misuse++;
                    Expect.error(DevError.BAD_STATE, random.nextBoolean() ? b::release : () -> cache.release(b));
                }
            }
            case 2 -> {
                if (m.owned()) {
                    cache.release(b);
                    released(m);
                }
            }
            case 3 -> {
                if (!m.owned()) {
                    Expect.error(DevError.BAD_STATE, b::retain);
                } else if (m.references < 4) {
                    b.retain();
                    m.references++;
                }
            }
            case 4 -> {
                if (m.references == 1) {
                    m.handle = b.detach();
                    assertThat(m.stale).doesNotContain(m.handle);
                    m.references = 0;
                } else {
                    Expect.error(m.owned() ? DevError.RESOURCE_BUSY : DevError.BAD_STATE, b::detach);
                }
            }
            case 5 -> {
                if (m.handle != 0) {
                    assertThat(pool.attach(m.handle)).isSameAs(b);
                    m.stale.add(m.handle);
                    m.handle = 0;
                    m.references = 1;
                } else if (!m.stale.isEmpty()) {
                    misuse++;
                    Expect.error(DevError.BAD_STATE, () -> pool.attach(m.stale.get(random.nextInt(m.stale.size()))));
                }
            }
            case 6 -> {
                int want = random.nextInt(80);
                NetBuf[] taken = new NetBuf[want];
                int free = (int) model.values().stream().filter(Buffer::free).count();
                int got = cache.take(taken, 0, want);
                assertThat(got).isEqualTo(Math.min(want, free));
                failures += got < want ? 1 : 0;
                allocations += got;
                for (int i = 0; i < got; i++) {
                    assertThat(model.get(taken[i]).free()).isTrue();
                    model.get(taken[i]).withDriver = true;
                }
            }
            case 7 -> {
                NetBuf[] back = model.entrySet().stream().filter(e -> e.getValue().withDriver).map(Map.Entry::getKey).limit(random.nextInt(80)).toArray(NetBuf[]::new);
                if (random.nextInt(5) == 0) {
                    assertThat(pool.reclaim(back.clone())).isEqualTo(back.length);
                } else {
                    cache.give(back, 0, back.length);
                }
                for (NetBuf x : back) {
                    model.get(x).withDriver = false;
                }
                releases += back.length;
            }
            default -> {
                if (m.withDriver) {
                    b.received(128, random.nextInt(1920));
                    m.withDriver = false;
                    m.references = 1;
                } else if (random.nextInt(10) == 0) {
                    cache.flush();
                }
            }
        }
    }

    private void released(Buffer m) {
        m.references--;
        if (m.references == 0) {
            releases++;
        }
    }
}
