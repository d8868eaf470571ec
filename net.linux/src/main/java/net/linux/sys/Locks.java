package net.linux.sys;

/** Locks of files. All calls throw {@link SystemCallException}. Any thread. */
public interface Locks {
    /** The running system's. */
    Locks SYSTEM = new SystemLocks();

    /**
     * flock(2), exclusive, without waiting. The lock is that of this opening of the file, and ends with it: with the process in the end, and not, as one of
     * fcntl(2) or {@link java.nio.channels.FileLock} does, when this process closes the file after it has opened and read it elsewhere.
     *
     * @return false if another opening has it, of this process or another
     */
    boolean tryLock(int fd);
}
