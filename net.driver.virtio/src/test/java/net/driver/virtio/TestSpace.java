package net.driver.virtio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import net.api.device.DmaMemory;

/** DMA memory, found again by its device address. */
final class TestSpace implements AutoCloseable {
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();
    private long next = 0x1_0000_0000L;

    private static final class Piece implements DmaMemory {
        final Arena arena = Arena.ofShared();
        final MemorySegment segment;
        final long iova;

        Piece(long bytes, long iova) {
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
            return iova + java.util.Objects.checkIndex(offset, segment.byteSize());
        }

        @Override
        public void close() {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        }
    }

    DmaMemory allocate(long bytes) {
        Piece p = new Piece(bytes, next);
        pieces.put(next, p);
        next += bytes + 0xffff & ~0xffffL;
        return p;
    }

    /** What a device sees there; it throws if not all of it was allocated in one piece. */
    MemorySegment at(long iova, long bytes) {
        Map.Entry<Long, Piece> e = pieces.floorEntry(iova);
        if (e == null) {
            throw new AssertionError("the device was given address 0x%x, which nobody allocated".formatted(iova));
        }
        return e.getValue().segment.asSlice(iova - e.getKey(), bytes);
    }

    @Override
    public void close() {
        pieces.values().forEach(Piece::close);
    }
}
