package net.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** See {@link Limits}. */
final class SystemLimits implements Limits {
    private static final MethodHandle PRLIMIT = Libc.function("prlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final int THIS_PROCESS = 0;
    /** RLIMIT_MEMLOCK of asm-generic/resource.h. */
    private static final int MEMLOCK = 8;
    /** RLIM_INFINITY, the largest unsigned number. */
    private static final long UNLIMITED = -1;

    @Override
    public void lockedMemory(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            // struct rlimit: soft, then hard.
            MemorySegment limits = arena.allocate(JAVA_LONG, 2);
            call(MemorySegment.NULL, limits);
            long hard = limits.getAtIndex(JAVA_LONG, 1);
            long wanted = bytes == Long.MAX_VALUE ? UNLIMITED : bytes;
            limits.setAtIndex(JAVA_LONG, 0, Long.compareUnsigned(wanted, hard) < 0 ? wanted : hard);
            call(limits, MemorySegment.NULL);
        }
    }

    private static void call(MemorySegment set, MemorySegment get) {
        int result;
        try {
            result = (int) PRLIMIT.invokeExact(Libc.state(), THIS_PROCESS, MEMLOCK, set, get);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (result != 0) {
            throw Libc.failure("prlimit(RLIMIT_MEMLOCK)");
        }
    }
}
