package net.bench.pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The memory behind a process's buffers. It is a constant, so that to touch a buffer costs little more than in C: where the buffer is, a bounds check, whether
 * the arena is alive, and the store.
 */
final class Bytes {
    static final MemorySegment ALL = Arena.ofShared().allocate((long) Peer.BUFFERS * Peer.STRIDE, 4096);

    private Bytes() {
    }

    /** Writes four bytes. */
    static void touch(long at, int value) {
        ALL.set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
    }
}
