package net.api;

/**
 * The fill and the history of a pool.
 *
 * @param capacity all buffers
 * @param free buffers in the pool itself
 * @param cached free buffers in the caches of threads
 * @param allocations buffers that were given out as owned, or taken by drivers
 * @param releases buffers that came back
 * @param failures requests that got fewer buffers than they asked for
 * @param misuse releases and handles that were refused: double, foreign, stale
 */
public record PoolStatistics(int capacity, int free, int cached, long allocations, long releases, long failures, long misuse) {
    /** Buffers that applications own or devices hold: capacity - free - cached. */
    public int inUse() {
        return capacity - free - cached;
    }
}
