package net.pool.ring;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import net.api.DevError;
import net.api.DevException;

/**
 * One side of a buffer, and the thread that it belongs to: the first that calls, until it calls {@link #unbind} or ends. As
 * {@link net.api.driver.OwnerGate}, but nobody closes it, and its fields do not share a cache line with those of the other side.
 */
abstract class Side extends Padding {
    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Side.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final MemorySegment memory;
    private Thread owner;
    private boolean inside;

    /**
     * @param name in messages
     * @param memory what the owner has to be able to reach
     */
    Side(String name, MemorySegment memory) {
        this.name = name;
        this.memory = memory;
    }

    /**
     * Gives this side up, so that another thread may call; that thread then sees all that was done here. Nothing happens if the caller does not own it.
     */
    public final void unbind() {
        OWNER.compareAndSet(this, Thread.currentThread(), null);
    }

    /** The owner goes in; BAD_STATE for another thread, and for the owner inside. */
    final void enter() {
        Thread current = Thread.currentThread();
        // Only a thread itself writes its name here, so if the name is there it is not stale.
        if ((Thread) OWNER.getOpaque(this) != current) {
            bind(current);
        }
        if (inside) {
            throw badState("was called from within its own callback");
        }
        inside = true;
    }

    final void leave() {
        inside = false;
    }

    final DevException badState(String text) {
        return new DevException(DevError.BAD_STATE, name + " " + text);
    }

    final DevException invalid(String text) {
        return new DevException(DevError.INVALID_PARAM, name + ": " + text);
    }

    private void bind(Thread current) {
        if (!memory.isAccessibleBy(current)) {
            throw badState("was called from thread '" + current.getName() + "', which cannot reach its memory: use a shared or automatic arena");
        }
        for (;;) {
            Thread o = (Thread) OWNER.getVolatile(this);
            if (o != null && o.isAlive()) {
                throw badState("belongs to thread '" + o.getName() + "', and was called from '" + current.getName() + "': let the owner call unbind() first");
            }
            if (OWNER.compareAndSet(this, o, current)) {
                if (o != null) {
                    inside = false;
                }
                return;
            }
        }
    }
}
