package net.shell;

/**
 * A buffer pool as {@code net:pools} shows it.
 *
 * @param name of the pool
 * @param host whose devices reach it
 * @param capacity all buffers
 * @param size bytes of a buffer behind its headroom
 * @param free buffers in the pool
 * @param cached free buffers in caches of threads
 * @param inUse buffers with devices and applications
 * @param failures requests that found it empty
 * @param misuse double, foreign and stale releases that were refused
 * @param set that it is a size class of; empty if of none
 * @param grown how often it got more memory; {@code +3}, and {@code +3 -2} if it gave some back two times; empty if neither
 * @param clones shells of the pool that are out: clones, and packets in memory of applications
 * @param node the NUMA node of its memory, empty where that is not known
 */
public record PoolRow(String name, String host, int capacity, int size, int free, int cached, int inUse, long failures, long misuse, String set, String grown,
        int clones, String node) {
}
