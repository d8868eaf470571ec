package net.pool;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.PoolStatistics;
import net.api.device.DmaMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool over one piece of DMA memory. A plain object: {@link PoolMaker} or the constructor makes it, {@link #close} ends it.
 *
 * <p>A call of a thread that has a {@link #cache} works with that cache; others work with the shared stack. A thread that finds both empty first takes back
 * what lies in the caches of others, at most once a millisecond from threads that live, at once from those that have ended.
 */
public final class BufferPool implements NetBufPool, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BufferPool.class);
    /** A buffer that has been held so long is taken for lost when the pool is exhausted, unless somebody says otherwise: 10 s. */
    public static final Duration LONG = Duration.ofSeconds(10);

    private final PoolSpec spec;
    private final boolean scrub;
    private final int id;
    private final String host;
    private final DmaMemory memory;
    private final Runnable freed;
    private final NetBuf[] buffers;
    private final FreeStack store;
    private final CacheTable caches;
    private final LongAdder failures = new LongAdder();
    private final LongAdder misuse = new LongAdder();
    private final PoolWatch watch;
    private volatile boolean closed;
    /** Buffers that are back for good. */
    private final AtomicInteger returned = new AtomicInteger();
    private final AtomicBoolean memoryFreed = new AtomicBoolean();

    /**
     * A pool in memory that is there already; it belongs to the pool from now on.
     *
     * @param spec what it is to be
     * @param id 1 to 65 535, unique among the live pools
     * @param host name of the host whose devices reach the memory
     * @param memory as many bytes as the buffers need
     * @throws DevException NO_MEMORY if fewer buffers fit; INVALID_PARAM if the id is out of range, or if buffers are larger than the memory's pages and
     *         device addresses jump within them; the memory then stays the caller's
     */
    public BufferPool(PoolSpec spec, int id, String host, DmaMemory memory) {
        this(spec, id, host, memory, () -> { });
    }

    BufferPool(PoolSpec spec, int id, String host, DmaMemory memory, Runnable freed) {
        if (id < 1 || id > 65_535) {
            throw new DevException(DevError.INVALID_PARAM, "pool " + spec.name() + ": id is " + id + "; give 1 to 65535");
        }
        this.spec = spec;
        this.scrub = spec.scrub();
        this.id = id;
        this.host = Objects.requireNonNull(host);
        this.memory = memory;
        this.freed = freed;
        buffers = Layout.buffers(this, spec, memory);
        store = new FreeStack(buffers);
        caches = new CacheTable(this, store, spec.cacheSize(), scrub);
        watch = new PoolWatch(this, buffers);
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public int node() {
        return memory.node();
    }

    @Override
    public int capacity() {
        return buffers.length;
    }

    @Override
    public int dataRoom() {
        return spec.dataRoom();
    }

    @Override
    public int headroom() {
        return HEADROOM;
    }

    // ---- allocation and release, from any thread ----

    @Override
    public NetBuf allocate() {
        ThreadCache own = caches.own();
        if (own != null) {
            return own.allocate();
        }
        NetBuf b = popShared(null);
        if (b != null) {
            store.countTaken(b, 1);
            b.allocated();
        }
        return b;
    }

    @Override
    public int allocate(NetBuf[] to, int from, int count) {
        ThreadCache own = caches.own();
        if (own != null) {
            return own.allocate(to, from, count);
        }
        Objects.checkFromIndexSize(from, count, to.length);
        int got = takeShared(null, to, from, count);
        if (got > 0) {
            store.countTaken(to[from], got);
            for (int i = from; i < from + got; i++) {
                to[i].allocated();
            }
        }
        return got;
    }

    @Override
    public void release(NetBuf buf) {
        if (drop(buf)) {
            putReleased(buf);
        }
    }

    @Override
    public void release(NetBuf[] bufs, int from, int count) {
        release(bufs, from, count, caches.own());
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
                own.give(bufs, from, n);
            } else if (n > 0) {
                scrub(bufs, from, n);
                store.countGiven(bufs[from], n);
                put(bufs, from, n);
            }
            Arrays.fill(bufs, from, free, null);
        }
    }

    /** Drops a reference of the frame, and puts away what becomes free behind its first buffer; true if that is free too, and still to be put away. */
    boolean drop(NetBuf buf) {
        if (buf.pool() != this) {
            throw refused(new DevException(DevError.INVALID_PARAM, buf + " was given to pool " + name() + ": release it to its own"));
        }
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
            if (b.dropReference()) {
                putReleased(b);
            }
        }
        return last;
    }

    private void putReleased(NetBuf b) {
        ThreadCache own = caches.own();
        if (own != null) {
            own.putOne(b);
        } else {
            if (scrub) {
                b.scrub();
            }
            store.countGiven(b, 1);
            putOne(b);
        }
    }

    @Override
    public NetBuf attach(long handle) {
        int index = (int) handle & MAX_CAPACITY - 1;
        if (handle >>> 48 != id || index >= buffers.length) {
            throw refused(new DevException(DevError.INVALID_PARAM, "handle 0x%016x is not of pool %s, whose id is %d and whose last buffer is %d"
                    .formatted(handle, name(), id, buffers.length - 1)));
        }
        try {
            buffers[index].attached(handle);
        } catch (DevException e) {
            throw refused(e);
        }
        return buffers[index];
    }

    @Override
    public int reclaim(NetBuf[] ring) {
        BitSet seen = new BitSet(buffers.length);
        NetBuf[] found = new NetBuf[ring.length];
        NetBuf strange = null;
        int n = 0;
        for (int i = 0; i < ring.length; i++) {
            NetBuf b = ring[i];
            ring[i] = null;
            if (b == null) {
                continue;
            }
            if (b.pool() != this || b.isOwned() || seen.get(b.index())) {
                misuse.increment();
                strange = b;
                continue;
            }
            seen.set(b.index());
            b.reclaimed();
            found[n++] = b;
        }
        if (strange != null) {
            LOG.error("Pool {}: a driver's ring held {}: it is of another pool, an application's, or was there twice, and is left alone", name(), strange);
        }
        if (n > 0) {
            scrub(found, 0, n);
            store.countGiven(found[0], n);
            put(found, 0, n);
        }
        return n;
    }

    private DevException refused(DevException e) {
        misuse.increment();
        return e;
    }

    // ---- the shared stack ----

    /** A buffer of the stack, not yet owned; null if there is none, which is counted. */
    NetBuf popShared(ThreadCache own) {
        NetBuf b = store.pop();
        if (b == null && caches.rescue(own)) {
            b = store.pop();
        }
        if (b == null && !closed) {
            exhausted();
        }
        return b;
    }

    /** Buffers of the stack, not yet owned; fewer than {@code n} is counted. */
    int takeShared(ThreadCache own, NetBuf[] to, int from, int n) {
        int got = store.take(to, from, n);
        if (got < n && caches.rescue(own)) {
            got += store.take(to, from + got, n - got);
        }
        if (got < n && !closed) {
            exhausted();
        }
        return got;
    }

    /** Buffers are coming back, and are nobody's yet. */
    void scrub(NetBuf[] from, int first, int n) {
        if (scrub) {
            for (int i = first; i < first + n; i++) {
                from[i].scrub();
            }
        }
    }

    private void exhausted() {
        failures.increment();
        watch.exhausted(failures);
    }

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

    // ---- caches ----

    @Override
    public NetBufCache cache() {
        return caches.cache();
    }

    // ---- leaks ----

    /** How hard the pool looks for leaks; at first {@link LeakDetection#DISABLED}. */
    public LeakDetection leakDetection() {
        return watch.level();
    }

    /** As {@link #leakDetection(LeakDetection, Duration)} with {@link #LONG}. */
    public void leakDetection(LeakDetection level) {
        leakDetection(level, LONG);
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
    public void taken(NetBuf buf) {
        watch.taken(buf);
    }

    @Override
    public void touched(NetBuf buf) {
        watch.touched(buf);
    }

    // ---- the end ----

    /**
     * Refuses allocation from now on, takes back what lies in caches, and frees the memory as soon as the last buffer is back: now, or when its user
     * releases it. {@link #missing} tells how many are out. Again takes back what caches got since. Waits at most 0.1 s for owners of caches to step out.
     */
    @Override
    public void close() {
        synchronized (caches) {
            if (!closed) {
                closed = true;
                backForGood(store.seal());
            }
            caches.empty();
            leaks(Duration.ZERO);
        }
    }

    /** It was closed; its memory may still be there. */
    public boolean isClosed() {
        return closed;
    }

    /** Buffers that applications or devices hold; for a closed pool those that keep its memory from being freed. */
    public int missing() {
        return statistics().inUse();
    }

    private void backForGood(int n) {
        if (returned.addAndGet(n) >= buffers.length && memoryFreed.compareAndSet(false, true)) {
            try {
                memory.close();
            } catch (RuntimeException e) {
                LOG.error("Pool {} of host {}: its memory could not be freed: {}", name(), host, e.toString());
            }
            freed.run();
        }
    }

    @Override
    public PoolStatistics statistics() {
        synchronized (caches) {
            long given = caches.given() + store.given();
            long cached = caches.cached();
            VarHandle.acquireFence();
            long taken = caches.taken() + store.taken();
            int free = Math.min(closed ? returned.get() : store.size(), buffers.length);
            return new PoolStatistics(buffers.length, free, (int) Math.clamp(cached, 0, (long) buffers.length - free), taken, Math.min(given, taken),
                    failures.sum(), misuse.sum());
        }
    }

    /** {@code pool default of sim: 8192 buffers of 1920 bytes}. */
    @Override
    public String toString() {
        return "pool " + name() + " of " + host + ": " + buffers.length + " buffers of " + dataRoom() + " bytes";
    }
}
