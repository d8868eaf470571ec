package net.pool;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.api.NetBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows buffers of a pool, and tells of those that have been held for long. Buffers are never garbage, so that Netty's way, to wait for the collector, does
 * not work; instead it is noted when and where a followed buffer was taken, and whoever asks for leaks looks at the buffers' states.
 *
 * <p>What is noted of a buffer is written before it becomes owned, and read again before it is believed; so a buffer that is released and taken while somebody
 * looks is never told of with the place of somebody else.
 */
final class LeakFinder {
    private static final Logger LOG = LoggerFactory.getLogger(LeakFinder.class);
    /** Small pools follow more than one in so many: about eight at least. */
    private static final int AT_LEAST = 8;

    /** What is noted of a followed buffer. */
    private static final class Trace {
        final NetBuf buffer;
        /** When it was taken; 0: it was not followed then. */
        final AtomicLong since = new AtomicLong();
        final AtomicReference<Place> taken = new AtomicReference<>();
        final AtomicReference<Place> touched = new AtomicReference<>();
        /** {@link #since} when it was told of. */
        final AtomicLong told = new AtomicLong();

        Trace(NetBuf buffer) {
            this.buffer = buffer;
        }
    }

    private final Pool pool;
    private final LeakDetection level;
    private final int every;
    /** Of one buffer in {@link #every}. Replaced by a longer one when the pool grows. */
    private volatile Trace[] traces = {};
    private final AtomicLong nextTaken = new AtomicLong(System.nanoTime());
    private final AtomicLong nextTouched = new AtomicLong(System.nanoTime());

    LeakFinder(Pool pool, int buffers, LeakDetection level) {
        this.pool = pool;
        this.level = level;
        this.every = Math.clamp(buffers / AT_LEAST, 1, level.every);
    }

    LeakDetection level() {
        return level;
    }

    /** Follows some of the buffers, and no others; applies to those that are taken from now on. */
    void start(NetBuf[] buffers) {
        boolean on = level != LeakDetection.DISABLED;
        Trace[] more = Arrays.copyOf(traces, on ? buffers.length / every : 0);
        for (int i = traces.length; i < more.length; i++) {
            more[i] = new Trace(buffers[i * every + every - 1]);
        }
        traces = more;
        for (NetBuf b : buffers) {
            b.follow(on && b.index() % every == every - 1);
        }
    }

    /** A followed buffer is about to be owned by the calling thread. */
    void taken(NetBuf b) {
        Trace t = trace(b);
        if (t != null) {
            long now = System.nanoTime();
            t.touched.setPlain(null);
            t.taken.setPlain(due(nextTaken, now) ? new Place() : null);
            t.since.setRelease(now | 1);
            VarHandle.releaseFence();
        }
    }

    /** A followed buffer is in the calling thread's hands. */
    void touched(NetBuf b) {
        Trace t = level.touches ? trace(b) : null;
        if (t != null && due(nextTouched, System.nanoTime())) {
            t.touched.setRelease(new Place());
        }
    }

    /** Null for a buffer that an earlier finder had follow. */
    private Trace trace(NetBuf b) {
        Trace[] all = traces;
        int i = b.index() / every;
        return i < all.length && all[i].buffer == b ? all[i] : null;
    }

    private boolean due(AtomicLong next, long now) {
        long at = next.getPlain();
        return level.pause == 0 || now - at >= 0 && next.compareAndSet(at, now + level.pause);
    }

    /** Followed buffers that have been held at least so long; those that were not told of before are logged and recorded. */
    List<Leak> leaks(Duration heldFor) {
        List<Leak> found = new ArrayList<>();
        for (Trace t : traces) {
            long at = t.since.getAcquire();
            Place by = t.taken.getAcquire();
            Place last = t.touched.getAcquire();
            VarHandle.acquireFence();
            boolean out = t.buffer.isOut();
            long held = System.nanoTime() - at;
            if (at != 0 && out && held >= heldFor.toNanos() && t.since.getAcquire() == at) {
                Leak leak = new Leak(pool.name(), pool.host(), t.buffer.index(), Duration.ofNanos(held), by == null ? "" : by.thread(),
                        by == null ? List.of() : by.frames(), last == null ? List.of() : last.frames());
                found.add(leak);
                if (t.told.getAndSet(at) != at) {
                    LOG.error("Leak: {}", leak);
                    PoolJfr.leak(leak);
                }
            }
        }
        return found;
    }
}
