package net.linux.sys;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * Unix stream sockets, with what those of Java do not have: descriptors that travel with the bytes. unix(7). Waits are bounded, and a thread that waits comes
 * back when another one calls {@link #shutdown}. All calls throw {@link SystemCallException}, and go on after a signal.
 */
public interface Sockets {
    /** Most descriptors that one call sends or takes. */
    int MOST_DESCRIPTORS = 16;
    /** Bytes of the longest path, without the zero at its end. */
    int LONGEST_PATH = 107;

    /** The running system's. */
    Sockets SYSTEM = new SystemSockets();

    /**
     * What came.
     *
     * @param bytes how many; fewer than asked for when the time was over or the other side has closed
     * @param descriptors that came with them, for the caller to close
     * @param truncated there were more descriptors than can be taken; the kernel has closed those
     * @param ended the other side has closed, or {@link Sockets#shutdown} was called
     */
    record Received(int bytes, List<Descriptor> descriptors, boolean truncated, boolean ended) {
    }

    /**
     * A socket that waits for connections at a path where nothing is yet.
     *
     * @throws IllegalArgumentException if the path is too long
     */
    Descriptor listen(Path path);

    /**
     * The next connection.
     *
     * @return null if none came in time, or after {@link #shutdown}
     */
    Descriptor accept(Descriptor listening, int timeoutMillis);

    /** A connection to whoever listens at a path; as {@link #listen}. */
    Descriptor connect(Path path);

    /**
     * Waits until {@code length} bytes are there, the other side has closed, or the time is over.
     *
     * @param to native memory
     * @param from where the first byte goes
     */
    Received receive(Descriptor socket, MemorySegment to, long from, int length, int timeoutMillis);

    /**
     * Sends all of the bytes.
     *
     * @param bytes native memory, one byte at least
     * @param along go with the first byte, {@link #MOST_DESCRIPTORS} at most; they stay open here
     * @throws SystemCallException if the other side has closed; with EAGAIN, if it did not take them in time
     */
    void send(Descriptor socket, MemorySegment bytes, List<Descriptor> along, int timeoutMillis);

    /** Ends both directions; whoever waits comes back. Again is no error. */
    void shutdown(Descriptor socket);
}
