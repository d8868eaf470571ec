package net.pool;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;

/**
 * Decides who works on a thread's stock of buffers. The owner goes in with plain and opaque accesses, without a fence; another thread that needs the buffers
 * claims the stock: it raises {@link #signal}, lets every thread of the JVM pass a {@linkplain #handshake}, and then either sees the owner inside, or knows
 * that the owner will see the signal when it comes. An owner that finds its stock claimed returns it itself, so that neither of the two goes without while there are
 * buffers; one that finds it being returned looks for it on the shared stack.
 */
abstract sealed class StockGate permits ThreadCache {
    private static final VarHandle SIGNAL;
    private static final VarHandle INSIDE;
    /** The owner may use its stock. */
    private static final int NONE = 0;
    /** Others starve: the owner returns its stock when it comes next. */
    private static final int FLUSH = 1;
    /** Another thread will work on the stock, unless the owner comes first; the bits above tell which claim it is. */
    private static final int CLAIMED = 2;
    /** Another thread works on the stock. */
    private static final int DRAINING = 3;
    /** The pool is closed: what the owner still has goes back, nothing comes in. */
    private static final int CLOSED = 4;
    private static final int KIND = 7;
    /** Tells claims apart. */
    private static final AtomicInteger CLAIMS = new AtomicInteger();

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SIGNAL = lookup.findVarHandle(StockGate.class, "signal", int.class);
            INSIDE = lookup.findVarHandle(StockGate.class, "inside", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Pool pool;
    private final long ownerId;
    /** Weak: an ended thread keeps its Runnable, and with it an application's and a driver's classes. */
    private final WeakReference<Thread> owner;
    private final String ownerName;
    private boolean inside;
    private int signal;

    StockGate(Pool pool, Thread owner) {
        this.pool = pool;
        this.ownerId = owner.threadId();
        this.owner = new WeakReference<>(owner);
        this.ownerName = owner.getName();
    }

    /** Returns the whole stock to what all threads share. Whoever calls it has the stock alone. */
    abstract void returnStock();

    // ---- the owner ----

    /** False: the stock is not to be touched, and the owner is not inside. Nobody but the owner calls it. */
    final boolean enter() {
        INSIDE.setOpaque(this, true);
        return (int) SIGNAL.getAcquire(this) == NONE || answer();
    }

    final void leave() {
        INSIDE.setRelease(this, false);
    }

    final void checkOwner() {
        if (Thread.currentThread().threadId() != ownerId) {
            throw notOwner();
        }
    }

    private DevException notOwner() {
        return new DevException(DevError.BAD_STATE, "the cache of pool " + pool.name() + " belongs to thread '" + ownerName + "', and was called from '"
                + Thread.currentThread().getName() + "': use what pool.cache() gives there");
    }

    /** Somebody wants the stock: the owner returns it itself, and goes on with what it then takes, unless another is at it already. */
    private boolean answer() {
        for (;;) {
            int s = (int) SIGNAL.getAcquire(this);
            int kind = s & KIND;
            if (kind == NONE) {
                return true;
            }
            if (kind == DRAINING) {
                leave();
                return false;
            }
            boolean open = kind != CLOSED && !pool.isClosed();
            if (kind == CLOSED || SIGNAL.compareAndSet(this, s, open ? NONE : CLOSED)) {
                returnStock();
                if (!open) {
                    leave();
                }
                return open;
            }
        }
    }

    // ---- other threads ----

    final boolean isOwner(Thread thread) {
        return ownerId == thread.threadId();
    }

    final boolean ownerEnded() {
        Thread thread = owner.get();
        return thread == null || !thread.isAlive();
    }

    /** Where the owner finds it. */
    final int slot() {
        return CacheTable.slot(ownerId);
    }

    /** The first step towards another thread's stock: the claim, with which the caller takes the next two; 0 if another is at it. */
    final int claim() {
        int s = (int) SIGNAL.getVolatile(this);
        int claim = CLAIMS.incrementAndGet() << 3 | CLAIMED;
        return (s & KIND) != CLAIMED && s != DRAINING && SIGNAL.compareAndSet(this, s, claim) ? claim : 0;
    }

    /**
     * The second step, one for any number of claimed caches: every thread passes a handshake when a shared arena is closed (JEP 454), after which an owner
     * that entered before has been seen inside, and one that enters later sees the claim.
     */
    static void handshake() {
        Arena.ofShared().close();
    }

    /**
     * The third step: returns the stock to the pool, unless the owner is inside, and ends the claim.
     *
     * @return true if the stock is empty now; false if the owner was inside and is asked to return it when it comes next, or came first and has done so
     */
    final boolean drain(int claim) {
        if (claim == 0 || !SIGNAL.compareAndSet(this, claim, DRAINING)) {
            return false;
        }
        boolean still = !(boolean) INSIDE.getAcquire(this);
        try {
            if (still) {
                returnStock();
            }
        } finally {
            SIGNAL.setRelease(this, pool.isClosed() ? CLOSED : still ? NONE : FLUSH);
        }
        return still;
    }
}
