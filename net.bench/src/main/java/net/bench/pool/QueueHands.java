package net.bench.pool;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.jctools.queues.MpmcArrayQueue;

/** Pools as one writes them by hand: a queue of the free buffers. */
final class QueueHands {
    private QueueHands() {
    }

    static Supplier<Hand<?>> jcTools() {
        return shared(new MpmcArrayQueue<>(Peer.BUFFERS));
    }

    static Supplier<Hand<?>> agrona() {
        return shared(new ManyToManyConcurrentArrayQueue<>(Peer.BUFFERS));
    }

    private static Supplier<Hand<?>> shared(Queue<Slot> free) {
        MemorySegment memory = fill(free);
        return () -> new Shared(free, memory);
    }

    static Supplier<Hand<?>> lockedDeque() {
        ReentrantLock lock = new ReentrantLock();
        ArrayDeque<Slot> free = new ArrayDeque<>(Peer.BUFFERS);
        MemorySegment memory = fill(free);
        return () -> new Locked(lock, free, memory);
    }

    /** What the benchmark itself costs: buffers come from an array, in turn, and go nowhere. */
    static Supplier<Hand<?>> nothing() {
        ArrayDeque<Slot> slots = new ArrayDeque<>(Peer.BUFFERS);
        MemorySegment memory = fill(slots);
        return () -> new Nothing(IntStream.range(0, Shape.HELD).mapToObj(i -> slots.poll()).toArray(Slot[]::new), memory);
    }

    private static MemorySegment fill(Queue<Slot> free) {
        MemorySegment memory = Arena.ofShared().allocate((long) Peer.BUFFERS * Peer.STRIDE, 4096);
        for (int i = 0; i < Peer.BUFFERS; i++) {
            free.add(new Slot((long) i * Peer.STRIDE + 128));
        }
        return memory;
    }

    /** A buffer without any safety. */
    private record Slot(long at) {
    }

    private abstract static class Slots extends Hand<Slot> {
        private final MemorySegment memory;

        Slots(MemorySegment memory) {
            this.memory = memory;
        }

        @Override
        final Slot[] array(int n) {
            return new Slot[n];
        }

        @Override
        final void touch(Slot buffer, int value) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, buffer.at, value);
        }
    }

    private static final class Shared extends Slots {
        private final Queue<Slot> free;

        Shared(Queue<Slot> free, MemorySegment memory) {
            super(memory);
            this.free = free;
        }

        @Override
        Slot take() {
            return free.poll();
        }

        @Override
        int take(Slot[] to, int n) {
            for (int i = 0; i < n; i++) {
                Slot b = free.poll();
                if (b == null) {
                    return i;
                }
                to[i] = b;
            }
            return n;
        }

        @Override
        boolean give(Slot buffer) {
            return free.offer(buffer);
        }

        @Override
        int give(Slot[] from, int first, int n) {
            for (int i = 0; i < n; i++) {
                if (!free.offer(from[first + i])) {
                    return i;
                }
            }
            return n;
        }
    }

    /** A batch takes the lock once. */
    private static final class Locked extends Slots {
        private final ReentrantLock lock;
        private final ArrayDeque<Slot> free;

        Locked(ReentrantLock lock, ArrayDeque<Slot> free, MemorySegment memory) {
            super(memory);
            this.lock = lock;
            this.free = free;
        }

        @Override
        Slot take() {
            lock.lock();
            try {
                return free.pollLast();
            } finally {
                lock.unlock();
            }
        }

        @Override
        int take(Slot[] to, int n) {
            lock.lock();
            try {
                int got = Math.min(n, free.size());
                for (int i = 0; i < got; i++) {
                    to[i] = free.pollLast();
                }
                return got;
            } finally {
                lock.unlock();
            }
        }

        @Override
        boolean give(Slot buffer) {
            lock.lock();
            try {
                free.addLast(buffer);
            } finally {
                lock.unlock();
            }
            return true;
        }

        @Override
        int give(Slot[] from, int first, int n) {
            lock.lock();
            try {
                for (int i = first; i < first + n; i++) {
                    free.addLast(from[i]);
                }
            } finally {
                lock.unlock();
            }
            return n;
        }
    }

    private static final class Nothing extends Slots {
        private final Slot[] slots;
        private int next;

        Nothing(Slot[] slots, MemorySegment memory) {
            super(memory);
            this.slots = slots;
        }

        @Override
        Slot take() {
            return slots[next++ & Shape.HELD - 1];
        }

        @Override
        int take(Slot[] to, int n) {
            System.arraycopy(slots, 0, to, 0, n);
            return n;
        }

        @Override
        boolean give(Slot buffer) {
            return true;
        }

        @Override
        int give(Slot[] from, int first, int n) {
            return n;
        }
    }
}
