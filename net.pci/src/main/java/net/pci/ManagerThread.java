package net.pci;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.api.DevError;
import net.api.DevException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which devices change. Work is done in the order in which it came, and every {@link #TICK_NANOS} the housekeeping is.
 *
 * <p>Whoever waits for work from this thread itself (a service listener that wants a device detached, say) does not wait: the work is queued and done next.
 */
final class ManagerThread {
    /** Time between two rounds of housekeeping, in nanoseconds. */
    static final long TICK_NANOS = 100_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(ManagerThread.class);

    private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final Runnable housekeeping;
    private final Thread thread;
    /** Written under the lock of the queue, so that what was queued before is done, and nothing is queued after. */
    private volatile boolean closed;

    ManagerThread(Runnable housekeeping) {
        this.housekeeping = housekeeping;
        this.thread = Thread.ofPlatform().name("hotnic-devices").daemon().start(this::loop);
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Returns at once.
     *
     * @return false if it is closed: the task will not be done
     */
    boolean enqueue(Runnable task) {
        synchronized (work) {
            return !closed && work.add(task);
        }
    }

    /**
     * Does the work and waits for its end.
     *
     * @return true if it is done; false if it was queued because the caller is this thread, or is not done after the time
     * @throws DevException what the work failed with; BAD_STATE if the manager is closed, or the caller was interrupted
     */
    boolean call(String what, Runnable task, long timeoutNanos) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        boolean queued = enqueue(isCurrent() ? task : () -> {
            try {
                task.run();
                done.complete(null);
            } catch (Throwable t) {
                done.completeExceptionally(t);
                if (t instanceof VirtualMachineError) {
                    throw t;
                }
            }
        });
        if (!queued) {
            throw new DevException(DevError.BAD_STATE, what + ": the device manager is closed");
        }
        if (isCurrent()) {
            return false;
        }
        try {
            done.get(timeoutNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            DevError error = e.getCause() instanceof DevException d ? d.error() : DevError.IO;
            String text = e.getCause() instanceof DevException d ? d.getMessage() : what + ": " + e.getCause();
            throw new DevException(error, text, e.getCause());
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DevException(DevError.BAD_STATE, what + ": interrupted while it was waited for; it goes on", e);
        }
    }

    /** Does what is queued, then ends. Waits for that, unless the caller is this thread. */
    void close(long timeoutNanos) {
        synchronized (work) {
            closed = true;
            work.add(() -> { });
        }
        if (!isCurrent()) {
            try {
                thread.join(TimeUnit.NANOSECONDS.toMillis(timeoutNanos));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void loop() {
        long next = System.nanoTime() + TICK_NANOS;
        while (!closed || !work.isEmpty()) {
            try {
                Runnable task = work.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (task != null) {
                    task.run();
                }
                if (System.nanoTime() - next >= 0) {
                    next = System.nanoTime() + TICK_NANOS;
                    housekeeping.run();
                }
            } catch (InterruptedException e) {
                LOG.warn("Somebody interrupted the device manager's thread: ignored");
            } catch (Throwable t) {
                LOG.error("A change of a device failed in a way that nobody expected; the device manager goes on", t);
            }
        }
    }
}
