package net.pool;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.PoolStatistics;

/**
 * What pools of all kinds have alike: free buffers in a stack and in caches, references, counters, leaks.
 *
 * <p>A call of a thread that has a {@link #cache} works with that cache; others work with the shared stack. A platform thread that comes often gets a small
 * cache without asking, where the pool has caches and is not tiny. A thread that finds cache and stack empty first takes back what lies in the caches of others,
 * at most once a millisecond from threads that live, at once from those that have ended.
 */
public abstract sealed class Pool implements NetBufPool, AutoCloseable permits BufferPool, ShellPool {
    private static final int MAX_ID = 65_535;

    private final String name;
    private final int id;
    private final String host;
    /** {@link #tidy} wants to see what comes back. */
    private final boolean tidies;
    /** By index; those of memory that was given back are there still, and free. Replaced by a longer one when the pool grows. */
    private volatile NetBuf[] buffers;
    private volatile int capacity;
    private long grown;
    private long shrunk;
    private final SharedStock shared;
    private final FreeStack store;
    private final CacheTable caches;
    private final LongAdder misuse = new LongAdder();
    private final PoolWatch watch;

    /**
     * @param id 1 to 65 535, unique among the live pools
     * @param host name of the host whose devices reach the memory
     * @param tidies {@link #tidy} is called
     * @param maker makes all buffers, free, by their index
     * @throws DevException INVALID_PARAM if the id is out of range
     */
    Pool(String name, int id, String host, int cacheSize, boolean tidies, Function<Pool, NetBuf[]> maker) {
        if (id < 1 || id > MAX_ID) {
            throw new DevException(DevError.INVALID_PARAM, "pool " + name + ": id is " + id + "; give 1 to " + MAX_ID);
        }
        this.name = name;
        this.id = id;
        this.host = Objects.requireNonNull(host);
        this.tidies = tidies;
        buffers = maker.apply(this);
        capacity = buffers.length;
        shared = new SharedStock(this, buffers, cacheSize, tidies);
        store = shared.store();
        caches = shared.caches();
        watch = new PoolWatch(this, buffers);
    }

    /** A buffer has come back, is nobody's, and will be free next. */
    abstract void tidy(NetBuf b);

    /** The pool is closed and its last buffer is back. Called once, by whoever brought it. */
    abstract void end();

    /** Free buffers are few. Any thread; returns at once. */
    void starved() {
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int id() {
        return id;
    }

    @Override
    public final String host() {
        return host;
    }

    @Override
    public final int capacity() {
        return capacity;
    }

    // ---- allocation and release, from any thread ----

    @Override
    public final NetBuf allocate() {
        ThreadCache own = ownOrSmall();
        if (own != null) {
            return own.pullOwned();
        }
        NetBuf b = shared.pop(null);
        if (b == null) {
            shared.exhausted();
            return null;
        }
        store.countTaken(b, 1);
        b.allocated();
        return b;
    }

    @Override
    public final int allocate(NetBuf[] to, int from, int count) {
        ThreadCache own = ownOrSmall();
        if (own != null) {
            return own.pullOwned(to, from, count);
        }
        Objects.checkFromIndexSize(from, count, to.length);
        int got = shared.take(null, to, from, count);
        if (got < count) {
            shared.exhausted();
        }
        if (got > 0) {
            store.countTaken(to[from], got);
            for (int i = from; i < from + got; i++) {
                to[i].allocated();
            }
        }
        return got;
    }

    @Override
    public final void release(NetBuf buf) {
        if (drop(buf)) {
            putReleased(buf);
        }
    }

    @Override
    public final void release(NetBuf[] bufs, int from, int count) {
        release(bufs, from, count, ownOrSmall());
    }

    /** Drops a reference of each frame, and collects what became free at the front of the range, which is nulled in the end. */
    void release(NetBuf[] bufs, int from, int count, ThreadCache own) {
        int end = Objects.checkFromIndexSize(from, count, bufs.length) + count;
        int free = from;
        try {
            for (int i = from; i < end; i++) {
                NetBuf b = bufs[i];
                if (b != null) {
                    boolean last = drop(b);
                    bufs[i] = null;
                    if (last) {
                        bufs[free++] = b;
                    }
                }
            }
        } finally {
            int n = free - from;
            if (own != null) {
                own.push(bufs, from, n);
            } else if (n > 0) {
                tidy(bufs, from, n);
                store.countGiven(bufs[from], n);
                shared.put(bufs, from, n);
            }
            Arrays.fill(bufs, from, free, null);
        }
    }

    /** Drops a reference of the frame, and puts away what becomes free behind its first buffer; true if that is free too, and still to be put away. */
    boolean drop(NetBuf buf) {
        checkOwn(buf);
        try {
            return buf.next() == null ? buf.dropReference() : dropChain(buf);
        } catch (DevException e) {
            throw refused(e);
        }
    }

    private boolean dropChain(NetBuf head) {
        for (NetBuf b = head; b != null; b = b.next()) {
            if (!b.isOwned()) {
                throw new DevException(DevError.BAD_STATE, b + ", part of a frame, cannot be released: it was released or given away before");
            }
        }
        NetBuf rest = head.next();
        boolean last = head.dropReference();
        while (rest != null) {
            NetBuf b = rest;
            rest = b.next();
            b.pool().releaseOne(b);
        }
        return last;
    }

    @Override
    public final void releaseOne(NetBuf buf) {
        checkOwn(buf);
        try {
            if (buf.dropReference()) {
                putReleased(buf);
            }
        } catch (DevException e) {
            throw refused(e);
        }
    }

    private void checkOwn(NetBuf buf) {
        if (buf.pool() != this) {
            throw refused(new DevException(DevError.INVALID_PARAM, buf + " was given to pool " + name + ": release it to its own"));
        }
    }

    /** The calling thread's cache, if it has one by now. */
    private ThreadCache ownOrSmall() {
        ThreadCache own = caches.own();
        return own != null ? own : caches.often();
    }

    private void putReleased(NetBuf b) {
        ThreadCache own = ownOrSmall();
        if (own != null) {
            own.push(b);
        } else {
            if (tidies) {
                tidy(b);
            }
            store.countGiven(b, 1);
            shared.putOne(b);
        }
    }

    @Override
    public final NetBuf attach(long handle) {
        NetBuf[] all = buffers;
        int index = (int) handle & MAX_CAPACITY - 1;
        if (handle >>> 48 != id || index >= all.length) {
            throw refused(new DevException(DevError.INVALID_PARAM, "handle 0x%016x is not of pool %s, whose id is %d and whose last buffer is %d"
                    .formatted(handle, name, id, all.length - 1)));
        }
        try {
            all[index].attached(handle);
        } catch (DevException e) {
            throw refused(e);
        }
        return all[index];
    }

    @Override
    public final int reclaim(NetBuf[] ring) {
        RingRemains r = new RingRemains(ring, this);
        misuse.add(r.strange);
        if (r.own > 0) {
            tidy(r.found, 0, r.own);
            store.countGiven(r.found[0], r.own);
            shared.put(r.found, 0, r.own);
        }
        return r.own + r.others;
    }

    private DevException refused(DevException e) {
        misuse.increment();
        return e;
    }

    /** Buffers have come back, and are nobody's yet. */
    final void tidy(NetBuf[] from, int first, int n) {
        if (tidies) {
            for (int i = first; i < first + n; i++) {
                tidy(from[i]);
            }
        }
    }

    void exhausted(LongAdder failures) {
        watch.exhausted(failures);
        starved();
    }

    // ---- caches ----

    @Override
    public final NetBufCache cache() {
        return caches.cache();
    }

    // ---- leaks ----

    /** How hard the pool looks for leaks; at first {@link LeakDetection#DISABLED}. */
    public final LeakDetection leakDetection() {
        return watch.level();
    }

    /** As {@link #leakDetection(LeakDetection, Duration)} with {@link BufferPool#LONG}. */
    public void leakDetection(LeakDetection level) {
        leakDetection(level, BufferPool.LONG);
    }

    /**
     * Changes how hard the pool looks for leaks. It concerns the buffers that are taken from now on; if the level is another, what was noted is forgotten.
     *
     * @param tooLong a buffer that has been held so long is taken for lost when the pool is exhausted
     */
    public void leakDetection(LeakDetection level, Duration tooLong) {
        watch.level(level, tooLong);
    }

    /**
     * The followed buffers that an application has held at least so long, as owner or by a handle. The pool itself asks when it is exhausted, for those held
     * too long, and when it is closed, for all. Each lost buffer is logged and recorded once, by whoever asks first.
     *
     * @return empty if leak detection is disabled
     */
    public List<Leak> leaks(Duration heldFor) {
        return watch.leaks(heldFor);
    }

    @Override
    public final void taken(NetBuf buf) {
        watch.taken(buf);
    }

    @Override
    public final void touched(NetBuf buf) {
        watch.touched(buf);
    }

    // ---- the end ----

    /**
     * Refuses allocation from now on, takes back what lies in caches, and ends the pool, memory and id, as soon as the last buffer is back: now, or when its
     * user releases it. {@link #missing} tells how many are out. Again takes back what caches got since. Waits at most 0.1 s for owners of caches to step out.
     */
    @Override
    public void close() {
        synchronized (caches) {
            shared.close();
            watch.leaks(Duration.ZERO);
        }
    }

    /** It was closed; its memory may still be there. */
    public final boolean isClosed() {
        return shared.isClosed();
    }

    /** Buffers that applications or devices hold; for a closed pool those that keep its memory from being freed. */
    public final int missing() {
        return statistics().inUse();
    }

    // ---- more and fewer buffers ----

    final NetBuf[] buffers() {
        return buffers;
    }

    final SharedStock shared() {
        return shared;
    }

    /**
     * Buffers have memory now, and are free. Under the monitor of the caches, while the pool is open.
     *
     * @param all every buffer by its index, those that there were before included
     */
    final void add(NetBuf[] all, int first, int n) {
        if (all.length > buffers.length) {
            buffers = all;
            store.extend(all);
            watch.extend(all);
        }
        store.giveAll(all, first, n);
        capacity += n;
        grown++;
    }

    /** Buffers, which the caller has taken, will have no memory. Under the monitor of the caches, while the pool is open. */
    final void remove(int n) {
        capacity -= n;
        shrunk++;
    }

    @Override
    public final PoolStatistics statistics() {
        synchronized (caches) {
            long given = caches.given() + store.given();
            long cached = caches.cached();
            VarHandle.acquireFence();
            long taken = caches.taken() + store.taken();
            int free = shared.size();
            return new PoolStatistics(capacity, free, (int) Math.clamp(cached, 0, (long) capacity - free), taken, Math.min(given, taken), shared.failures(),
                    misuse.sum(), grown, shrunk);
        }
    }
}
