package net.linux.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Finds functions of the C library. Every handle takes a segment for errno first: {@link #state}. */
public final class Libc {
    /** The virtual machine was told to allow the calls. Asked before the first of them: it warns of that one, and counts it as leave for all others. */
    private static final boolean ALLOWED = Libc.class.getModule().isNativeAccessEnabled();
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    /** One a thread: a new one for each call would cost more than the call. */
    private static final ThreadLocal<MemorySegment> STATES = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Libc() {
    }

    /** {@code --enable-native-access}, or what a jar's manifest says in its place, was given. */
    public static boolean isAllowed() {
        return ALLOWED;
    }

    /** A function with a fixed number of arguments. */
    static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    /** A function whose arguments from this one on, counted from 0, are what C writes as dots. */
    static MethodHandle variadic(String name, FunctionDescriptor type, int firstOfDots) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstOfDots));
    }

    /** Where the next call of this thread leaves errno. */
    static MemorySegment state() {
        return STATES.get();
    }

    /** What the last call of this thread left. */
    static int errno() {
        return (int) ERRNO.get(STATES.get(), 0L);
    }

    /** The failure of the last call of this thread. */
    static SystemCallException failure(String call) {
        return new SystemCallException(call, errno());
    }

    /** A handle's own exceptions: none is declared by C, so what comes is the machine's. */
    static RuntimeException unexpected(Throwable t) {
        if (t instanceof Error e) {
            throw e;
        }
        return t instanceof RuntimeException r ? r : new IllegalStateException(t);
    }
}
