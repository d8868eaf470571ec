package net.driver.virtio;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.RxQueue;
import net.api.device.Interrupt;
import net.api.driver.OwnerGate;

/** A receive queue: who may call, and how one waits; {@link RxRing} does the work. */
final class VirtioRxQueue implements RxQueue {
    private static final long SLEEP_NANOS = 200_000;
    /** Longest sleep in a row, so that a lost interrupt or a closed queue is noticed. */
    private static final long WAIT_NANOS = 50_000_000;

    private final int index;
    private final String name;
    private final SplitRing queue;
    private final RxRing ring;
    private final NetBufPool pool;
    private final OwnerGate gate;
    private final Watch watch;
    private final Interrupt interrupt;
    private final NetBuf[] one = new NetBuf[1];
    private NetBufCache cache;

    /**
     * @param index the queue's number among the receive queues
     * @param slots for the buffers that the device holds, as many as the queue has descriptors
     * @param mergeable MRG_RXBUF was negotiated
     * @param interrupt its vector, or null
     */
    VirtioRxQueue(int index, String device, SplitRing queue, NetBuf[] slots, NetBufPool pool, Watch watch, boolean mergeable, Interrupt interrupt) {
        this.index = index;
        this.name = "receive queue " + index + " of " + device;
        this.queue = queue;
        this.pool = pool;
        this.watch = watch;
        this.interrupt = interrupt;
        gate = new OwnerGate(name);
        ring = new RxRing(name, queue, slots, pool, watch, mergeable);
    }

    RxRing ring() {
        return ring;
    }

    OwnerGate gate() {
        return gate;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int size() {
        return queue.size;
    }

    @Override
    public int receive(NetBuf[] to, int from, int max) {
        Objects.checkFromIndexSize(from, max, to.length);
        enter();
        try {
            return ring.receive(to, from, max);
        } finally {
            gate.leave();
        }
    }

    /** As {@link #receive(NetBuf[], int, int)}, one frame or null. */
    NetBuf receive() {
        enter();
        try {
            return ring.receive(one, 0, 1) == 0 ? null : one[0];
        } finally {
            one[0] = null;
            gate.leave();
        }
    }

    /** Releases a frame into the owner's cache. */
    void recycle(NetBuf buf) {
        if (buf == null) {
            throw new DevException(DevError.INVALID_PARAM, name + ": null is no buffer that could be given back");
        }
        enter();
        try {
            cache.release(buf);
        } finally {
            gate.leave();
        }
    }

    @Override
    public boolean canReceive() {
        try {
            return !gate.isClosed() && queue.hasUsed();
        } catch (InternalError | IllegalStateException e) {
            return false;
        }
    }

    @Override
    public boolean await(long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        for (;;) {
            if (look(timeoutNanos > 0)) {
                return true;
            }
            long left = timeoutNanos - (System.nanoTime() - start);
            if (left <= 0) {
                return false;
            }
            // Outside of the gate: whoever closes the queue need not wait for a sleeper.
            if (interrupt == null) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.parkNanos(Math.min(left, SLEEP_NANOS));
            } else if (interrupt.await(Math.min(left, WAIT_NANOS))) {
                ring.counters().add(RxRing.INTERRUPTS, 1);
            }
        }
    }

    /** Whether there is something; if not, and if one is wanted, an interrupt is armed. */
    private boolean look(boolean arm) {
        enter();
        try {
            SplitRing q = queue;
            ring.refillIfLow();
            boolean found = q.usedCount() != 0;
            if (!found && arm && interrupt != null) {
                q.armInterrupt();
                found = q.usedCount() != 0;
            }
            if (found && interrupt != null) {
                q.suppressInterrupts();
            }
            return found;
        } catch (InternalError | IllegalStateException e) {
            watch.vanished(name, e);
            return false;
        } finally {
            gate.leave();
        }
    }

    @Override
    public void unbind() {
        gate.unbind();
    }

    private void enter() {
        if (gate.enter()) {
            try {
                cache = pool.cache();
                ring.owner(cache);
            } catch (RuntimeException e) {
                gate.leave();
                gate.unbind();
                throw e;
            }
        }
    }
}
