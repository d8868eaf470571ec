package net.driver.ixgbe;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import net.api.device.DmaMemory;

/** DMA memory in one piece, far from address 0. */
final class TestDma implements DmaMemory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final long iova;

    TestDma(long bytes, long iova) {
        segment = arena.allocate(bytes, 4096);
        this.iova = iova;
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public long pageSize() {
        return 1L << 30;
    }

    @Override
    public long iova(long offset) {
        return iova + Objects.checkIndex(offset, segment.byteSize());
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
