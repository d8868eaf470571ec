package net.linux.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** See {@link Descriptors}. */
final class SystemDescriptors implements Descriptors {
    /** O_RDWR and O_CLOEXEC of asm-generic/fcntl.h; EFD_NONBLOCK and EFD_CLOEXEC have the numbers of O_NONBLOCK and O_CLOEXEC. */
    private static final int READ_WRITE = 2;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NOT_BLOCKING = 0x800;
    /** F_GETFL and F_SETFL. */
    private static final int GET_FLAGS = 3;
    private static final int SET_FLAGS = 4;

    private static final StructLayout POLLFD = MemoryLayout.structLayout(JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));
    private static final VarHandle FD = POLLFD.arrayElementVarHandle(PathElement.groupElement("fd"));
    private static final VarHandle EVENTS = POLLFD.arrayElementVarHandle(PathElement.groupElement("events"));
    private static final VarHandle REVENTS = POLLFD.arrayElementVarHandle(PathElement.groupElement("revents"));
    private static final short POLLIN = 1;

    /** Linked with the first call: that takes longer than all else that a start without devices of this machine does here. */
    private static final class Linked {
        static final MethodHandle OPEN = Libc.variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
        static final MethodHandle CLOSE = Libc.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        static final MethodHandle IOCTL = Libc.variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);
        static final MethodHandle PREAD = Libc.function("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
        static final MethodHandle PWRITE = Libc.function("pwrite", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
        static final MethodHandle READ = Libc.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        static final MethodHandle WRITE = Libc.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        static final MethodHandle EVENTFD = Libc.function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        static final MethodHandle FCNTL = Libc.variadic("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 2);
        static final MethodHandle POLL = Libc.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    /** A call that may be repeated after a signal. */
    private interface Call {
        long run() throws Throwable;
    }

    private static long checked(String what, Call call) {
        for (;;) {
            long result;
            try {
                result = call.run();
            } catch (Throwable t) {
                throw Libc.unexpected(t);
            }
            if (result >= 0) {
                return result;
            }
            if (Libc.errno() != SystemCallException.EINTR) {
                throw Libc.failure(what);
            }
        }
    }

    @Override
    public int open(String path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return (int) checked("open(" + path + ")", () -> (int) Linked.OPEN.invokeExact(Libc.state(), name, READ_WRITE | CLOSE_ON_EXEC));
        }
    }

    /** Not repeated: after a signal the descriptor is closed all the same. */
    @Override
    public void close(int fd) {
        try {
            int ignored = (int) Linked.CLOSE.invokeExact(Libc.state(), fd);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    @Override
    public int ioctl(int fd, int request, String what, MemorySegment argument) {
        return (int) checked(what, () -> (int) Linked.IOCTL.invokeExact(Libc.state(), fd, Integer.toUnsignedLong(request), argument));
    }

    @Override
    public long read(int fd, MemorySegment into, long offset) {
        return checked("pread", () -> (long) Linked.PREAD.invokeExact(Libc.state(), fd, into, into.byteSize(), offset));
    }

    @Override
    public long write(int fd, MemorySegment from, long offset) {
        return checked("pwrite", () -> (long) Linked.PWRITE.invokeExact(Libc.state(), fd, from, from.byteSize(), offset));
    }

    @Override
    public int eventfd() {
        return (int) checked("eventfd", () -> (int) Linked.EVENTFD.invokeExact(Libc.state(), 0, NOT_BLOCKING | CLOSE_ON_EXEC));
    }

    @Override
    public void stopWaiting(int fd) {
        long flags = checked("fcntl", () -> (int) Linked.FCNTL.invokeExact(Libc.state(), fd, GET_FLAGS, 0));
        checked("fcntl", () -> (int) Linked.FCNTL.invokeExact(Libc.state(), fd, SET_FLAGS, (int) flags | NOT_BLOCKING));
    }

    @Override
    public void signal(int eventfd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
            checked("write to an eventfd", () -> (long) Linked.WRITE.invokeExact(Libc.state(), eventfd, one, one.byteSize()));
        } catch (SystemCallException e) {
            if (e.errno() != SystemCallException.EAGAIN) {
                throw e;
            }
        }
    }

    @Override
    public long drain(int eventfd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_LONG);
            checked("read of an eventfd", () -> (long) Linked.READ.invokeExact(Libc.state(), eventfd, count, count.byteSize()));
            return count.get(JAVA_LONG, 0);
        } catch (SystemCallException e) {
            if (e.errno() == SystemCallException.EAGAIN) {
                return 0;
            }
            throw e;
        }
    }

    @Override
    public long poll(int[] fds, int millis) {
        if (fds.length > Long.SIZE) {
            throw new IllegalArgumentException(fds.length + " descriptors in one poll, " + Long.SIZE + " at most");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(POLLFD, fds.length);
            for (int i = 0; i < fds.length; i++) {
                FD.set(entries, 0L, (long) i, fds[i]);
                EVENTS.set(entries, 0L, (long) i, POLLIN);
            }
            int result = (int) Linked.POLL.invokeExact(Libc.state(), entries, (long) fds.length, millis);
            if (result < 0) {
                if (Libc.errno() == SystemCallException.EINTR) {
                    return 0;
                }
                throw Libc.failure("poll");
            }
            long ready = 0;
            for (int i = 0; i < fds.length; i++) {
                ready |= (short) REVENTS.get(entries, 0L, (long) i) != 0 ? 1L << i : 0;
            }
            return ready;
        } catch (SystemCallException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
