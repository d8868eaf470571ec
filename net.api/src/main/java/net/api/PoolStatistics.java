package net.api;

/**
 * The fill and the history of a pool.
 *
 * @param capacity all buffers that there are now
 * @param free buffers in the pool itself
 * @param cached free buffers in the caches of threads
 * @param allocations buffers that were given out as owned, or taken by drivers
 * @param releases buffers that came back
 * @param failures requests that got fewer buffers than they asked for
 * @param misuse releases and handles that were refused: double, foreign, stale
 * @param grown how often the pool got more memory, and so a larger capacity
 * @param shrunk how often it gave memory back
 */
public record PoolStatistics(int capacity, int free, int cached, long allocations, long releases, long failures, long misuse, long grown, long shrunk) {
    /** Of a pool that has as many buffers as at first. */
    public PoolStatistics(int capacity, int free, int cached, long allocations, long releases, long failures, long misuse) {
        this(capacity, free, cached, allocations, releases, failures, misuse, 0, 0);
    }

    /** Buffers that applications own or devices hold: capacity - free - cached. */
    public int inUse() {
        return capacity - free - cached;
    }
}
