package net.linux.sys;

import java.util.Map;

/** A system call failed. The text has the call and the error: {@code open(/dev/vfio/vfio): no such file or directory (ENOENT)}. */
public final class SystemCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** errno values of asm-generic/errno-base.h and errno.h. */
    public static final int EPERM = 1;
    /** No such file or directory. */
    public static final int ENOENT = 2;
    /** Interrupted by a signal. */
    public static final int EINTR = 4;
    /** Input or output error. */
    public static final int EIO = 5;
    /** Nothing there yet. */
    public static final int EAGAIN = 11;
    /** No memory. */
    public static final int ENOMEM = 12;
    /** Permission denied. */
    public static final int EACCES = 13;
    /** Exists already. */
    public static final int EEXIST = 17;
    /** Somebody has it. */
    public static final int EBUSY = 16;
    /** No such device. */
    public static final int ENODEV = 19;
    /** Invalid argument. */
    public static final int EINVAL = 22;
    /** Too many open files. */
    public static final int EMFILE = 24;
    /** No such request for this kind of file. */
    public static final int ENOTTY = 25;
    /** No space left. */
    public static final int ENOSPC = 28;
    /** The other side has closed. */
    public static final int EPIPE = 32;
    /** The kernel has no such call. */
    public static final int ENOSYS = 38;
    /** Something is there already. */
    public static final int EADDRINUSE = 98;
    /** Connected to nobody. */
    public static final int ENOTCONN = 107;
    /** Nobody listens. */
    public static final int ECONNREFUSED = 111;

    private static final Map<Integer, String> TEXTS = Map.ofEntries(Map.entry(EPERM, "operation not permitted (EPERM)"),
            Map.entry(ENOENT, "no such file or directory (ENOENT)"), Map.entry(EINTR, "interrupted (EINTR)"), Map.entry(EIO, "input or output error (EIO)"),
            Map.entry(EAGAIN, "try again (EAGAIN)"), Map.entry(ENOMEM, "cannot allocate memory (ENOMEM)"), Map.entry(EACCES, "permission denied (EACCES)"),
            Map.entry(EEXIST, "exists already (EEXIST)"), Map.entry(EBUSY, "device or resource busy (EBUSY)"), Map.entry(ENODEV, "no such device (ENODEV)"),
            Map.entry(EINVAL, "invalid argument (EINVAL)"), Map.entry(EMFILE, "too many open files (EMFILE)"),
            Map.entry(ENOTTY, "not known to this file (ENOTTY)"), Map.entry(ENOSPC, "no space left (ENOSPC)"), Map.entry(ENOSYS, "not in this kernel (ENOSYS)"),
            Map.entry(EPIPE, "the other side has closed (EPIPE)"), Map.entry(EADDRINUSE, "address in use (EADDRINUSE)"),
            Map.entry(ENOTCONN, "not connected (ENOTCONN)"), Map.entry(ECONNREFUSED, "nobody listens (ECONNREFUSED)"));

    private final int errno;

    /**
     * @param call with its most telling argument
     * @param errno what it failed with
     */
    public SystemCallException(String call, int errno) {
        super(call + ": " + TEXTS.getOrDefault(errno, "errno " + errno));
        this.errno = errno;
    }

    /** The number of the error. */
    public int errno() {
        return errno;
    }
}
