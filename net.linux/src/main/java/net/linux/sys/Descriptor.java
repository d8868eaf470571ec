package net.linux.sys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that somebody owns, closed once: a number that was closed may be another file by now, so it is neither used nor closed again. Whoever
 * shares it between threads sees to it that nobody closes it under a call of another thread.
 */
public final class Descriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger fd;

    /** @param fd an open one; from now on nobody else closes it */
    public Descriptor(int fd) {
        this.fd = new AtomicInteger(fd);
    }

    /**
     * Its number, for a call.
     *
     * @throws IllegalStateException once it is closed
     */
    public int fd() {
        int n = fd.get();
        if (n == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return n;
    }

    /** It was not closed yet. */
    public boolean isOpen() {
        return fd.get() != CLOSED;
    }

    /** What the kernel calls the file, such as {@code anon_inode:[eventfd]} or {@code /memfd:ram (deleted)}. */
    public String target() throws IOException {
        return Files.readSymbolicLink(entry()).toString();
    }

    /** Bytes of the file; 0 for what has no length. */
    public long size() throws IOException {
        return Files.size(entry());
    }

    private Path entry() {
        return Path.of("/proc/self/fd/" + fd());
    }

    /** Closes it. Again is no error. */
    @Override
    public void close() {
        int n = fd.getAndSet(CLOSED);
        if (n != CLOSED) {
            Descriptors.SYSTEM.close(n);
        }
    }

    @Override
    public String toString() {
        int n = fd.get();
        return n == CLOSED ? "closed descriptor" : "descriptor " + n;
    }
}
