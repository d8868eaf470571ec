package net.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;

/**
 * A thread's stock of free buffers, on which it works between {@link #enter} and leaving. It is one that the thread asked for, or a small one, which threads
 * get that come often and have not asked.
 */
final class ThreadCache extends StockGate implements NetBufCache {
    private static final VarHandle COUNT;
    private static final VarHandle TAKEN;
    private static final VarHandle GIVEN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
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
    /** Replaced by a larger one when the owner asks for its cache. */
    private NetBuf[] stock;
    private int bulk;
    private int count;
    private long taken;
    private long given;
    /** The owner has not asked for it. Changed by the owner, under the monitor of the caches. */
    private boolean small;

    ThreadCache(Pool pool, SharedStock shared, int size, boolean small, boolean tidies, Thread owner) {
        super(pool, owner);
        this.pool = pool;
        this.shared = shared;
        this.small = small;
        this.tidies = tidies;
        this.stock = new NetBuf[size];
        this.bulk = (size + 1) / 2;
    }

    // ---- the owner, who is asked ----

    @Override
    public NetBufPool pool() {
        return pool;
    }

    @Override
    public NetBuf take() {
        checkOwner();
        return pull();
    }

    @Override
    public int take(NetBuf[] to, int from, int n) {
        checkOwner();
        return pull(to, from, n);
    }

    @Override
    public void give(NetBuf b) {
        checkOwner();
        push(b);
    }

    @Override
    public void give(NetBuf[] from, int first, int n) {
        checkOwner();
        push(from, first, n);
    }

    @Override
    public NetBuf allocate() {
        checkOwner();
        return pullOwned();
    }

    @Override
    public int allocate(NetBuf[] to, int from, int n) {
        checkOwner();
        return pullOwned(to, from, n);
    }

    @Override
    public void release(NetBuf buf) {
        checkOwner();
        if (pool.drop(buf)) {
            push(buf);
        }
    }

    @Override
    public void release(NetBuf[] bufs, int from, int n) {
        checkOwner();
        pool.release(bufs, from, n, this);
    }

    @Override
    public void flush() {
        checkOwner();
        if (enter()) {
            returnStock();
            leave();
        }
    }

    // ---- the owner, who is known to be it ----

    NetBuf pullOwned() {
        NetBuf b = pull();
        if (b != null) {
            b.allocated();
        }
        return b;
    }

    int pullOwned(NetBuf[] to, int from, int n) {
        int got = pull(to, from, n);
        for (int i = from; i < from + got; i++) {
            to[i].allocated();
        }
        return got;
    }

    // Each begins with what it nearly always does, and leaves the rest to a method of its own: the compiler keeps that out of the callers' loops, whether it has
    // been run or not.

    private NetBuf pull() {
        if (enter()) {
            NetBuf[] s = stock;
            int k = count - 1;
            // One comparison says that there is a buffer, and to the compiler that the index is in range.
            if (Integer.compareUnsigned(k, s.length) < 0) {
                NetBuf b = s[k];
                leave(k);
                TAKEN.setOpaque(this, taken + 1);
                return b;
            }
            leave();
        }
        return pullSlowly();
    }

    private NetBuf pullSlowly() {
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

    private NetBuf oneFromStock() {
        if (!enter()) {
            return null;
        }
        int k = count == 0 ? refill(0, 1) : count;
        NetBuf b = k == 0 ? null : stock[--k];
        leave(k);
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

    private int pull(NetBuf[] to, int from, int n) {
        Objects.checkFromIndexSize(from, n, to.length);
        if (enter()) {
            int k = count - n;
            if (k >= 0) {
                copy(stock, k, to, from, n);
                leave(k);
                TAKEN.setOpaque(this, taken + n);
                return n;
            }
            leave();
        }
        return pullSlowly(to, from, n);
    }

    private int pullSlowly(NetBuf[] to, int from, int n) {
        int got = fromStock(to, from, n);
        if (got < n) {
            got = takeRest(to, from, got, n);
        }
        TAKEN.setOpaque(this, taken + got);
        return got;
    }

    private static void copy(NetBuf[] from, int first, NetBuf[] to, int at, int n) {
        if (n == 1) {
            to[at] = from[first];
        } else {
            System.arraycopy(from, first, to, at, n);
        }
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
        copy(stock, k, to, from, got);
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

    void push(NetBuf b) {
        if (tidies) {
            pool.tidy(b);
        }
        GIVEN.setOpaque(this, given + 1);
        if (enter()) {
            NetBuf[] s = stock;
            int k = count;
            if (Integer.compareUnsigned(k, s.length) < 0) {
                s[k] = b;
                leave(k + 1);
                return;
            }
            leave();
        }
        pushSlowly(b);
    }

    private void pushSlowly(NetBuf b) {
        if (enter()) {
            int k = count < stock.length ? count : makeRoom(count, 1);
            if (k < stock.length) {
                stock[k] = b;
                leave(k + 1);
                return;
            }
            leave(k);
        }
        shared.putOne(b);
    }

    void push(NetBuf[] from, int first, int n) {
        Objects.checkFromIndexSize(first, n, from.length);
        if (tidies) {
            pool.tidy(from, first, n);
        }
        GIVEN.setOpaque(this, given + n);
        if (enter()) {
            int k = count;
            if (n <= stock.length - k) {
                copy(from, first, stock, k, n);
                leave(k + n);
                return;
            }
            leave();
        }
        pushSlowly(from, first, n);
    }

    private void pushSlowly(NetBuf[] from, int first, int n) {
        if (enter()) {
            int k = n <= stock.length - count ? count : makeRoom(count, n);
            if (n <= stock.length - k) {
                copy(from, first, stock, k, n);
                leave(k + n);
                return;
            }
            leave(k);
        }
        shared.put(from, first, n);
    }

    private void leave(int k) {
        COUNT.setOpaque(this, k);
        leave();
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

    @Override
    void returnStock() {
        shared.put(stock, 0, count);
        COUNT.setOpaque(this, 0);
    }

    /** The owner asks for its cache: it is small no more. Under the monitor of the caches, while the pool is open. */
    void enlarge(int size) {
        while (!enter()) {
            // another thread returns what is in it
            Thread.onSpinWait();
        }
        stock = Arrays.copyOf(stock, Math.max(stock.length, size));
        bulk = (stock.length + 1) / 2;
        small = false;
        leave();
    }

    /** The owner has not asked for it. For the owner, and under the monitor of the caches. */
    boolean isSmall() {
        return small;
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
}
