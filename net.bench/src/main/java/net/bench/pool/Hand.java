package net.bench.pool;

/**
 * One thread's way to a pool. A virtual machine of the benchmark loads one implementation, so that calls through this class are direct ones and can be inlined.
 *
 * @param <T> the pool's buffers
 */
abstract class Hand<T> {
    /** An array for buffers. */
    abstract T[] array(int n);

    /** A buffer that may be written; null if the pool says that there is none. */
    abstract T take();

    /** Buffers that may be written; how many there were. */
    abstract int take(T[] to, int n);

    /** Gives one back; false if the pool says that it has no room. */
    abstract boolean give(T buffer);

    /** Gives some back; how many the pool had room for. */
    abstract int give(T[] from, int first, int n);

    /** Writes four bytes at the place where a packet would start. */
    abstract void touch(T buffer, int value);
}
