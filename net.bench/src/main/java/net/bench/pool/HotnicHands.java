package net.bench.pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.device.DmaMemory;
import net.pool.BufferPool;
import net.pool.PoolSpec;

/** The pool of this project: through the cache of a thread, and without. */
final class HotnicHands {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    private HotnicHands() {
    }

    /** As a driver works: buffers move between the cache and a ring, and are not marked as owned. */
    static Supplier<Hand<?>> ownerRaw() {
        MemorySegment memory = memory();
        NetBufPool pool = pool(memory);
        return () -> new Raw(pool.cache(), memory);
    }

    /** As an application works: buffers are owned and checked. */
    static Supplier<Hand<?>> owner() {
        NetBufPool pool = pool(memory());
        return () -> new Owner(pool.cache());
    }

    /** As a thread without a cache works. */
    static Supplier<Hand<?>> anyThread() {
        NetBufPool pool = pool(memory());
        return () -> new AnyThread(pool);
    }

    private static MemorySegment memory() {
        return Arena.ofShared().allocate((long) Peer.BUFFERS * Peer.STRIDE, 4096);
    }

    private static NetBufPool pool(MemorySegment memory) {
        PoolSpec spec = new PoolSpec("bench", Peer.BUFFERS, PoolSpec.DATA_ROOM);
        return new BufferPool(spec, 1, "bench", new Memory(memory));
    }

    /** Contiguous, without a device. */
    private record Memory(MemorySegment segment) implements DmaMemory {
        @Override
        public long pageSize() {
            return Long.highestOneBit(segment.byteSize()) << 1;
        }

        @Override
        public long iova(long offset) {
            return offset;
        }

        @Override
        public void close() {
            // the memory lives as long as the virtual machine
        }
    }

    private static final class Raw extends Hand<NetBuf> {
        private final NetBufCache cache;
        private final MemorySegment memory;

        Raw(NetBufCache cache, MemorySegment memory) {
            this.cache = cache;
            this.memory = memory;
        }

        @Override
        NetBuf[] array(int n) {
            return new NetBuf[n];
        }

        @Override
        NetBuf take() {
            return cache.take();
        }

        @Override
        int take(NetBuf[] to, int n) {
            return cache.take(to, 0, n);
        }

        @Override
        boolean give(NetBuf buffer) {
            cache.give(buffer);
            return true;
        }

        @Override
        int give(NetBuf[] from, int first, int n) {
            cache.give(from, first, n);
            return n;
        }

        @Override
        void touch(NetBuf buffer, int value) {
            memory.set(INT, buffer.memoryOffset(), value);
        }
    }

    private static final class Owner extends Hand<NetBuf> {
        private final NetBufCache cache;

        Owner(NetBufCache cache) {
            this.cache = cache;
        }

        @Override
        NetBuf[] array(int n) {
            return new NetBuf[n];
        }

        @Override
        NetBuf take() {
            return cache.allocate();
        }

        @Override
        int take(NetBuf[] to, int n) {
            return cache.allocate(to, 0, n);
        }

        @Override
        boolean give(NetBuf buffer) {
            cache.release(buffer);
            return true;
        }

        @Override
        int give(NetBuf[] from, int first, int n) {
            cache.release(from, first, n);
            return n;
        }

        @Override
        void touch(NetBuf buffer, int value) {
            write(buffer, value);
        }
    }

    private static final class AnyThread extends Hand<NetBuf> {
        private final NetBufPool pool;

        AnyThread(NetBufPool pool) {
            this.pool = pool;
        }

        @Override
        NetBuf[] array(int n) {
            return new NetBuf[n];
        }

        @Override
        NetBuf take() {
            return pool.allocate();
        }

        @Override
        int take(NetBuf[] to, int n) {
            return pool.allocate(to, 0, n);
        }

        @Override
        boolean give(NetBuf buffer) {
            pool.release(buffer);
            return true;
        }

        @Override
        int give(NetBuf[] from, int first, int n) {
            pool.release(from, first, n);
            return n;
        }

        @Override
        void touch(NetBuf buffer, int value) {
            write(buffer, value);
        }
    }

    private static void write(NetBuf buffer, int value) {
        buffer.append(4);
        buffer.setInt(0, value);
    }
}
