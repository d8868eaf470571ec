package net.linux.sys;

/** Limits of this process: prlimit(2). All calls throw {@link SystemCallException}. */
public interface Limits {
    /** The running system's. */
    Limits SYSTEM = new SystemLimits();

    /**
     * Sets the soft limit of locked memory, as far as the hard one allows, which stays.
     *
     * @param bytes {@link Long#MAX_VALUE} for as much as there may be
     */
    void lockedMemory(long bytes);
}
