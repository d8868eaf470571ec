package net.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** See {@link Locks}. */
final class SystemLocks implements Locks {
    private static final MethodHandle FLOCK = Libc.function("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    /** LOCK_EX | LOCK_NB of asm-generic/fcntl.h. EWOULDBLOCK has the number of EAGAIN. */
    private static final int EXCLUSIVE_AT_ONCE = 6;

    @Override
    public boolean tryLock(int fd) {
        int result;
        try {
            result = (int) FLOCK.invokeExact(Libc.state(), fd, EXCLUSIVE_AT_ONCE);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
        if (result == 0) {
            return true;
        }
        if (Libc.errno() == SystemCallException.EAGAIN) {
            return false;
        }
        throw Libc.failure("flock");
    }
}
