package net.bench.pool;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.device.DmaMemory;
import net.pool.BufferPool;
import net.pool.PoolSpec;

/** The pool of this project: through the cache of a thread, and without. */
final class HotnicHands {
    private HotnicHands() {
    }

    /** As a driver works: buffers move between the cache and a ring, and are not marked as owned. */
    static Supplier<Hand.Grip<?, ?>> ownerRaw() {
        NetBufPool pool = pool();
        return () -> new Hand.Grip<>(new Raw(), pool.cache());
    }

    /** As an application works: buffers are owned and checked. */
    static Supplier<Hand.Grip<?, ?>> owner() {
        NetBufPool pool = pool();
        return () -> new Hand.Grip<>(new Owner(), pool.cache());
    }

    /** As a thread without a cache works. */
    static Supplier<Hand.Grip<?, ?>> anyThread() {
        NetBufPool pool = pool();
        return () -> new Hand.Grip<>(new AnyThread(), pool);
    }

    private static NetBufPool pool() {
        PoolSpec spec = new PoolSpec("bench", Peer.BUFFERS, PoolSpec.DATA_ROOM);
        return new BufferPool(spec, 1, "bench", new Memory(Bytes.ALL));
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

    private static final class Raw extends Hand<NetBufCache, NetBuf> {
        @Override
        NetBuf[] array(int n) {
            return new NetBuf[n];
        }

        @Override
        NetBuf take(NetBufCache cache) {
            return cache.take();
        }

        @Override
        int take(NetBufCache cache, NetBuf[] to, int n) {
            return cache.take(to, 0, n);
        }

        @Override
        boolean give(NetBufCache cache, NetBuf buffer) {
            cache.give(buffer);
            return true;
        }

        @Override
        int give(NetBufCache cache, NetBuf[] from, int first, int n) {
            cache.give(from, first, n);
            return n;
        }

        @Override
        void touch(NetBuf buffer, int value) {
            Bytes.touch(buffer.memoryOffset(), value);
        }

        @Override
        void touch(NetBuf[] buffers, int n) {
            for (int i = 0; i < n; i++) {
                Bytes.touch(buffers[i].memoryOffset(), i);
            }
        }
    }

    private abstract static class Owned<P> extends Hand<P, NetBuf> {
        @Override
        final NetBuf[] array(int n) {
            return new NetBuf[n];
        }

        @Override
        final void touch(NetBuf buffer, int value) {
            buffer.append(4);
            buffer.setInt(0, value);
        }

        @Override
        final void touch(NetBuf[] buffers, int n) {
            for (int i = 0; i < n; i++) {
                touch(buffers[i], i);
            }
        }
    }

    private static final class Owner extends Owned<NetBufCache> {
        @Override
        NetBuf take(NetBufCache cache) {
            return cache.allocate();
        }

        @Override
        int take(NetBufCache cache, NetBuf[] to, int n) {
            return cache.allocate(to, 0, n);
        }

        @Override
        boolean give(NetBufCache cache, NetBuf buffer) {
            cache.release(buffer);
            return true;
        }

        @Override
        int give(NetBufCache cache, NetBuf[] from, int first, int n) {
            cache.release(from, first, n);
            return n;
        }
    }

    private static final class AnyThread extends Owned<NetBufPool> {
        @Override
        NetBuf take(NetBufPool pool) {
            return pool.allocate();
        }

        @Override
        int take(NetBufPool pool, NetBuf[] to, int n) {
            return pool.allocate(to, 0, n);
        }

        @Override
        boolean give(NetBufPool pool, NetBuf buffer) {
            pool.release(buffer);
            return true;
        }

        @Override
        int give(NetBufPool pool, NetBuf[] from, int first, int n) {
            pool.release(from, first, n);
            return n;
        }
    }
}
