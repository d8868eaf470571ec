package net.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** For a test: calls that it does not override are none that it expects. */
public abstract class StrictMappings implements Mappings {
    @Override
    public MemorySegment map(int fd, long offset, long size, Arena arena) {
        throw new AssertionError("%d bytes of a file were mapped".formatted(size));
    }

    @Override
    public MemorySegment allocate(long size, long page, int node, Arena arena) {
        throw new AssertionError("%d bytes in pages of %d were allocated".formatted(size, page));
    }

    @Override
    public void bind(MemorySegment memory, int node) {
        throw new AssertionError("memory was bound to node " + node);
    }

    @Override
    public void lock(MemorySegment memory) {
        throw new AssertionError("memory was locked");
    }
}
