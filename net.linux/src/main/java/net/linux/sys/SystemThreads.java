package net.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** See {@link Threads}. */
final class SystemThreads implements Threads {
    private static final MethodHandle SETAFFINITY = Libc.function("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    /** CPU_SETSIZE of sched.h, in bytes. */
    private static final int SET = 1024 / Byte.SIZE;
    private static final int CALLING_THREAD = 0;

    @Override
    public void pin(int processor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(SET, Long.BYTES);
            // The set is made of longs; in memory of a little-endian machine that is the same as of bytes.
            set.set(JAVA_BYTE, processor / Byte.SIZE, (byte) (1 << processor % Byte.SIZE));
            if ((int) SETAFFINITY.invokeExact(Libc.state(), CALLING_THREAD, set.byteSize(), set) != 0) {
                throw Libc.failure("sched_setaffinity to processor " + processor);
            }
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
