package net.bench.forward.inside;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/** Times a window on the thread that works in it. */
public final class Clock {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RunDelay delay = new RunDelay();
    private long collections;
    private long bytes;
    private long start;
    private long last;
    private long end;

    /** The window begins. */
    public void start(long nanos) {
        collections = collections();
        delay.start(Load.GAP_NANOS);
        bytes = THREADS.getCurrentThreadAllocatedBytes();
        start = delay.look();
        end = start + nanos;
    }

    /** Looks; true while the window lasts. */
    public boolean runs() {
        last = delay.look();
        return last - end < 0;
    }

    /** The window has ended. */
    public Ran ran(long packets) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        return new Ran(packets, last - start, delay.lost(), allocated, collections() - collections);
    }

    private static long collections() {
        long sum = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            sum += collector.getCollectionCount();
        }
        return sum;
    }
}
