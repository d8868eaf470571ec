package net.bench.pool;

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

    static Supplier<Hand.Grip<?, ?>> jcTools() {
        return shared(new MpmcArrayQueue<>(Peer.BUFFERS));
    }

    static Supplier<Hand.Grip<?, ?>> agrona() {
        return shared(new ManyToManyConcurrentArrayQueue<>(Peer.BUFFERS));
    }

    private static Supplier<Hand.Grip<?, ?>> shared(Queue<Slot> free) {
        fill(free);
        return () -> new Hand.Grip<>(new Shared(), free);
    }

    static Supplier<Hand.Grip<?, ?>> lockedDeque() {
        ReentrantLock lock = new ReentrantLock();
        ArrayDeque<Slot> free = new ArrayDeque<>(Peer.BUFFERS);
        fill(free);
        return () -> new Hand.Grip<>(new Locked(), new Deque(lock, free));
    }

    /** What the benchmark itself costs: buffers come from an array, in turn, and go nowhere. */
    static Supplier<Hand.Grip<?, ?>> nothing() {
        ArrayDeque<Slot> slots = new ArrayDeque<>(Peer.BUFFERS);
        fill(slots);
        return () -> new Hand.Grip<>(new Nothing(), new Slots(IntStream.range(0, Shape.HELD).mapToObj(i -> slots.poll()).toArray(Slot[]::new)));
    }

    private static void fill(Queue<Slot> free) {
        for (int i = 0; i < Peer.BUFFERS; i++) {
            free.add(new Slot((long) i * Peer.STRIDE + 128));
        }
    }

    private record Deque(ReentrantLock lock, ArrayDeque<Slot> free) {
    }

    /** The same few in turn. */
    private static final class Slots {
        private final Slot[] slots;
        private int next;

        Slots(Slot[] slots) {
            this.slots = slots;
        }
    }

    /** A buffer without any safety. */
    private record Slot(long at) {
    }

    private abstract static class SlotHand<P> extends Hand<P, Slot> {
        @Override
        final Slot[] array(int n) {
            return new Slot[n];
        }

        @Override
        final void touch(Slot buffer, int value) {
            Bytes.touch(buffer.at, value);
        }

        @Override
        final void touch(Slot[] buffers, int n) {
            for (int i = 0; i < n; i++) {
                Bytes.touch(buffers[i].at, i);
            }
        }
    }

    private static final class Shared extends SlotHand<Queue<Slot>> {
        @Override
        Slot take(Queue<Slot> free) {
            return free.poll();
        }

        @Override
        int take(Queue<Slot> free, Slot[] to, int n) {
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
        boolean give(Queue<Slot> free, Slot buffer) {
            return free.offer(buffer);
        }

        @Override
        int give(Queue<Slot> free, Slot[] from, int first, int n) {
            for (int i = 0; i < n; i++) {
                if (!free.offer(from[first + i])) {
                    return i;
                }
            }
            return n;
        }
    }

    /** A batch takes the lock once. */
    private static final class Locked extends SlotHand<Deque> {
        @Override
        Slot take(Deque d) {
            d.lock.lock();
            try {
                return d.free.pollLast();
            } finally {
                d.lock.unlock();
            }
        }

        @Override
        int take(Deque d, Slot[] to, int n) {
            d.lock.lock();
            try {
                int got = Math.min(n, d.free.size());
                for (int i = 0; i < got; i++) {
                    to[i] = d.free.pollLast();
                }
                return got;
            } finally {
                d.lock.unlock();
            }
        }

        @Override
        boolean give(Deque d, Slot buffer) {
            d.lock.lock();
            try {
                d.free.addLast(buffer);
            } finally {
                d.lock.unlock();
            }
            return true;
        }

        @Override
        int give(Deque d, Slot[] from, int first, int n) {
            d.lock.lock();
            try {
                for (int i = first; i < first + n; i++) {
                    d.free.addLast(from[i]);
                }
            } finally {
                d.lock.unlock();
            }
            return n;
        }
    }

    private static final class Nothing extends SlotHand<Slots> {
        @Override
        Slot take(Slots pool) {
            return pool.slots[pool.next++ & Shape.HELD - 1];
        }

        @Override
        int take(Slots pool, Slot[] to, int n) {
            System.arraycopy(pool.slots, 0, to, 0, n);
            return n;
        }

        @Override
        boolean give(Slots pool, Slot buffer) {
            return true;
        }

        @Override
        int give(Slots pool, Slot[] from, int first, int n) {
            return n;
        }
    }
}
