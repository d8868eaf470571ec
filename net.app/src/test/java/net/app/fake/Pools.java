package net.app.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.PoolStatistics;
import net.api.device.DmaMemory;
import net.pool.BufferPool;
import net.pool.PoolSpec;

/** Real pools, in memory that no device reaches. */
public final class Pools {
    private static final AtomicInteger IDS = new AtomicInteger();
    private static final int PAGE = 4096;

    private Pools() {
    }

    public static BufferPool of(int buffers) {
        return of(buffers, PoolSpec.DATA_ROOM);
    }

    public static BufferPool of(int buffers, int dataRoom) {
        int id = IDS.incrementAndGet();
        PoolSpec spec = new PoolSpec("test" + id, buffers, dataRoom);
        long size = ((long) buffers + 2) * (spec.stride() + PAGE);
        Arena arena = Arena.ofShared();
        MemorySegment memory = arena.allocate(size, PAGE);
        return new BufferPool(spec, id, "test", new DmaMemory() {
            @Override
            public MemorySegment segment() {
                return memory;
            }

            @Override
            public long pageSize() {
                return 1L << 30;
            }

            @Override
            public long iova(long offset) {
                return offset;
            }

            @Override
            public void close() {
                arena.close();
            }
        });
    }

    /** A frame of these bytes, in buffers of at most {@code piece} bytes each. */
    public static NetBuf frame(NetBufPool pool, byte[] bytes, int piece) {
        NetBuf head = null;
        for (int at = 0; at == 0 || at < bytes.length; at += piece) {
            NetBuf b = pool.allocate();
            int n = Math.min(piece, bytes.length - at);
            b.setLength(n);
            b.copyFrom(0, bytes, at, n);
            if (head == null) {
                head = b;
            } else {
                head.chain(b);
            }
        }
        return head;
    }

    /** Nothing is with anybody any more. */
    public static void assertWhole(NetBufPool pool) {
        PoolStatistics s = pool.statistics();
        assertThat(s.inUse()).as("buffers in use of %s: %s", pool.name(), s).isZero();
        assertThat(s.misuse()).as("misuse of %s", pool.name()).isZero();
    }
}
