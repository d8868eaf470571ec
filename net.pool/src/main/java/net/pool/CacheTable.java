package net.pool;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import net.api.DevError;
import net.api.DevException;

/**
 * The caches of a pool's threads: finds a thread's own, and brings buffers back from those of others. Its monitor guards the list of caches, and stands for
 * the pool's opening and closing.
 *
 * <p>A platform thread that comes often without having asked for a cache gets a small one. All small ones together hold at most a quarter of the buffers.
 */
final class CacheTable {
    private static final long RESCUE_NANOS = 1_000_000;
    private static final long CLOSE_NANOS = 100_000_000;
    private static final int THREADS = 64;
    /** Calls of a thread without a cache before it gets a small one. */
    private static final int OFTEN = 256;
    /** And so many before it asks again when it could have none. */
    private static final int REFUSED = 1 << 20;
    /** Most buffers of a small cache; and at most one in {@link #SHARE} of all. */
    private static final int SMALL = 32;
    private static final int SHARE = 64;
    /** Less than that is no gain. */
    private static final int LEAST = 4;
    /** Small caches of one pool at a time. */
    private static final int MOST = SHARE / 4;
    /** From one count of calls to the next: two cache lines. */
    private static final int APART = 32;

    private final Pool pool;
    private final SharedStock shared;
    private final int size;
    private final boolean tidies;
    /** Finds a thread's cache without a search; a thread may miss in it. */
    private final ThreadCache[] byThread = new ThreadCache[THREADS];
    /** Calls of threads that missed there; where two threads count in one place, some are lost. */
    private final int[] misses = new int[THREADS * APART];
    /** All caches; replaced, never changed, under the monitor. */
    private volatile ThreadCache[] caches = {};
    private long endedTaken;
    private long endedGiven;
    private final AtomicBoolean rescuing = new AtomicBoolean();
    private volatile long nextRescue = System.nanoTime();

    /**
     * @param size most buffers of a cache
     * @param tidies the pool wants to see what comes back
     */
    CacheTable(Pool pool, SharedStock shared, int size, boolean tidies) {
        this.pool = pool;
        this.shared = shared;
        this.size = size;
        this.tidies = tidies;
    }

    /**
     * The calling thread's cache, made at the first call.
     *
     * @throws DevException BAD_STATE if the pool is closed
     */
    ThreadCache cache() {
        ThreadCache own = own();
        if (own != null && !own.isSmall() && !pool.isClosed()) {
            return own;
        }
        Thread current = Thread.currentThread();
        synchronized (this) {
            if (pool.isClosed()) {
                throw new DevException(DevError.BAD_STATE, "pool " + pool.name() + " of host " + pool.host() + " is closed: look for its service again");
            }
            ThreadCache found = find(current);
            if (found == null) {
                forgetEnded();
                found = add(new ThreadCache(pool, shared, size, false, tidies, current));
            } else if (found.isSmall()) {
                found.enlarge(size);
            }
            byThread[found.slot()] = found;
            return found;
        }
    }

    /** The thread's cache, in the table or crowded out of it; null if it has none. Under the monitor, as the next. */
    private ThreadCache find(Thread owner) {
        for (ThreadCache c : caches) {
            if (c.isOwner(owner)) {
                return c;
            }
        }
        return null;
    }

    private ThreadCache add(ThreadCache c) {
        ThreadCache[] more = Arrays.copyOf(caches, caches.length + 1);
        more[caches.length] = c;
        caches = more;
        return c;
    }

    /** For a thread that has no cache, each time that it could use one: a small one if it comes often; null otherwise. */
    ThreadCache often() {
        int at = slot(Thread.currentThread().threadId()) * APART;
        return ++misses[at] == OFTEN ? small(at) : null;
    }

    private ThreadCache small(int at) {
        Thread current = Thread.currentThread();
        int n = Math.min(Math.min(size, SMALL), pool.capacity() / SHARE);
        misses[at] = current.isVirtual() ? 0 : -REFUSED;
        if (current.isVirtual() || n < LEAST || pool.isClosed()) {
            return null;
        }
        synchronized (this) {
            if (pool.isClosed()) {
                return null;
            }
            forgetEnded();
            if (byThread[slot(current.threadId())] != null) {
                return null;
            }
            ThreadCache c = find(current);
            if (c == null) {
                if (Arrays.stream(caches).filter(ThreadCache::isSmall).count() >= MOST) {
                    return null;
                }
                c = add(new ThreadCache(pool, shared, n, true, tidies, current));
            }
            misses[at] = 0;
            byThread[c.slot()] = c;
            return c;
        }
    }

    /** The calling thread's cache, if it has one and is not crowded out of the table. */
    ThreadCache own() {
        Thread current = Thread.currentThread();
        ThreadCache c = byThread[slot(current.threadId())];
        return c != null && c.isOwner(current) ? c : null;
    }

    static int slot(long threadId) {
        return (int) threadId & THREADS - 1;
    }

    private void forgetEnded() {
        ThreadCache[] live = caches.clone();
        int n = 0;
        for (ThreadCache c : caches) {
            if (c.ownerEnded() && c.drain(c.claim())) {
                endedTaken += c.taken();
                endedGiven += c.given();
                if (byThread[c.slot()] == c) {
                    byThread[c.slot()] = null;
                }
            } else {
                live[n++] = c;
            }
        }
        if (n < live.length) {
            caches = Arrays.copyOf(live, n);
        }
    }

    /** Some thread brings in what lies in the caches of others. */
    boolean isRescuing() {
        return rescuing.get();
    }

    /** The stack is empty: brings in what lies in other threads' caches. */
    void rescue(ThreadCache own) {
        ThreadCache[] all = caches;
        if (pool.isClosed() || all.length == 0 || !rescuing.compareAndSet(false, true)) {
            return;
        }
        try {
            int[] claims = null;
            boolean due = System.nanoTime() - nextRescue >= 0;
            for (int i = 0; i < all.length; i++) {
                ThreadCache c = all[i];
                if (c == own || c.count() == 0) {
                    continue;
                }
                if (c.ownerEnded()) {
                    c.drain(c.claim());
                } else if (due) {
                    claims = claims == null ? new int[all.length] : claims;
                    claims[i] = c.claim();
                }
            }
            if (claims != null) {
                drain(all, claims);
                nextRescue = System.nanoTime() + RESCUE_NANOS;
            }
        } finally {
            rescuing.set(false);
        }
    }

    /** Empties claimed caches, and counts those that it could not; a claim of 0 is none. */
    private static int drain(ThreadCache[] caches, int[] claims) {
        StockGate.handshake();
        int left = 0;
        for (int i = 0; i < caches.length; i++) {
            if (claims[i] != 0 && !caches[i].drain(claims[i])) {
                left++;
            }
        }
        return left;
    }

    /** Returns what lies in all caches to the pool; waits at most 0.1 s for owners to step out. Under the monitor. */
    void empty() {
        long deadline = System.nanoTime() + CLOSE_NANOS;
        while (!tryEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    private boolean tryEmpty() {
        ThreadCache[] all = caches;
        int[] claims = new int[all.length];
        boolean each = true;
        for (int i = 0; i < all.length; i++) {
            claims[i] = all[i].claim();
            each &= claims[i] != 0;
        }
        return drain(all, claims) == 0 && each;
    }

    /** Buffers that owners released or gave back, those of ended threads included. Under the monitor, as the next. */
    long given() {
        long n = endedGiven;
        for (ThreadCache c : caches) {
            n += c.given();
        }
        return n;
    }

    /** Buffers that owners allocated or took, those of ended threads included. */
    long taken() {
        long n = endedTaken;
        for (ThreadCache c : caches) {
            n += c.taken();
        }
        return n;
    }

    /** Buffers in stock. */
    long cached() {
        long n = 0;
        for (ThreadCache c : caches) {
            n += c.count();
        }
        return n;
    }
}
