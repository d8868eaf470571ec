package net.bench.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Supplier;

/** Netty's pooled allocator, buffers of 2 KiB outside the heap. It has no batches: a batch is a loop. */
final class NettyHand extends Hand<PooledByteBufAllocator, ByteBuf> {
    private static final int SIZE = 2048;

    static Supplier<Hand.Grip<?, ?>> pool() {
        return () -> new Hand.Grip<>(new NettyHand(), PooledByteBufAllocator.DEFAULT);
    }

    @Override
    ByteBuf[] array(int n) {
        return new ByteBuf[n];
    }

    @Override
    ByteBuf take(PooledByteBufAllocator allocator) {
        return allocator.directBuffer(SIZE, SIZE);
    }

    @Override
    int take(PooledByteBufAllocator allocator, ByteBuf[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = take(allocator);
        }
        return n;
    }

    @Override
    boolean give(PooledByteBufAllocator allocator, ByteBuf buffer) {
        buffer.release();
        return true;
    }

    @Override
    int give(PooledByteBufAllocator allocator, ByteBuf[] from, int first, int n) {
        for (int i = first; i < first + n; i++) {
            from[i].release();
        }
        return n;
    }

    @Override
    void touch(ByteBuf buffer, int value) {
        buffer.setInt(0, value);
    }

    @Override
    void touch(ByteBuf[] buffers, int n) {
        for (int i = 0; i < n; i++) {
            buffers[i].setInt(0, i);
        }
    }
}
