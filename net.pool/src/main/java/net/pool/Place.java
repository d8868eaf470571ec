package net.pool;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import net.api.NetBuf;

/** A place in the program: a thread and its stack. Cheap to make; the stack is put into words only when somebody asks. */
final class Place extends Throwable {
    private static final long serialVersionUID = 1;
    private static final int DEPTH = 32;
    private static final Set<String> OWN = Set.of(LeakFinder.class.getName(), PoolWatch.class.getName(), BufferPool.class.getName(),
            ThreadCache.class.getName(), NetBuf.class.getName());

    private final String thread = Thread.currentThread().getName();

    String thread() {
        return thread;
    }

    /** From the caller of the pool outwards, at most {@link #DEPTH} frames. */
    List<StackTraceElement> frames() {
        return Arrays.stream(getStackTrace()).dropWhile(f -> OWN.contains(f.getClassName())).limit(DEPTH).toList();
    }
}
