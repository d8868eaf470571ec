package net.testkit.vfio;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.linux.sys.Sockets;

/** A vfio-user client that says what a test wants it to say. Numbers are those of the specification, as literals. */
final class RawClient implements AutoCloseable {
    private static final int SOON = 20_000;

    private final Arena arena = Arena.ofShared();
    private final Descriptor socket;
    private final MemorySegment in = arena.allocate(1 << 17, 8);
    private int id;

    /** What came back. */
    record Reply(int id, int command, int flags, int errno, byte[] payload) {
        ByteBuffer data() {
            return ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
        }
    }

    RawClient(Path path) {
        socket = Sockets.SYSTEM.connect(path);
    }

    /** Connected, and past the version. */
    static RawClient introduced(Path path) {
        RawClient c = new RawClient(path);
        if (c.call(1, version(0, 0, "{\"capabilities\":{\"max_msg_fds\":16,\"write_multiple\":true}}")).flags() != 1) {
            throw new AssertionError("the version was refused");
        }
        return c;
    }

    static byte[] version(int major, int minor, String text) {
        return bytes(4 + text.length() + 1).putShort((short) major).putShort((short) minor).put(text.getBytes(StandardCharsets.US_ASCII)).array();
    }

    static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    }

    /** A payload of 32-bit numbers. */
    static byte[] ints(int... values) {
        ByteBuffer b = bytes(4 * values.length);
        for (int v : values) {
            b.putInt(v);
        }
        return b.array();
    }

    /** Offset, region and count, and what is to be written. */
    static byte[] access(long offset, int region, int count, byte... data) {
        return bytes(16 + data.length).putLong(offset).putInt(region).putInt(count).put(data).array();
    }

    static byte[] map(int flags, long offset, long address, long size) {
        return bytes(32).putInt(32).putInt(flags).putLong(offset).putLong(address).putLong(size).array();
    }

    static byte[] unmap(int flags, long address, long size) {
        return bytes(24).putInt(24).putInt(flags).putLong(address).putLong(size).array();
    }

    static byte[] irqs(int flags, int index, int start, int count, byte... bools) {
        return bytes(20 + bools.length).putInt(20 + bools.length).putInt(flags).putInt(index).putInt(start).putInt(count).put(bools).array();
    }

    Reply call(int command, byte[] payload, Descriptor... along) {
        send(command, 16 + payload.length, 0, payload, along);
        Reply r = receive();
        if (r.id() != id || r.command() != command) {
            throw new AssertionError("the answer to message %d, command %d, was %s".formatted(id, command, r));
        }
        return r;
    }

    /** A message whose header says what it likes. */
    void send(int command, int size, int flags, byte[] payload, Descriptor... along) {
        ByteBuffer b = bytes(16 + payload.length).putShort((short) ++id).putShort((short) command).putInt(size).putInt(flags).putInt(0).put(payload);
        raw(b.array(), along);
    }

    void raw(byte[] bytes, Descriptor... along) {
        try (Arena own = Arena.ofConfined()) {
            Sockets.SYSTEM.send(socket, own.allocateFrom(ValueLayout.JAVA_BYTE, bytes), List.of(along), SOON);
        }
    }

    Reply receive() {
        if (Sockets.SYSTEM.receive(socket, in, 0, 16, SOON).bytes() != 16) {
            throw new AssertionError("no answer");
        }
        int payload = in.get(ValueLayout.JAVA_INT, 4) - 16;
        if (payload > 0 && Sockets.SYSTEM.receive(socket, in, 16, payload, SOON).bytes() != payload) {
            throw new AssertionError("a part of an answer");
        }
        return new Reply(in.get(ValueLayout.JAVA_SHORT, 0) & 0xffff, in.get(ValueLayout.JAVA_SHORT, 2) & 0xffff, in.get(ValueLayout.JAVA_INT, 8),
                in.get(ValueLayout.JAVA_INT, 12), in.asSlice(16, payload).toArray(ValueLayout.JAVA_BYTE));
    }

    /** The server has closed the connection. */
    boolean isDisconnected() {
        return Sockets.SYSTEM.receive(socket, in, 0, 1, SOON).ended();
    }

    int read(int region, long offset, int width) {
        ByteBuffer b = call(9, access(offset, region, width)).data();
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | b.get(16 + i) & 0xff;
        }
        return value;
    }

    void write(int region, long offset, int width, long value) {
        byte[] data = new byte[width];
        for (int i = 0; i < width; i++) {
            data[i] = (byte) (value >>> 8 * i);
        }
        Reply r = call(10, access(offset, region, width, data));
        if (r.flags() != 1) {
            throw new AssertionError("a write was refused: " + r);
        }
    }

    /** A file that can be sent as memory. */
    static Descriptor file(Path path, long size) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(path.toFile(), "rw")) {
            f.setLength(size);
        }
        return new Descriptor(Descriptors.SYSTEM.open(path.toString()));
    }

    static Descriptor event() {
        return new Descriptor(Descriptors.SYSTEM.eventfd());
    }

    /** Descriptors and mappings of this process whose file has that name. */
    static long uses(Path file) throws IOException {
        String name = file.getFileName().toString();
        long mapped = Files.readString(Path.of("/proc/self/maps")).lines().filter(l -> l.contains(name)).count();
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            return mapped + fds.filter(p -> {
                try {
                    return Files.readSymbolicLink(p).toString().contains(name);
                } catch (IOException e) {
                    return false;
                }
            }).count();
        }
    }

    @Override
    public void close() {
        socket.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
