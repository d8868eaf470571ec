package net.pool;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import net.api.NetBuf;

/** The free buffers that all threads share: the stack, what can be had of caches when it is empty, and, when the pool is closed, those that are back for good. */
final class SharedStock {
    /** As long as somebody moves buffers from caches to the stack, or to and fro, a thread that finds none looks again, at most so long. */
    private static final long PATIENCE_NANOS = 100_000;
    /** And at least so often: it may have lost its processor between two looks. */
    private static final int TRIES = 64;

    private final Pool pool;
    private final FreeStack store;
    private final CacheTable caches;
    private final LongAdder failures = new LongAdder();
    /** Free buffers that a shrinking pool looks through; null at all other times. */
    private volatile FreeStack aside;
    /** How often that began or ended. */
    private volatile int moves;
    private volatile boolean closed;
    /** Buffers that are back for good. */
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    /** Fewer free ones than these, and a pool that can grow wants to. */
    private volatile int low;

    /**
     * @param buffers all of them, free
     * @param tidies the pool wants to see what comes back
     */
    SharedStock(Pool pool, NetBuf[] buffers, int cacheSize, boolean tidies) {
        this.pool = pool;
        store = new FreeStack(buffers);
        caches = new CacheTable(pool, this, cacheSize, tidies);
    }

    FreeStack store() {
        return store;
    }

    CacheTable caches() {
        return caches;
    }

    void setLow(int n) {
        low = n;
    }

    /** One thread at a time. */
    void setAside(FreeStack stack) {
        aside = stack;
        moves++;
    }

    // ---- taking ----

    /** A buffer, not yet owned; null if there is none, which is still to be counted. */
    NetBuf pop(ThreadCache own) {
        NetBuf b = store.pop();
        return b == null && !closed ? popRest(own) : b;
    }

    private NetBuf popRest(ThreadCache own) {
        long start = 0;
        for (int tries = 1;; tries++) {
            boolean moving = caches.isRescuing();
            int before = moves;
            caches.rescue(own);
            NetBuf b = store.pop();
            FreeStack rest = aside;
            if (b == null && rest != null) {
                b = rest.pop();
            }
            if (b != null || !moving && rest == null && before == moves) {
                return b;
            }
            long now = System.nanoTime();
            if (tries == 1) {
                start = now;
            } else if (tries > TRIES && now - start > PATIENCE_NANOS) {
                return null;
            }
            Thread.onSpinWait();
        }
    }

    /** Buffers, not yet owned; fewer than {@code n} are still to be counted. */
    int take(ThreadCache own, NetBuf[] to, int from, int n) {
        int got = store.take(to, from, n);
        while (got < n && !closed) {
            NetBuf b = popRest(own);
            if (b == null) {
                break;
            }
            to[from + got++] = b;
            got += store.take(to, from + got, n - got);
        }
        return got;
    }

    /** How many a cache that is empty takes from here at best: none while a shrinking pool looks for those of a piece. */
    int plenty() {
        int there = store.size();
        if (there < low) {
            pool.starved();
        }
        return aside == null ? there / 4 : 0;
    }

    /** Somebody gets fewer buffers than asked for. */
    void exhausted() {
        if (!closed) {
            failures.increment();
            pool.exhausted(failures);
        }
    }

    long failures() {
        return failures.sum();
    }

    // ---- giving ----

    void put(NetBuf[] from, int first, int n) {
        if (!store.give(from, first, n)) {
            backForGood(n);
        }
    }

    void putOne(NetBuf b) {
        if (!store.push(b)) {
            backForGood(1);
        }
    }

    // ---- the end ----

    boolean isClosed() {
        return closed;
    }

    /** Nothing comes out from now on; what comes back is counted, and the last one ends the pool. Under the monitor of the caches. */
    void close() {
        if (!closed) {
            closed = true;
            backForGood(store.seal());
        }
        caches.empty();
    }

    private void backForGood(int n) {
        if (returned.addAndGet(n) >= pool.capacity() && ended.compareAndSet(false, true)) {
            pool.end();
        }
    }

    /** Free buffers that are in no cache. */
    int size() {
        return Math.min(closed ? returned.get() : store.size(), pool.capacity());
    }
}
