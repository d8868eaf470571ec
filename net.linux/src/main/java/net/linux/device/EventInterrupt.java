package net.linux.device;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import net.api.device.Interrupt;
import net.linux.sys.Descriptors;

/** An interrupt that the kernel delivers as an event. The waiter sleeps in the kernel; a thread's interruption is seen within {@link #SLICE_MILLIS}. */
public final class EventInterrupt implements Interrupt {
    private static final int SLICE_MILLIS = 100;

    private final Descriptors fds;
    private final int event;
    private final Runnable beforeClose;
    /** Held while waiting, so that the descriptor is not closed under the waiter. */
    private final ReentrantLock waiting = new ReentrantLock();
    private volatile boolean closing;
    private boolean closed;

    /** @param beforeClose turns the source off, each time that an interrupt of the device closes */
    public EventInterrupt(Descriptors fds, Runnable beforeClose) {
        this.fds = fds;
        this.event = fds.eventfd();
        this.beforeClose = beforeClose;
    }

    /** The event, for the kernel. */
    public int descriptor() {
        return event;
    }

    @Override
    public boolean await(long timeoutNanos) throws InterruptedException {
        long begun = System.nanoTime();
        waiting.lock();
        try {
            for (;;) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (closing) {
                    return false;
                }
                if (fds.drain(event) > 0) {
                    return !closing;
                }
                long left = timeoutNanos - (System.nanoTime() - begun);
                if (left <= 0) {
                    return false;
                }
                fds.poll(new int[] {event}, (int) Math.min(SLICE_MILLIS, TimeUnit.NANOSECONDS.toMillis(left) + 1));
            }
        } finally {
            waiting.unlock();
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        beforeClose.run();
        fds.signal(event);
        waiting.lock();
        try {
            if (!closed) {
                closed = true;
                fds.close(event);
            }
        } finally {
            waiting.unlock();
        }
    }
}
