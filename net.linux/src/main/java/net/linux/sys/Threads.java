package net.linux.sys;

/** Calls about threads. All of them throw {@link SystemCallException}. */
public interface Threads {
    /** The running system's. */
    Threads SYSTEM = new SystemThreads();

    /**
     * sched_setaffinity(2): the calling thread, which must be no virtual one, runs on this processor only.
     *
     * @param processor its number, 0 to 1023
     */
    void pin(int processor);
}
