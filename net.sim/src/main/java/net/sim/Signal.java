package net.sim;

import java.util.concurrent.locks.LockSupport;
import net.api.device.Interrupt;

/** An interrupt that a model signals, and one thread waits for. */
class Signal implements Interrupt {
    private volatile boolean signalled;
    private volatile boolean closed;
    private volatile Thread waiter;

    /** By a model: wakes the waiter, or lets the next one through. */
    final void signal() {
        signalled = true;
        wake();
    }

    private void wake() {
        Thread w = waiter;
        if (w != null) {
            LockSupport.unpark(w);
        }
    }

    private boolean take() {
        if (signalled) {
            signalled = false;
            return true;
        }
        return false;
    }

    @Override
    public final boolean await(long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (closed || timeoutNanos <= 0) {
            return !closed && take();
        }
        long start = System.nanoTime();
        waiter = Thread.currentThread();
        try {
            while (!closed) {
                if (take()) {
                    return true;
                }
                long left = timeoutNanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return false;
        } finally {
            waiter = null;
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
    }
}
