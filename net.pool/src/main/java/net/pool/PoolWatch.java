package net.pool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import net.api.NetBuf;

/** Tells of what goes wrong in a pool: exhaustion and, if somebody wants it, leaks. */
final class PoolWatch {
    private static final long NOTICE_NANOS = 1_000_000_000;

    private final Pool pool;
    private NetBuf[] buffers;
    /** Earliest time at which it is told again that the pool is exhausted. */
    private final AtomicLong nextNotice = new AtomicLong(System.nanoTime());
    /** Null: leak detection is disabled. */
    private volatile LeakFinder finder;
    private volatile Duration tooLong = BufferPool.LONG;

    PoolWatch(Pool pool, NetBuf[] buffers) {
        this.pool = pool;
        this.buffers = buffers;
    }

    LeakDetection level() {
        LeakFinder f = finder;
        return f == null ? LeakDetection.DISABLED : f.level();
    }

    synchronized void level(LeakDetection level, Duration longTime) {
        tooLong = longTime;
        if (level != level()) {
            LeakFinder f = new LeakFinder(pool, buffers.length, level);
            finder = level == LeakDetection.DISABLED ? null : f;
            f.start(buffers);
        }
    }

    /** There are more buffers than before. */
    synchronized void extend(NetBuf[] all) {
        buffers = all;
        if (finder != null) {
            finder.start(all);
        }
    }

    /** A request has failed: once a second tells the recorder, and has another thread look for leaks. */
    void exhausted(LongAdder failures) {
        long at = nextNotice.getPlain();
        long now = System.nanoTime();
        if (now - at >= 0 && nextNotice.compareAndSet(at, now + NOTICE_NANOS)) {
            PoolJfr.exhausted(pool, failures.sum());
            if (finder != null) {
                Thread.ofVirtual().name("leaks of pool " + pool.name()).start(() -> leaks(tooLong));
            }
        }
    }

    List<Leak> leaks(Duration heldFor) {
        LeakFinder f = finder;
        return f == null ? List.of() : f.leaks(heldFor);
    }

    void taken(NetBuf b) {
        LeakFinder f = finder;
        if (f != null) {
            f.taken(b);
        }
    }

    void touched(NetBuf b) {
        LeakFinder f = finder;
        if (f != null) {
            f.touched(b);
        }
    }
}
