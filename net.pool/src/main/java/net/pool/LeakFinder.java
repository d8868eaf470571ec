package net.pool;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
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

    private final Pool pool;
    private final NetBuf[] buffers;
    private final LeakDetection level;
    private final int every;
    /** When a buffer was taken; 0: it was not followed then. */
    private final AtomicLongArray since;
    private final AtomicReferenceArray<Place> taken;
    private final AtomicReferenceArray<Place> touched;
    /** {@link #since} of those that were told of. */
    private final AtomicLongArray told;
    private final AtomicLong nextTaken = new AtomicLong(System.nanoTime());
    private final AtomicLong nextTouched = new AtomicLong(System.nanoTime());

    LeakFinder(Pool pool, NetBuf[] buffers, LeakDetection level) {
        this.pool = pool;
        this.buffers = buffers;
        this.level = level;
        this.every = Math.clamp(buffers.length / AT_LEAST, 1, level.every);
        since = new AtomicLongArray(buffers.length);
        taken = new AtomicReferenceArray<>(buffers.length);
        touched = new AtomicReferenceArray<>(buffers.length);
        told = new AtomicLongArray(buffers.length);
    }

    LeakDetection level() {
        return level;
    }

    /** Follows some of the buffers, and no others; applies to those that are taken from now on. */
    void start() {
        for (NetBuf b : buffers) {
            b.follow(level != LeakDetection.DISABLED && b.index() % every == every - 1);
        }
    }

    /** A followed buffer is about to be owned by the calling thread. */
    void taken(NetBuf b) {
        int i = b.index();
        long now = System.nanoTime();
        touched.setPlain(i, null);
        taken.setPlain(i, due(nextTaken, now) ? new Place() : null);
        since.setRelease(i, now | 1);
        VarHandle.releaseFence();
    }

    /** A followed buffer is in the calling thread's hands. */
    void touched(NetBuf b) {
        if (level.touches && due(nextTouched, System.nanoTime())) {
            touched.setRelease(b.index(), new Place());
        }
    }

    private boolean due(AtomicLong next, long now) {
        long at = next.getPlain();
        return level.pause == 0 || now - at >= 0 && next.compareAndSet(at, now + level.pause);
    }

    /** Followed buffers that have been held at least so long; those that were not told of before are logged and recorded. */
    List<Leak> leaks(Duration heldFor) {
        List<Leak> found = new ArrayList<>();
        for (int i = every - 1; i < buffers.length; i += every) {
            long at = since.getAcquire(i);
            Place by = taken.getAcquire(i);
            Place last = touched.getAcquire(i);
            VarHandle.acquireFence();
            boolean out = buffers[i].isOut();
            long held = System.nanoTime() - at;
            if (at != 0 && out && held >= heldFor.toNanos() && since.getAcquire(i) == at) {
                Leak leak = new Leak(pool.name(), pool.host(), i, Duration.ofNanos(held), by == null ? "" : by.thread(), by == null ? List.of() : by.frames(),
                        last == null ? List.of() : last.frames());
                found.add(leak);
                if (told.getAndSet(i, at) != at) {
                    LOG.error("Leak: {}", leak);
                    PoolJfr.leak(leak);
                }
            }
        }
        return found;
    }
}
