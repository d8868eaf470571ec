package net.pci;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import net.api.DevException;
import net.api.NetBuf;
import net.api.RxQueue;

/** A receive queue that is there whether its driver is or not. */
final class PortRxQueue extends PortQueue<RxQueue> implements RxQueue {
    private static final long STEP_NANOS = 200_000;

    PortRxQueue(int index) {
        super(index);
    }

    @Override
    int sizeOf(RxQueue queue) {
        return queue.size();
    }

    @Override
    public int receive(NetBuf[] to, int from, int max) {
        RxQueue q = now();
        if (q == null) {
            Objects.checkFromIndexSize(from, max, to.length);
            return 0;
        }
        try {
            return q.receive(to, from, max);
        } catch (DevException e) {
            unlessLeft(q, e);
            return 0;
        }
    }

    @Override
    public boolean canReceive() {
        RxQueue q = now();
        return q != null && q.canReceive();
    }

    @Override
    public boolean await(long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        for (long left = timeoutNanos;; left = timeoutNanos - (System.nanoTime() - start)) {
            RxQueue q = now();
            if (q != null) {
                try {
                    return q.await(left);
                } catch (DevException e) {
                    unlessLeft(q, e);
                    return false;
                }
            } else if (left <= 0) {
                return false;
            } else if (Thread.interrupted()) {
                throw new InterruptedException();
            } else {
                LockSupport.parkNanos(Math.min(left, STEP_NANOS));
            }
        }
    }

    @Override
    public void unbind() {
        RxQueue q = now();
        if (q != null) {
            q.unbind();
        }
    }
}
