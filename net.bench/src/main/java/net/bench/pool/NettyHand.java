package net.bench.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Supplier;

/** Netty's pooled allocator, buffers of 2 KiB outside the heap. It has no batches: a batch is a loop. */
final class NettyHand extends Hand<ByteBuf> {
    private static final int SIZE = 2048;
    private final PooledByteBufAllocator allocator;

    private NettyHand(PooledByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    static Supplier<Hand<?>> pool() {
        PooledByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
        return () -> new NettyHand(allocator);
    }

    @Override
    ByteBuf[] array(int n) {
        return new ByteBuf[n];
    }

    @Override
    ByteBuf take() {
        return allocator.directBuffer(SIZE, SIZE);
    }

    @Override
    int take(ByteBuf[] to, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = take();
        }
        return n;
    }

    @Override
    boolean give(ByteBuf buffer) {
        buffer.release();
        return true;
    }

    @Override
    int give(ByteBuf[] from, int first, int n) {
        for (int i = first; i < first + n; i++) {
            from[i].release();
        }
        return n;
    }

    @Override
    void touch(ByteBuf buffer, int value) {
        buffer.setInt(0, value);
    }
}
