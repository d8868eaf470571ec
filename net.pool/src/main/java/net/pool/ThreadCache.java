package net.pool;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;

/**
 * A thread's stock of free buffers. The owner works on it between {@link #enter} and leaving, with plain and opaque accesses; another thread that needs the
 * buffers claims the stock: it raises {@link #signal}, lets every thread of the JVM pass a {@linkplain #handshake}, and then either sees the owner inside,
 * or knows that the owner will see the signal when it comes. An owner that finds its stock claimed returns it itself, so that neither of the two goes without
 * while there are buffers; one that finds it being returned looks for it on the shared stack.
 */
final class ThreadCache implements NetBufCache {
    private static final VarHandle SIGNAL;
    private static final VarHandle INSIDE;
    private static final VarHandle COUNT;
    private static final VarHandle TAKEN;
    private static final VarHandle GIVEN;
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
            SIGNAL = lookup.findVarHandle(ThreadCache.class, "signal", int.class);
            INSIDE = lookup.findVarHandle(ThreadCache.class, "inside", boolean.class);
            COUNT = lookup.findVarHandle(ThreadCache.class, "count", int.class);
            TAKEN = lookup.findVarHandle(ThreadCache.class, "taken", long.class);
            GIVEN = lookup.findVarHandle(ThreadCache.class, "given", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Pool pool;
    private final SharedStock shared;
    private final boolean tidies;
    private final long ownerId;
    /** Weak: an ended thread keeps its Runnable, and with it an application's and a driver's classes. */
    private final WeakReference<Thread> owner;
    private final String ownerName;
    private final NetBuf[] stock;
    private final int bulk;
    private int count;
    private long taken;
    private long given;
    private boolean inside;
    private int signal;

    ThreadCache(Pool pool, SharedStock shared, int size, boolean tidies, Thread owner) {
        this.pool = pool;
        this.shared = shared;
        this.tidies = tidies;
        this.ownerId = owner.threadId();
        this.owner = new WeakReference<>(owner);
        this.ownerName = owner.getName();
        this.stock = new NetBuf[size];
        this.bulk = (size + 1) / 2;
    }

    // ---- the owner ----

    @Override
    public NetBufPool pool() {
        return pool;
    }

    @Override
    public int take(NetBuf[] to, int from, int n) {
        Objects.checkFromIndexSize(from, n, to.length);
        int got = fromStock(to, from, n);
        if (got < n) {
            got = takeRest(to, from, got, n);
        }
        TAKEN.setOpaque(this, taken + got);
        return got;
    }

    private int fromStock(NetBuf[] to, int from, int n) {
        if (!enter()) {
            return 0;
        }
        int k = count;
        if (k < n) {
            k = refill(k, n);
        }
        int got = Math.min(n, k);
        k -= got;
        if (got == 1) {
            to[from] = stock[k];
        } else {
            System.arraycopy(stock, k, to, from, got);
        }
        leave(k);
        return got;
    }

    /** There is not enough in stock, or others have claimed it: takes what all share, and then looks at what is left of the stock. */
    private int takeRest(NetBuf[] to, int from, int got, int n) {
        int all = got + shared.take(this, to, from + got, n - got);
        if (all < n && count() > 0) {
            all += fromStock(to, from + all, n - all);
        }
        if (all < n) {
            shared.exhausted();
        }
        return all;
    }

    @Override
    public void give(NetBuf[] from, int first, int n) {
        Objects.checkFromIndexSize(first, n, from.length);
        if (tidies) {
            pool.tidy(from, first, n);
        }
        GIVEN.setOpaque(this, given + n);
        if (enter()) {
            int k = count;
            if (n > stock.length - k) {
                k = makeRoom(k, n);
            }
            if (n <= stock.length - k) {
                if (n == 1) {
                    stock[k] = from[first];
                } else {
                    System.arraycopy(from, first, stock, k, n);
                }
                leave(k + n);
                return;
            }
            leave(k);
        }
        shared.put(from, first, n);
    }

    @Override
    public NetBuf take() {
        NetBuf b = oneFromStock();
        if (b == null) {
            b = oneFromRest();
            if (b == null) {
                return null;
            }
        }
        TAKEN.setOpaque(this, taken + 1);
        return b;
    }

    @Override
    public NetBuf allocate() {
        NetBuf b = take();
        if (b != null) {
            b.allocated();
        }
        return b;
    }

    private NetBuf oneFromStock() {
        NetBuf b = null;
        if (enter()) {
            int k = count;
            if (k == 0) {
                k = refill(0, 1);
            }
            if (k != 0) {
                b = stock[--k];
            }
            leave(k);
        }
        return b;
    }

    /** As {@link #takeRest}, for one buffer. */
    private NetBuf oneFromRest() {
        NetBuf b = shared.pop(this);
        if (b == null && count() > 0) {
            b = oneFromStock();
        }
        if (b == null) {
            shared.exhausted();
        }
        return b;
    }

    @Override
    public int allocate(NetBuf[] to, int from, int n) {
        int got = take(to, from, n);
        for (int i = from; i < from + got; i++) {
            to[i].allocated();
        }
        return got;
    }

    @Override
    public void release(NetBuf buf) {
        checkOwner();
        if (pool.drop(buf)) {
            give(buf);
        }
    }

    @Override
    public void release(NetBuf[] bufs, int from, int n) {
        checkOwner();
        pool.release(bufs, from, n, this);
    }

    @Override
    public void give(NetBuf b) {
        if (tidies) {
            pool.tidy(b);
        }
        GIVEN.setOpaque(this, given + 1);
        if (enter()) {
            int k = count;
            if (k == stock.length) {
                k = makeRoom(k, 1);
            }
            if (k < stock.length) {
                stock[k] = b;
                leave(k + 1);
                return;
            }
            leave(k);
        }
        shared.putOne(b);
    }

    @Override
    public void flush() {
        if (enter()) {
            shared.put(stock, 0, count);
            leave(0);
        }
    }

    boolean isOwner(Thread thread) {
        return ownerId == thread.threadId();
    }

    private void checkOwner() {
        if (Thread.currentThread().threadId() != ownerId) {
            throw new DevException(DevError.BAD_STATE, "the cache of pool " + pool.name() + " belongs to thread '" + ownerName + "', and was called from '"
                    + Thread.currentThread().getName() + "': use what pool.cache() gives there");
        }
    }

    /** False: the stock is not to be touched, and the owner is not inside. */
    private boolean enter() {
        checkOwner();
        INSIDE.setOpaque(this, true);
        return (int) SIGNAL.getAcquire(this) == NONE || answer();
    }

    private void leave(int k) {
        COUNT.setOpaque(this, k);
        INSIDE.setRelease(this, false);
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
                INSIDE.setRelease(this, false);
                return false;
            }
            boolean open = kind != CLOSED && !pool.isClosed();
            if (kind == CLOSED || SIGNAL.compareAndSet(this, s, open ? NONE : CLOSED)) {
                shared.put(stock, 0, count);
                COUNT.setOpaque(this, 0);
                if (!open) {
                    INSIDE.setRelease(this, false);
                }
                return open;
            }
        }
    }

    /** Brings the stock from {@code k} to at least {@code n} if there are as many, to more if there are plenty. */
    private int refill(int k, int n) {
        if (n > stock.length) {
            return k;
        }
        int plenty = Math.min(bulk, shared.plenty());
        return k + shared.store().take(stock, k, Math.min(stock.length - k, Math.max(n - k, plenty)));
    }

    /** Returns the buffers at the bottom, which were not used for longest, unless {@code n} would not fit even then. */
    private int makeRoom(int k, int n) {
        if (n > stock.length) {
            return k;
        }
        int out = Math.min(k, Math.max(bulk, k + n - stock.length));
        shared.put(stock, 0, out);
        System.arraycopy(stock, out, stock, 0, k - out);
        return k - out;
    }

    // ---- other threads ----

    /** Buffers in stock. */
    int count() {
        return (int) COUNT.getOpaque(this);
    }

    /** Buffers that the owner allocated or took. */
    long taken() {
        return (long) TAKEN.getOpaque(this);
    }

    /** Buffers that the owner released or gave back. */
    long given() {
        return (long) GIVEN.getOpaque(this);
    }

    boolean ownerEnded() {
        Thread thread = owner.get();
        return thread == null || !thread.isAlive();
    }

    void leaveTable(ThreadCache[] byThread) {
        int slot = CacheTable.slot(ownerId);
        if (byThread[slot] == this) {
            byThread[slot] = null;
        }
    }

    /** The first step towards another thread's stock: the claim, with which the caller takes the next two; 0 if another is at it. */
    int claim() {
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
    boolean drain(int claim) {
        if (claim == 0 || !SIGNAL.compareAndSet(this, claim, DRAINING)) {
            return false;
        }
        boolean still = !(boolean) INSIDE.getAcquire(this);
        try {
            if (still) {
                int k = count;
                COUNT.setOpaque(this, 0);
                shared.put(stock, 0, k);
            }
        } finally {
            SIGNAL.setRelease(this, pool.isClosed() ? CLOSED : still ? NONE : FLUSH);
        }
        return still;
    }
}
