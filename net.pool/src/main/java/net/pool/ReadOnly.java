package net.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Views of memory through which nothing can be written, made once for each memory. */
final class ReadOnly {
    /** More memories than these, and all are forgotten. */
    private static final int MOST = 64;

    private record View(MemorySegment memory, MemorySegment readOnly) {
    }

    /** Replaced, never changed. */
    private volatile View[] views = {};

    MemorySegment of(MemorySegment memory) {
        if (memory.isReadOnly()) {
            return memory;
        }
        for (View v : views) {
            if (v.memory == memory) {
                return v.readOnly;
            }
        }
        return add(memory);
    }

    private synchronized MemorySegment add(MemorySegment memory) {
        View v = new View(memory, memory.asReadOnly());
        View[] more = views.length == MOST ? new View[1] : Arrays.copyOf(views, views.length + 1);
        more[more.length - 1] = v;
        views = more;
        return v.readOnly;
    }
}
