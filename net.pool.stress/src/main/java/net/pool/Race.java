package net.pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.device.DmaMemory;

/** What the races share: small pools that cost little to make, since every try has a new one, and what calls gave as a number. */
final class Race {
    private static final int MOST = 8;
    private static final DmaMemory MEMORY = new Memory(Arena.global().allocate((long) MOST * 2048, 4096));

    private Race() {
    }

    /** A pool of up to 8 buffers without caches. */
    static BufferPool pool(int buffers) {
        return pool(buffers, 0);
    }

    /** A pool of up to 8 buffers; all pools use the same memory. */
    static BufferPool pool(int buffers, int cache) {
        return new BufferPool(new PoolSpec("race", buffers, PoolSpec.DATA_ROOM, cache), 1, "race", MEMORY);
    }

    /** 1 when it was done, 0 when it was refused with BAD_STATE, the only right way to refuse. */
    static int done(Runnable call) {
        try {
            call.run();
            return 1;
        } catch (DevException e) {
            return refused(e);
        }
    }

    /** 0 for BAD_STATE, 100 and more for what should not be. */
    static int refused(DevException e) {
        return e.error() == DevError.BAD_STATE ? 0 : 100 + e.error().ordinal();
    }

    /** The buffer's number, or -1. */
    static int index(NetBuf b) {
        return b == null ? -1 : b.index();
    }

    /** How many different buffers the pool can give; -1 if it gives one twice, or one that is taken. */
    static int count(BufferPool pool, NetBuf... taken) {
        long seen = 0;
        for (NetBuf b : taken) {
            if (b != null) {
                if ((seen & 1L << b.index()) != 0) {
                    return -1;
                }
                seen |= 1L << b.index();
            }
        }
        for (int n = 0;; n++) {
            NetBuf b = pool.allocate();
            if (b == null) {
                return n;
            }
            if ((seen & 1L << b.index()) != 0) {
                return -1;
            }
            seen |= 1L << b.index();
        }
    }

    private record Memory(MemorySegment segment) implements DmaMemory {
        @Override
        public long pageSize() {
            return 4096;
        }

        @Override
        public long iova(long offset) {
            return offset;
        }

        @Override
        public void close() {
            // of all pools
        }
    }
}
