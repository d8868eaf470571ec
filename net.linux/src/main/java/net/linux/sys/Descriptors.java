package net.linux.sys;

import java.lang.foreign.MemorySegment;

/** Calls on file descriptors. All of them throw {@link SystemCallException}, and go on after a signal. Any thread. */
public interface Descriptors {
    /** The running system's. */
    Descriptors SYSTEM = new SystemDescriptors();

    /** open(2), read and write. @return the descriptor */
    int open(String path);

    /** close(2). */
    void close(int fd);

    /**
     * ioctl(2).
     *
     * @param what the request's name, for the message of a failure
     * @param argument what it points to, or {@link MemorySegment#NULL}
     * @return what the request returns, 0 or more
     */
    int ioctl(int fd, int request, String what, MemorySegment argument);

    /** pread(2). @return bytes read */
    long read(int fd, MemorySegment into, long offset);

    /** pwrite(2). @return bytes written */
    long write(int fd, MemorySegment from, long offset);

    /** eventfd(2), not blocking, closed on exec. @return the descriptor */
    int eventfd();

    /** From now on no call on it waits, for whoever shares the file: fcntl(2), O_NONBLOCK. */
    void stopWaiting(int fd);

    /** Adds one to an eventfd; a counter that is full stays as it is. */
    void signal(int eventfd);

    /** Takes what an eventfd has counted. @return 0 if there is nothing */
    long drain(int eventfd);

    /**
     * poll(2) for input.
     *
     * @param fds descriptors
     * @param millis longest wait; 0 only looks
     * @return one bit for each descriptor that has something to say, by its place; 0 after the time or after a signal
     */
    long poll(int[] fds, int millis);
}
