package net.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import net.api.DevException;
import net.api.NetBuf;
import net.api.PoolStatistics;
import net.api.device.DmaMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of a pool, in pieces: the first for as long as the pool lives, further ones as {@link Growth} says. Each has a range of indices of its own, so that
 * a buffer that is out keeps its index, its handle and its place whatever becomes of other pieces. Buffers whose memory was given back stay as objects, free, and on no
 * stack, and get memory again when the pool grows again; so a stale reference or handle of one is refused as ever.
 *
 * <p>A thread of the pool's own grows and shrinks it. What it changes it changes under the monitor of the pool's caches; nobody on the packet path waits for that.
 */
final class Elastic {
    private static final Logger LOG = LoggerFactory.getLogger(Elastic.class);
    private static final long LOOK_NANOS = 1_000_000_000;
    /** A cache that finds fewer than one in so many free, wants more. */
    private static final int LOW = 8;

    /** Buffers whose memory comes and goes together; without memory at first. */
    private static final class Piece {
        final int first;
        final int count;
        DmaMemory memory;

        Piece(int first, int count) {
            this.first = first;
            this.count = count;
        }

        boolean has(NetBuf b) {
            return b.index() >= first && b.index() < first + count;
        }
    }

    private final BufferPool pool;
    private final PoolSpec spec;
    private final IntFunction<DmaMemory> source;
    /** By their indices; those that ever had memory come first. */
    private final List<Piece> pieces = new ArrayList<>();
    private final Thread keeper;
    private volatile boolean wanted;
    private volatile boolean stopped;
    private long quietSince = System.nanoTime();
    private long failures;
    private boolean refused;

    /**
     * @param memory of the first piece
     * @param source gives memory for a number of buffers
     */
    Elastic(BufferPool pool, PoolSpec spec, DmaMemory memory, IntFunction<DmaMemory> source) {
        this.pool = pool;
        this.spec = spec;
        this.source = source;
        boolean elastic = spec.growth().isElastic();
        Piece base = new Piece(0, elastic ? spec.growth().min() : spec.buffers());
        base.memory = memory;
        pieces.add(base);
        keeper = elastic ? Thread.ofPlatform().daemon().name("keeper of pool " + spec.name() + " of " + pool.host()).unstarted(this::keep) : null;
        if (elastic) {
            int next = base.count;
            for (int n = spec.buffers() - next; next < spec.growth().max(); n = spec.buffers()) {
                n = Math.min(n, spec.growth().max() - next);
                if (n > 0) {
                    pieces.add(new Piece(next, n));
                    next += n;
                }
            }
        }
    }

    /** Brings the pool to the number that it has at first, and looks after it from now on. @throws DevException what the host said; nothing is kept then */
    void start() {
        if (keeper != null) {
            if (pool.capacity() < spec.buffers()) {
                grow(pieces.get(1));
            }
            setLow();
            keeper.start();
        }
    }

    /** More buffers are wanted soon. Any thread; returns at once. */
    void starved() {
        if (keeper != null && !wanted) {
            wanted = true;
            LockSupport.unpark(keeper);
        }
    }

    /** Looks no more. */
    void stop() {
        stopped = true;
        LockSupport.unpark(keeper);
    }

    /** Frees all memory; the pool is closed, so that there will be no other, and the last buffer is back. */
    void free() {
        pieces.stream().filter(p -> p.memory != null).forEach(this::close);
    }

    private void close(Piece p) {
        try {
            p.memory.close();
        } catch (RuntimeException e) {
            LOG.error("Pool {} of host {}: its memory could not be freed: {}", pool.name(), pool.host(), e.toString());
        }
        p.memory = null;
    }

    private void keep() {
        while (!stopped) {
            if (wanted) {
                wanted = false;
                grow();
            }
            look(System.nanoTime());
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    /** Where new memory is to be had for another piece, the pool grows by it. */
    synchronized void grow() {
        Piece next = pieces.stream().filter(p -> p.memory == null).findFirst().orElse(null);
        if (next == null) {
            return;
        }
        try {
            grow(next);
            refused = false;
            LOG.info("Pool {} of host {} has grown to {} buffers", pool.name(), pool.host(), pool.capacity());
        } catch (DevException e) {
            if (!refused) {
                LOG.warn("Pool {} of host {} has {} buffers, wants more, and gets no memory: {}", pool.name(), pool.host(), pool.capacity(), e.getMessage());
            }
            refused = true;
        }
    }

    private void grow(Piece p) {
        DmaMemory memory = source.apply(p.count);
        synchronized (pool.shared().caches()) {
            try {
                if (!pool.isClosed()) {
                    pool.add(Layout.place(pool, spec, memory, pool.buffers(), p.first, p.count), p.first, p.count);
                    p.memory = memory;
                }
            } finally {
                if (p.memory == null) {
                    memory.close();
                }
            }
            setLow();
        }
        PoolJfr.resized(pool);
    }

    private void setLow() {
        boolean more = pieces.stream().anyMatch(p -> p.memory == null);
        pool.shared().setLow(more ? pool.capacity() / LOW : 0);
    }

    /** Whether there have been more buffers than needed for long; then the pool shrinks by a piece. */
    synchronized void look(long now) {
        PoolStatistics s = pool.statistics();
        Piece last = last();
        if (last == null || s.failures() != failures || s.inUse() > (s.capacity() - last.count) / 2) {
            failures = s.failures();
            quietSince = now;
        } else if (now - quietSince >= spec.growth().idle().toNanos()) {
            quietSince = now;
            shrink();
        }
    }

    /** The last piece with memory; null if there is only the first. */
    private Piece last() {
        Piece last = null;
        for (Piece p : pieces) {
            if (p.memory != null && p.first > 0) {
                last = p;
            }
        }
        return last;
    }

    /** Gives back the memory of a piece whose buffers are all free and in no cache that is in use; false if there is none. */
    synchronized boolean shrink() {
        Piece gone;
        DmaMemory memory;
        synchronized (pool.shared().caches()) {
            gone = pool.isClosed() ? null : takeOut();
            if (gone == null) {
                return false;
            }
            memory = gone.memory;
            gone.memory = null;
            pool.remove(gone.count);
            setLow();
        }
        memory.close();
        LOG.info("Pool {} of host {} was idle, and has shrunk to {} buffers", pool.name(), pool.host(), pool.capacity());
        PoolJfr.resized(pool);
        return true;
    }

    /**
     * Takes the buffers of one piece off the stack. All free buffers are looked through by way of a second stack, a chunk at a time, so that others find all but
     * a chunk on one of the two.
     */
    private Piece takeOut() {
        SharedStock shared = pool.shared();
        FreeStack store = shared.store();
        FreeStack aside = new FreeStack(store);
        shared.setAside(aside);
        NetBuf[] chunk = new NetBuf[FreeStack.CHUNK];
        try {
            shared.caches().rescue(null);
            int[] free = new int[pieces.size()];
            int left = pool.capacity();
            for (int n; left > 0 && (n = store.take(chunk, 0, chunk.length)) > 0; left -= n) {
                for (int i = 0; i < n; i++) {
                    free[pieceOf(chunk[i])]++;
                }
                aside.give(chunk, 0, n);
            }
            int found = pieces.size() - 1;
            while (found > 0 && (pieces.get(found).memory == null || free[found] < pieces.get(found).count)) {
                found--;
            }
            return found > 0 && separate(pieces.get(found), aside, store, chunk) ? pieces.get(found) : null;
        } finally {
            for (int n; (n = aside.take(chunk, 0, chunk.length)) > 0;) {
                shared.put(chunk, 0, n);
            }
            shared.setAside(null);
        }
    }

    /** Moves all buffers from one stack to the other but those of a piece; if some of them are gone meanwhile, the others too. */
    private static boolean separate(Piece piece, FreeStack from, FreeStack to, NetBuf[] chunk) {
        NetBuf[] out = new NetBuf[piece.count];
        int k = 0;
        for (int n; (n = from.take(chunk, 0, chunk.length)) > 0;) {
            int keep = 0;
            for (int i = 0; i < n; i++) {
                if (piece.has(chunk[i])) {
                    out[k++] = chunk[i];
                } else {
                    chunk[keep++] = chunk[i];
                }
            }
            to.give(chunk, 0, keep);
        }
        if (k < piece.count) {
            to.give(out, 0, k);
        }
        return k == piece.count;
    }

    private int pieceOf(NetBuf b) {
        int i = 0;
        while (!pieces.get(i).has(b)) {
            i++;
        }
        return i;
    }
}
