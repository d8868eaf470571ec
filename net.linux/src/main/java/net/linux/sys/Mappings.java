package net.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory by mmap(2), unmapped when its arena closes. All calls throw {@link SystemCallException}. Any thread. */
public interface Mappings {
    /** The running system's. */
    Mappings SYSTEM = new SystemMappings();

    /**
     * Maps part of a file or device, shared, for reading and writing.
     *
     * @param offset where the part starts, a multiple of the page size
     */
    MemorySegment map(int fd, long offset, long size, Arena arena);

    /**
     * Zeroed memory that is shared with child processes, so that a fork never copies a page under a device.
     *
     * @param size a multiple of the page
     * @param page 4096, or the size of the huge pages to take: they are reserved now, or the call fails
     * @param node NUMA node to take it from, -1 for any
     */
    MemorySegment allocate(long size, long page, int node, Arena arena);

    /**
     * mbind(2), before the first touch: pages come from that NUMA node, or not at all.
     *
     * @param node 0 to 63
     */
    void bind(MemorySegment memory, int node);

    /** mlock(2): the pages stay where they are in memory, and are there when this returns. */
    void lock(MemorySegment memory);
}
