package net.api.driver;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;

/**
 * Lets one thread at a time into a queue, and lets another thread close it: after {@link #close} returned true nobody is inside, and nobody will be.
 *
 * <p>{@link #enter} and {@link #leave} are plain and opaque accesses, without a fence, because they stand in front of and behind every batch. What is
 * missing is the store-load barrier between "I am inside" and "is it closed?". The closer supplies it for both sides: closing a shared arena makes every
 * thread of the JVM pass a handshake (JEP 454; {@code Arena.ofShared}), after which each owner has either been seen inside or will see the closed flag.
 */
public final class OwnerGate {
    private static final VarHandle OWNER;
    private static final VarHandle INSIDE;
    private static final VarHandle CLOSED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWNER = lookup.findVarHandle(OwnerGate.class, "owner", Thread.class);
            INSIDE = lookup.findVarHandle(OwnerGate.class, "inside", boolean.class);
            CLOSED = lookup.findVarHandle(OwnerGate.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private Thread owner;
    private boolean inside;
    private boolean closed;

    /** @param name of what is guarded, in messages, such as {@code receive queue 0 of sim/0000:00:01.0} */
    public OwnerGate(String name) {
        this.name = name;
    }

    /**
     * The calling thread goes in, and becomes the owner if there is none, or if the owner has ended.
     *
     * @return true if it has just become the owner, so that whatever is kept per owner must be fetched
     * @throws DevException BAD_STATE if the gate is closed, another thread owns it, or the owner is inside already; the caller is not inside then
     */
    public boolean enter() {
        Thread current = Thread.currentThread();
        boolean bound = (Thread) OWNER.getOpaque(this) != current && bind(current);
        if ((boolean) INSIDE.getOpaque(this)) {
            throw new DevException(DevError.BAD_STATE, name + " was entered again from within");
        }
        INSIDE.setOpaque(this, true);
        if ((boolean) CLOSED.getOpaque(this)) {
            INSIDE.setRelease(this, false);
            throw closedError();
        }
        return bound;
    }

    /** The owner goes out. */
    public void leave() {
        INSIDE.setRelease(this, false);
    }

    /** The owner gives the gate up; nothing happens if the caller is not the owner. */
    public void unbind() {
        OWNER.compareAndSet(this, Thread.currentThread(), null);
    }

    /** It was closed. Any thread. */
    public boolean isClosed() {
        return (boolean) CLOSED.getAcquire(this);
    }

    /** BAD_STATE that says it is closed, for those who find out by other ways. */
    public DevException closedError() {
        return new DevException(DevError.BAD_STATE, name + " is closed: the device was detached; look for its service again");
    }

    /**
     * Closes, and waits for the owner to come out. Any thread but the owner inside.
     *
     * @param timeoutNanos longest wait in nanoseconds
     * @return true if nobody is inside; false if the owner still is after that time. Calling again waits again.
     */
    public boolean close(long timeoutNanos) {
        CLOSED.setVolatile(this, true);
        return awaitOutside(timeoutNanos);
    }

    /**
     * Waits for an owner who went in before the caller's last volatile write to come out: one who goes in later sees that write. So a driver keeps owners away
     * from a ring for a while: it sets a flag that they look at inside, and calls this. Any thread but the owner inside.
     *
     * @param timeoutNanos longest wait in nanoseconds
     * @return true if nobody was inside at a moment after the call began; false if the owner still is after that time
     */
    public boolean awaitOutside(long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        Arena.ofShared().close();
        return awaitLeft(deadline);
    }

    /**
     * As {@link #close(long)} of each, for the price of one: the threads of the JVM are asked once.
     *
     * @param timeoutNanos longest wait for all together, in nanoseconds
     * @return true if nobody is inside of any
     */
    static boolean close(List<OwnerGate> gates, long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        gates.forEach(g -> CLOSED.setVolatile(g, true));
        Arena.ofShared().close();
        boolean left = true;
        for (OwnerGate g : gates) {
            left &= g.awaitLeft(deadline);
        }
        return left;
    }

    private boolean awaitLeft(long deadline) {
        while ((boolean) INSIDE.getAcquire(this)) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(10_000);
        }
        return true;
    }

    private boolean bind(Thread current) {
        for (;;) {
            Thread o = (Thread) OWNER.getAcquire(this);
            if (isClosed()) {
                throw closedError();
            }
            if (o != null && o.isAlive()) {
                throw new DevException(DevError.BAD_STATE, name + " is owned by thread '" + o.getName() + "', and was called from '" + current.getName()
                        + "': let the owner call unbind() first");
            }
            if (OWNER.compareAndSet(this, o, current)) {
                if (o != null) {
                    INSIDE.setOpaque(this, false);
                }
                return true;
            }
        }
    }
}
