package net.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that runs the models of a host, and the lock that all their state is under. The thread works while there is work, looks out for more for a
 * short while, and then sleeps until it is woken.
 */
final class Engine implements AutoCloseable {
    /** Something that has work to do from time to time. Both methods run on the engine's thread, under its lock. */
    interface Task {
        /**
         * Does a bounded piece of work, about a burst of frames.
         *
         * @return true if there may be more to do
         */
        boolean run();

        /** Publishes what the work of any task has left here. */
        default void flush() {
        }

        /** Its work ended with an exception, and it is not called again. */
        default void failed() {
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    /** Longest time that the thread looks out for work before it sleeps: about what sleeping and waking cost. */
    private static final long LONGEST_LOOK = 32_000;
    /** Shortest time. */
    private static final long SHORTEST_LOOK = 1_000;
    private static final VarHandle WOKEN;
    private static final VarHandle ASLEEP;

    static {
        try {
            WOKEN = MethodHandles.lookup().findVarHandle(Engine.class, "woken", boolean.class);
            ASLEEP = MethodHandles.lookup().findVarHandle(Engine.class, "asleep", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Fair, so that a register access waits for one burst at most.
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Thread thread;
    private Task[] tasks = {};
    private boolean woken;
    private boolean asleep;
    private long look = LONGEST_LOOK;
    // Under the lock; the thread looks at it before it sleeps.
    private volatile boolean timed;
    private long wakeAt;
    private volatile boolean closed;

    Engine(String name) {
        thread = Thread.ofPlatform().daemon().name("sim-" + name).unstarted(this::loop);
        thread.start();
    }

    /** Takes the lock; again by the same thread is no error. */
    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Works with the lock. */
    void locked(Runnable work) {
        lock();
        try {
            work.run();
        } finally {
            unlock();
        }
    }

    /** The calling thread has the lock. */
    boolean held() {
        return lock.isHeldByCurrentThread();
    }

    /** Its thread, for measurements. */
    Thread thread() {
        return thread;
    }

    void add(Task task) {
        lock();
        try {
            if (!Arrays.asList(tasks).contains(task)) {
                tasks = Arrays.copyOf(tasks, tasks.length + 1);
                tasks[tasks.length - 1] = task;
            }
        } finally {
            unlock();
        }
        wake();
    }

    void remove(Task task) {
        lock();
        try {
            tasks = Arrays.stream(tasks).filter(t -> t != task).toArray(Task[]::new);
        } finally {
            unlock();
        }
    }

    /** There may be work. Any thread; what it wrote before is seen by the work. */
    void wake() {
        // Volatile on both sides: either this thread sees the engine asleep, or the engine sees that it was woken before it sleeps.
        WOKEN.setVolatile(this, true);
        if ((boolean) ASLEEP.getVolatile(this)) {
            LockSupport.unpark(thread);
        }
    }

    /** There will be work at this time of {@link System#nanoTime}, and its tasks run then at the latest. Under the lock. */
    void wakeAt(long nanoTime) {
        if (!timed || nanoTime - wakeAt < 0) {
            wakeAt = nanoTime;
            timed = true;
            wake();
        }
    }

    private void loop() {
        while (!closed) {
            if (pass() || lookOut()) {
                continue;
            }
            ASLEEP.setVolatile(this, true);
            while (!(boolean) WOKEN.getVolatile(this) && !closed && sleep()) {
                // Woken without a reason, perhaps.
            }
            ASLEEP.setVolatile(this, false);
        }
    }

    /** Sleeps until it is woken or it is time; false if it is time. Only this thread takes {@code timed} back, and whoever sets it wakes. */
    private boolean sleep() {
        if (!timed) {
            LockSupport.park(this);
            return true;
        }
        long left = wakeAt - System.nanoTime();
        if (left > 0) {
            LockSupport.parkNanos(this, left);
        }
        return left > 0;
    }

    private boolean pass() {
        WOKEN.setVolatile(this, false);
        boolean more = false;
        lock.lock();
        try {
            timed &= wakeAt - System.nanoTime() > 0;
            Task[] now = tasks;
            for (Task task : now) {
                more |= run(task);
            }
            for (Task task : now) {
                flush(task);
            }
        } finally {
            lock.unlock();
        }
        return more;
    }

    private boolean run(Task task) {
        try {
            return task.run();
        } catch (RuntimeException | Error e) {
            fail(task, e);
            return false;
        }
    }

    private void flush(Task task) {
        try {
            task.flush();
        } catch (RuntimeException | Error e) {
            fail(task, e);
        }
    }

    /** The others go on. */
    private void fail(Task task, Throwable e) {
        LOG.error("{} stops: its model failed", task, e);
        remove(task);
        task.failed();
    }

    /**
     * Waits a little for more work. Longer if that was worth it the last time, and shorter if not: looking out is good while the driver runs on another
     * processor, and keeps it from running if they share one.
     */
    private boolean lookOut() {
        long start = System.nanoTime();
        do {
            for (int i = 0; i < 16; i++) {
                if ((boolean) WOKEN.getOpaque(this)) {
                    look = Math.min(LONGEST_LOOK, 2 * look);
                    return true;
                }
                Thread.onSpinWait();
            }
        } while (System.nanoTime() - start < look);
        look = Math.max(SHORTEST_LOOK, look / 2);
        return (boolean) WOKEN.getVolatile(this);
    }

    /** Stops and joins the thread. Not under the lock. */
    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(5_000);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
