package net.testkit.qemu;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A connected Unix socket with bounded waits. It stays in non-blocking mode, because a blocking channel closes itself when its thread is interrupted, and
 * interrupting the owner of a queue must not cut QEMU off. One thread reads and one writes at a time.
 */
final class UnixConnection implements AutoCloseable {
    /** Looks before the thread sleeps: an answer of QEMU usually takes less than that. */
    private static final int LOOKS = 200;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;

    private UnixConnection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        readable = selector(channel, SelectionKey.OP_READ);
        writable = selector(channel, SelectionKey.OP_WRITE);
    }

    /** A socket that listens at the path. */
    static ServerSocketChannel listen(Path path) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            server.configureBlocking(false);
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /**
     * The one connection that a server waits for.
     *
     * @param alive whether it may still come
     * @return null if it did not come in time
     */
    static UnixConnection accept(ServerSocketChannel server, BooleanSupplier alive, long timeoutNanos) throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        try (Selector selector = selector(server, SelectionKey.OP_ACCEPT)) {
            while (true) {
                SocketChannel channel = server.accept();
                if (channel != null) {
                    return new UnixConnection(channel);
                }
                if (!alive.getAsBoolean() || System.nanoTime() - deadline > 0) {
                    return null;
                }
                selector.select(10);
                selector.selectedKeys().clear();
            }
        }
    }

    /**
     * Writes all that remains.
     *
     * @return false if nothing could be written in time; after a first byte it is done or fails
     * @throws IOException if the other side is gone, or the time passed with a part written
     */
    boolean write(ByteBuffer data, long timeoutNanos) throws IOException {
        long deadline = System.nanoTime() + timeoutNanos;
        int start = data.position();
        while (true) {
            channel.write(data);
            if (!data.hasRemaining()) {
                return true;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                if (data.position() == start) {
                    return false;
                }
                throw new IOException("the other side took only a part of a message");
            }
            sleep(writable, left);
        }
    }

    /**
     * Reads what is there, at least a byte.
     *
     * @return false if nothing came in time
     * @throws EOFException if the other side is gone
     */
    boolean read(ByteBuffer to, long timeoutNanos) throws IOException {
        long deadline = 0;
        for (int looks = 0;; looks++) {
            int n = channel.read(to);
            if (n > 0) {
                return true;
            }
            if (n < 0) {
                throw new EOFException("the other side closed the connection");
            }
            if (looks < LOOKS && timeoutNanos > 0) {
                Thread.onSpinWait();
                continue;
            }
            long now = System.nanoTime();
            if (deadline == 0) {
                deadline = now + timeoutNanos;
            }
            if (deadline - now <= 0) {
                return false;
            }
            sleep(readable, deadline - now);
        }
    }

    /** Ends both directions; who reads or writes gets an exception. */
    @Override
    public void close() {
        try {
            channel.close();
            readable.close();
            writable.close();
        } catch (IOException e) {
            throw new IllegalStateException("a local socket could not be closed", e);
        }
    }

    private static Selector selector(SelectableChannel channel, int operation) throws IOException {
        Selector selector = Selector.open();
        channel.register(selector, operation);
        return selector;
    }

    private static void sleep(Selector selector, long nanos) throws IOException {
        try {
            selector.select(Math.max(1, Math.min(nanos / 1_000_000, 100)));
            selector.selectedKeys().clear();
        } catch (java.nio.channels.ClosedSelectorException e) {
            throw new IOException("the connection was closed", e);
        }
    }
}
