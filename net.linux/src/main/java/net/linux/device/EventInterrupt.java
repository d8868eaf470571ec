package net.linux.device;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import net.api.device.Interrupt;
import net.linux.sys.Descriptors;

/** An interrupt that the kernel delivers as an event. The waiter sleeps in the kernel; a thread's interruption is seen within {@link #SLICE_MILLIS}. */
public final class EventInterrupt implements Interrupt {
    private static final int SLICE_MILLIS = 100;

    private final Descriptors fds;
    private final int event;
    private final Runnable beforeClose;
    private final Runnable rearm;
    /** Held while waiting, so that the descriptor is not closed under the waiter. */
    private final ReentrantLock waiting = new ReentrantLock();
    /** A signal was taken, and nobody has waited since. */
    private boolean taken;
    private final AtomicBoolean closing = new AtomicBoolean();

    /** @param beforeClose turns the source off, each time that an interrupt of the device closes */
    public EventInterrupt(Descriptors fds, Runnable beforeClose) {
        this(fds, beforeClose, () -> { });
    }

    /**
     * One that is off after each signal.
     *
     * @param rearm turns it on again; called by the next waiter
     */
    public EventInterrupt(Descriptors fds, Runnable beforeClose, Runnable rearm) {
        this.fds = fds;
        this.rearm = rearm;
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
            if (taken && !closing.get()) {
                taken = false;
                rearm.run();
            }
            for (;;) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (closing.get()) {
                    return false;
                }
                if (fds.drain(event) > 0) {
                    taken = !closing.get();
                    return taken;
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
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        try {
            beforeClose.run();
        } finally {
            fds.signal(event);
            waiting.lock();
            try {
                fds.close(event);
            } finally {
                waiting.unlock();
            }
        }
    }
}
