package net.bench.forward.inside;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Which core a thread runs on. */
public final class Core {
    /** The driver's. */
    public static final int DRIVER = 0;
    /** The cards'. */
    public static final int CARDS = 1;

    private Core() {
    }

    /** Keeps the calling thread on a core. sched_setaffinity(2): 0 is the calling thread. */
    public static void pin(int core) {
        Linker linker = Linker.nativeLinker();
        MethodHandle set = linker.downcallHandle(linker.defaultLookup().findOrThrow("sched_setaffinity"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L << core);
            int result = (int) set.invokeExact(0, mask.byteSize(), mask);
            if (result != 0) {
                throw new IllegalStateException("core " + core + " cannot be had for a thread: two cores are needed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
