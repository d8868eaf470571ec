package net.api.driver;

import net.api.NetBufCache;
import net.api.NetBufPool;

/** What receive and transmit queues of all drivers have alike: who may call, whose cache buffers come from and go to, what is counted. */
public abstract sealed class OwnedQueue permits OwnedRxQueue, OwnedTxQueue {
    private final int index;
    private final String name;
    private final int size;
    private final NetBufPool pool;
    private final DeviceWatch watch;
    private final OwnerGate gate;
    private final QueueCounters counters;
    private NetBufCache cache;

    /** @param kind in messages: {@code receive} or {@code transmit} */
    OwnedQueue(String kind, int index, int size, NetBufPool pool, DeviceWatch watch, int counters) {
        this.index = index;
        this.size = size;
        this.pool = pool;
        this.watch = watch;
        name = kind + " queue " + index + " of " + watch.device();
        gate = new OwnerGate(name);
        this.counters = new QueueCounters(counters);
    }

    /** The queue's name in messages. */
    protected final String name() {
        return name;
    }

    /** The pool that buffers come from. */
    protected final NetBufPool pool() {
        return pool;
    }

    /** The cache of the owner, who is inside. */
    protected final NetBufCache cache() {
        return cache;
    }

    /** Counts, and reports too many of them. */
    protected final void violation(int counter, String rule, long found, long limit) {
        counters.add(counter, 1);
        watch.violation(name, rule, found, limit);
    }

    /** The device's memory is gone. */
    final void vanished(Throwable cause) {
        watch.vanished(name, cause);
    }

    /** What is counted; any thread may read. */
    public final QueueCounters counters() {
        return counters;
    }

    /** The queue's number among those of its direction, from 0. */
    public final int index() {
        return index;
    }

    /** Descriptors of the ring. */
    public final int size() {
        return size;
    }

    /** The owner gives the queue up; the next caller becomes the owner. No effect if nobody owns it. */
    public final void unbind() {
        gate.unbind();
    }

    /** For the driver that stops: {@link OwnerGate#close}. */
    public final boolean close(long timeoutNanos) {
        return gate.close(timeoutNanos);
    }

    /** For the driver that sets a queue up again: {@link OwnerGate#awaitOutside}. */
    public final boolean awaitOutside(long timeoutNanos) {
        return gate.awaitOutside(timeoutNanos);
    }

    final OwnerGate gate() {
        return gate;
    }

    final boolean isClosed() {
        return gate.isClosed();
    }

    /** The calling thread goes in; a new owner's cache is fetched. */
    final void enter() {
        if (gate.enter()) {
            bind();
        }
    }

    private void bind() {
        try {
            cache = pool.cache();
        } catch (RuntimeException e) {
            gate.leave();
            gate.unbind();
            throw e;
        }
    }

    final void leave() {
        gate.leave();
    }
}
