package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import net.api.NetBuf;
import net.api.NetBufCache;
import org.junit.jupiter.api.Test;

/** Once warm, no operation of the packet path allocates on the Java heap. */
class PoolGarbageTest {
    private static final int OPERATIONS = 1_000_000;
    /** The measurement itself, and one recompilation more or less. */
    private static final long NOISE = 2048;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final BufferPool pool = TestMemory.pool(new PoolSpec("test", 1024, 1920, 64));
    private final NetBuf[] bufs = new NetBuf[256];

    @Test
    void anyThreadAllocatesNothing() {
        assertNoGarbage(() -> pool.allocate().release());
        assertNoGarbage(() -> {
            pool.allocate(bufs, 0, 32);
            pool.release(bufs, 0, 32);
        });
    }

    @Test
    void ownerOfACacheAllocatesNothing() {
        NetBufCache cache = pool.cache();
        assertNoGarbage(() -> {
            cache.take(bufs, 0, 32);
            cache.give(bufs, 0, 32);
            cache.release(cache.allocate());
            pool.allocate().release();
        });
        assertNoGarbage(() -> {
            int got = cache.allocate(bufs, 0, 200);
            cache.release(bufs, 0, got);
        });
    }

    @Test
    void exhaustionAndHandlesAndChainsAllocateNothing() {
        NetBuf[] all = new NetBuf[1024];
        pool.allocate(all, 0, 1022);
        assertNoGarbage(() -> {
            NetBuf a = pool.allocate();
            NetBuf b = pool.allocate();
            if (pool.allocate() != null || pool.allocate(bufs, 0, 4) != 0) {
                throw new AssertionError("not exhausted");
            }
            a = pool.attach(a.detach());
            a.retain().release();
            a.chain(b);
            a.release();
        });
    }

    private void assertNoGarbage(Runnable operation) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5 && least > NOISE; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < OPERATIONS; i++) {
                operation.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes in %d operations", OPERATIONS).isLessThanOrEqualTo(NOISE);
    }
}
