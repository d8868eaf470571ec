package net.pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.device.DmaMemory;

/** DMA memory without a device: device addresses start at 4 GiB, and every page is two pages away from the one before, unless it is contiguous. */
public final class TestMemory implements DmaMemory {
    public static final long FIRST_IOVA = 1L << 32;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final long pageSize;
    private final boolean contiguous;
    private final long first;
    private final AtomicInteger closes = new AtomicInteger();

    public TestMemory(long bytes, long pageSize, boolean contiguous) {
        this(null, bytes, pageSize, contiguous, FIRST_IOVA);
    }

    /** @param of somebody else, or null */
    TestMemory(MemorySegment of, long bytes, long pageSize, boolean contiguous, long first) {
        this.segment = of == null ? arena.allocate(bytes, 4096) : of;
        this.first = first;
        this.pageSize = pageSize;
        this.contiguous = contiguous;
    }

    public static BufferPool pool(int buffers) {
        return pool(new PoolSpec("test", buffers, PoolSpec.DATA_ROOM));
    }

    public static BufferPool pool(PoolSpec spec) {
        return new BufferPool(spec, 7, "host", new TestMemory(Spacing.tight(spec, 4096).bytes(spec.buffers()), 4096, false));
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public long pageSize() {
        return pageSize;
    }

    @Override
    public long iova(long offset) {
        if (offset < 0 || offset >= size()) {
            throw new IndexOutOfBoundsException("offset " + offset);
        }
        return first + (contiguous ? offset : offset / pageSize * 2 * pageSize + offset % pageSize);
    }

    @Override
    public void close() {
        if (closes.getAndIncrement() == 0) {
            arena.close();
        }
    }

    public boolean isClosed() {
        return closes.get() > 0;
    }

    public int closes() {
        return closes.get();
    }
}
