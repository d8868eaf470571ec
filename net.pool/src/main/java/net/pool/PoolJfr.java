package net.pool;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import net.api.FlightRecording;
import org.slf4j.LoggerFactory;

/**
 * Flight recorder events of buffer pools. Nothing of the recorder is touched before somebody has started it, because its first event costs a tenth of a second
 * and more.
 */
final class PoolJfr {
    private static final FlightRecording RECORDING = new FlightRecording(PoolJfr.class, "pools", LoggerFactory.getLogger(PoolJfr.class)::warn);

    private PoolJfr() {
    }

    /** Somebody wanted a buffer and got none; the caller sees to it that it is not said too often. */
    static void exhausted(Pool pool, long failures) {
        if (RECORDING.isOn()) {
            Exhausted.commit(pool, failures);
        }
    }

    /** A lost buffer was found. */
    static void leak(Leak leak) {
        if (RECORDING.isOn()) {
            Lost.commit(leak);
        }
    }

    /** A pool has grown or shrunk. */
    static void resized(Pool pool) {
        if (RECORDING.isOn()) {
            Resized.commit(pool);
        }
    }

    @Name("hotnic.PoolResized")
    @Label("Pool Resized")
    @Category("Hotnic")
    @Description("A pool got more memory, or gave some back")
    @StackTrace(false)
    static final class Resized extends Event {
        @Label("Pool")
        String pool;
        @Label("Host")
        String host;
        @Label("Buffers")
        @Description("How many it has now")
        int capacity;

        private static void commit(Pool pool) {
            Resized event = new Resized();
            event.pool = pool.name();
            event.host = pool.host();
            event.capacity = pool.capacity();
            event.commit();
        }
    }

    @Name("hotnic.PoolExhausted")
    @Label("Pool Exhausted")
    @Category("Hotnic")
    @Description("A request got fewer buffers than it asked for; at most one event a second and pool")
    static final class Exhausted extends Event {
        @Label("Pool")
        String pool;
        @Label("Host")
        String host;
        @Label("Buffers")
        int capacity;
        @Label("Failures")
        @Description("Requests of this pool that got fewer buffers than they asked for, until now")
        long failures;

        private static void commit(Pool pool, long failures) {
            Exhausted event = new Exhausted();
            event.pool = pool.name();
            event.host = pool.host();
            event.capacity = pool.capacity();
            event.failures = failures;
            event.commit();
        }
    }

    @Name("hotnic.BufferLeak")
    @Label("Buffer Leak")
    @Category("Hotnic")
    @Description("A buffer has been held for long, or was held when its pool was closed; one event for each lost buffer")
    @StackTrace(false)
    static final class Lost extends Event {
        @Label("Pool")
        String pool;
        @Label("Host")
        String host;
        @Label("Buffer")
        int buffer;
        @Label("Held")
        @Timespan(Timespan.NANOSECONDS)
        long held;
        @Label("Thread")
        @Description("The thread that took it")
        String by;
        @Label("Taken")
        String taken;
        @Label("Last Touched")
        String touched;

        private static void commit(Leak leak) {
            Lost event = new Lost();
            event.pool = leak.pool();
            event.host = leak.host();
            event.buffer = leak.buffer();
            event.held = leak.held().toNanos();
            event.by = leak.thread();
            event.taken = Leak.lines(leak.taken());
            event.touched = Leak.lines(leak.touched());
            event.commit();
        }
    }
}
