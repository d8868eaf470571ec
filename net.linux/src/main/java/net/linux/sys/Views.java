package net.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Further sights of memory that somebody else has, for who plays a device on it: gone when their arena closes. All calls throw {@link SystemCallException}. Any thread. */
public interface Views {
    /** The running system's. */
    Views SYSTEM = new SystemMappings();

    /**
     * Maps part of a file, shared, for reading only; the segment is read-only too. mmap(2).
     *
     * @param offset where the part starts, a multiple of the page size
     */
    MemorySegment read(int fd, long offset, long size, Arena arena);

    /**
     * Shared mappings of files once more, one behind the other: what is written here is written there. It is read-only if one of them is. mremap(2) of no
     * bytes, which makes another mapping of the same pages.
     *
     * @param pieces each of whole pages, but for the end of the last one
     */
    MemorySegment join(List<MemorySegment> pieces, Arena arena);
}
