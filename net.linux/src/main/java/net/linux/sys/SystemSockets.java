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
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** See {@link Sockets}. */
final class SystemSockets implements Sockets {
    private static final short AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x8_0000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
    private static final int SHUT_RDWR = 2;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int BACKLOG = 1;

    private static final StructLayout ADDRESS_UN = MemoryLayout.structLayout(JAVA_SHORT.withName("sun_family"),
            MemoryLayout.sequenceLayout(LONGEST_PATH + 1, ValueLayout.JAVA_BYTE).withName("sun_path"));
    private static final StructLayout POLL_FD = MemoryLayout.structLayout(JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));
    private static final StructLayout IO_VECTOR = MemoryLayout.structLayout(ADDRESS.withName("iov_base"), JAVA_LONG.withName("iov_len"));
    private static final StructLayout MESSAGE = MemoryLayout.structLayout(ADDRESS.withName("msg_name"), JAVA_INT.withName("msg_namelen"),
            MemoryLayout.paddingLayout(4), ADDRESS.withName("msg_iov"), JAVA_LONG.withName("msg_iovlen"), ADDRESS.withName("msg_control"),
            JAVA_LONG.withName("msg_controllen"), JAVA_INT.withName("msg_flags"), MemoryLayout.paddingLayout(4));
    private static final VarHandle IOV = MESSAGE.varHandle(PathElement.groupElement("msg_iov"));
    private static final VarHandle IOV_LENGTH = MESSAGE.varHandle(PathElement.groupElement("msg_iovlen"));
    private static final VarHandle CONTROL = MESSAGE.varHandle(PathElement.groupElement("msg_control"));
    private static final VarHandle CONTROL_LENGTH = MESSAGE.varHandle(PathElement.groupElement("msg_controllen"));
    private static final VarHandle FLAGS = MESSAGE.varHandle(PathElement.groupElement("msg_flags"));
    private static final VarHandle BASE = IO_VECTOR.varHandle(PathElement.groupElement("iov_base"));
    private static final VarHandle LENGTH = IO_VECTOR.varHandle(PathElement.groupElement("iov_len"));
    /** struct cmsghdr: length with itself, level, type; then the data. */
    private static final long CONTROL_HEADER = 16;
    private static final long CONTROL_SIZE = CONTROL_HEADER + 4L * MOST_DESCRIPTORS;

    private static final MethodHandle SOCKET = Libc.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND = Libc.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT = Libc.function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN = Libc.function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT4 = Libc.function("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG = Libc.function("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDMSG = Libc.function("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle POLL = Libc.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SHUTDOWN = Libc.function("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    @Override
    public Descriptor listen(Path path) {
        return named(path, BIND, "bind", true);
    }

    @Override
    public Descriptor connect(Path path) {
        return named(path, CONNECT, "connect", false);
    }

    private static Descriptor named(Path path, MethodHandle call, String name, boolean listening) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LONGEST_PATH) {
            throw new IllegalArgumentException("the path of a socket has 1 to %d bytes, and %s has %d".formatted(LONGEST_PATH, path, bytes.length));
        }
        Descriptor socket = null;
        try (Arena arena = Arena.ofConfined()) {
            socket = new Descriptor(checked("socket", (int) SOCKET.invokeExact(Libc.state(), (int) AF_UNIX, SOCK_STREAM_CLOEXEC, 0)));
            MemorySegment address = arena.allocate(ADDRESS_UN);
            address.set(JAVA_SHORT, 0, AF_UNIX);
            MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, 2, bytes.length);
            checked(name + " " + path, (int) call.invokeExact(Libc.state(), socket.fd(), address, (int) address.byteSize()));
            if (listening) {
                checked("listen", (int) LISTEN.invokeExact(Libc.state(), socket.fd(), BACKLOG));
            }
            return socket;
        } catch (Throwable e) {
            if (socket != null) {
                socket.close();
            }
            throw Libc.unexpected(e);
        }
    }

    @Override
    public Descriptor accept(Descriptor listening, int timeoutMillis) {
        if (!await(listening, POLLIN, timeoutMillis)) {
            return null;
        }
        try {
            int n = (int) ACCEPT4.invokeExact(Libc.state(), listening.fd(), MemorySegment.NULL, MemorySegment.NULL, SOCK_STREAM_CLOEXEC & ~1);
            if (n < 0 && Libc.errno() == SystemCallException.EINVAL) {
                return null;
            }
            return new Descriptor(checked("accept4", n));
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private static int checked(String call, int result) {
        if (result < 0) {
            throw Libc.failure(call);
        }
        return result;
    }

    /** Waits until there is something to do, or an end of the connection to see; false when the time is over. */
    private static boolean await(Descriptor socket, short events, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fd = arena.allocate(POLL_FD);
            fd.set(JAVA_INT, 0, socket.fd());
            fd.set(JAVA_SHORT, 4, events);
            int n = (int) POLL.invokeExact(Libc.state(), fd, 1L, Math.max(0, timeoutMillis));
            if (n < 0 && Libc.errno() == SystemCallException.EINTR) {
                return false;
            }
            return checked("poll", n) > 0;
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    @Override
    public Received receive(Descriptor socket, MemorySegment to, long from, int length, int timeoutMillis) {
        long start = System.nanoTime();
        List<Descriptor> descriptors = new ArrayList<>(0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = message(arena, to.asSlice(from, length));
            boolean truncated = false;
            int done = 0;
            while (done < length) {
                CONTROL_LENGTH.set(message, 0L, CONTROL_SIZE);
                long n = (long) RECVMSG.invokeExact(Libc.state(), socket.fd(), message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
                if (n > 0) {
                    done += (int) n;
                    truncated |= ((int) FLAGS.get(message, 0L) & MSG_CTRUNC) != 0;
                    take(message, descriptors);
                    advance(message, n);
                } else if (n == 0) {
                    return new Received(done, descriptors, truncated, true);
                } else if (Libc.errno() != SystemCallException.EAGAIN && Libc.errno() != SystemCallException.EINTR) {
                    throw Libc.failure("recvmsg");
                } else if (!await(socket, POLLIN, left(start, timeoutMillis)) && left(start, timeoutMillis) <= 0) {
                    break;
                }
            }
            return new Received(done, descriptors, truncated, false);
        } catch (Throwable e) {
            descriptors.forEach(Descriptor::close);
            throw Libc.unexpected(e);
        }
    }

    private static int left(long start, int timeoutMillis) {
        return (int) Math.max(0, timeoutMillis - (System.nanoTime() - start) / 1_000_000);
    }

    /** A struct msghdr for these bytes, with room for control data. */
    private static MemorySegment message(Arena arena, MemorySegment bytes) {
        MemorySegment message = arena.allocate(MESSAGE);
        MemorySegment vector = arena.allocate(IO_VECTOR);
        BASE.set(vector, 0L, bytes);
        LENGTH.set(vector, 0L, bytes.byteSize());
        IOV.set(message, 0L, vector);
        IOV_LENGTH.set(message, 0L, 1L);
        CONTROL.set(message, 0L, arena.allocate(CONTROL_SIZE, 8));
        return message;
    }

    /** So many bytes are done. */
    private static void advance(MemorySegment message, long bytes) {
        MemorySegment vector = ((MemorySegment) IOV.get(message, 0L)).reinterpret(IO_VECTOR.byteSize());
        BASE.set(vector, 0L, MemorySegment.ofAddress(((MemorySegment) BASE.get(vector, 0L)).address() + bytes));
        LENGTH.set(vector, 0L, (long) LENGTH.get(vector, 0L) - bytes);
    }

    /** Takes the descriptors out of the control data that the kernel has written. cmsg(3). */
    private static void take(MemorySegment message, List<Descriptor> descriptors) {
        long end = (long) CONTROL_LENGTH.get(message, 0L);
        MemorySegment control = ((MemorySegment) CONTROL.get(message, 0L)).reinterpret(CONTROL_SIZE);
        long at = 0;
        while (at + CONTROL_HEADER <= end) {
            long length = control.get(JAVA_LONG, at);
            if (length < CONTROL_HEADER || length > end - at) {
                return;
            }
            if (control.get(JAVA_INT, at + 8) == SOL_SOCKET && control.get(JAVA_INT, at + 12) == SCM_RIGHTS) {
                for (long i = CONTROL_HEADER; i + 4 <= length; i += 4) {
                    descriptors.add(new Descriptor(control.get(JAVA_INT, at + i)));
                }
            }
            at += length + 7 & ~7L;
        }
    }

    @Override
    public void send(Descriptor socket, MemorySegment bytes, List<Descriptor> along, int timeoutMillis) {
        if (along.size() > MOST_DESCRIPTORS) {
            throw new IllegalArgumentException("%d descriptors with one message: %d at most".formatted(along.size(), MOST_DESCRIPTORS));
        }
        long start = System.nanoTime();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = message(arena, bytes);
            if (!along.isEmpty()) {
                MemorySegment control = ((MemorySegment) CONTROL.get(message, 0L)).reinterpret(CONTROL_SIZE);
                long length = CONTROL_HEADER + 4L * along.size();
                control.set(JAVA_LONG, 0, length);
                control.set(JAVA_INT, 8, SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                for (int i = 0; i < along.size(); i++) {
                    control.set(JAVA_INT, CONTROL_HEADER + 4L * i, along.get(i).fd());
                }
                CONTROL_LENGTH.set(message, 0L, length + 7 & ~7L);
            }
            long done = 0;
            while (done < bytes.byteSize()) {
                long n = (long) SENDMSG.invokeExact(Libc.state(), socket.fd(), message, MSG_DONTWAIT | MSG_NOSIGNAL);
                if (n > 0) {
                    done += n;
                    advance(message, n);
                    CONTROL_LENGTH.set(message, 0L, 0L);
                } else if (Libc.errno() != SystemCallException.EAGAIN && Libc.errno() != SystemCallException.EINTR) {
                    throw Libc.failure("sendmsg");
                } else if (!await(socket, POLLOUT, left(start, timeoutMillis)) && left(start, timeoutMillis) <= 0) {
                    throw new SystemCallException("sendmsg, %d of %d bytes taken within %d ms".formatted(done, bytes.byteSize(), timeoutMillis),
                            SystemCallException.EAGAIN);
                }
            }
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    @Override
    public void shutdown(Descriptor socket) {
        try {
            int n = (int) SHUTDOWN.invokeExact(Libc.state(), socket.fd(), SHUT_RDWR);
            if (n < 0 && Libc.errno() != SystemCallException.ENOTCONN) {
                throw Libc.failure("shutdown");
            }
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
