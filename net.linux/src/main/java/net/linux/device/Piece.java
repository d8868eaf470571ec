package net.linux.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import net.api.device.DmaMemory;

/** Memory that was placed. It is gone from the devices before it is gone from this process. */
public final class Piece implements DmaMemory {
    private final MemorySegment memory;
    private final Arena arena;
    private final Placement.Placed placed;
    private final int node;
    private boolean closed;

    /**
     * @param arena of the memory, closed with the piece
     * @param placed removed with the piece
     * @param node NUMA node, -1 for any
     */
    public Piece(MemorySegment memory, Arena arena, Placement.Placed placed, int node) {
        this.memory = memory;
        this.arena = arena;
        this.placed = placed;
        this.node = node;
    }

    @Override
    public MemorySegment segment() {
        return memory;
    }

    @Override
    public long pageSize() {
        return placed.pageSize();
    }

    @Override
    public long iova(long offset) {
        return placed.iova(Objects.checkIndex(offset, memory.byteSize()));
    }

    @Override
    public int node() {
        return node;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            placed.remove();
            arena.close();
        }
    }
}
