package net.pool;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.api.NetBuf;

/**
 * A place in the program: a thread and its stack, in words from the start. A {@code Throwable} would be cheaper to make, but it keeps the classes of its frames,
 * and so the class loader of a driver that was uninstalled long ago.
 */
final class Place {
    private static final int DEPTH = 32;
    private static final Set<String> OWN = Set.of(Place.class.getName(), LeakFinder.class.getName(), PoolWatch.class.getName(), Pool.class.getName(),
            ThreadCache.class.getName(), BufferPool.class.getName(), ShellPool.class.getName(), NetBuf.class.getName());

    private final String thread = Thread.currentThread().getName();
    private final StackTraceElement[] stack = new Throwable().getStackTrace();

    String thread() {
        return thread;
    }

    /** From the caller of the pool outwards, at most {@link #DEPTH} frames. */
    List<StackTraceElement> frames() {
        return Arrays.stream(stack).dropWhile(f -> OWN.contains(f.getClassName())).limit(DEPTH).toList();
    }
}
