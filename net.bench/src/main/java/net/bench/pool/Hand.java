package net.bench.pool;

/**
 * How a thread works with a pool. A virtual machine of the benchmark loads one implementation, so that calls through this class are direct ones and can be
 * inlined. It has no fields: what it works on is handed to every call, and stays in a register of the loop that calls.
 *
 * @param <P> what the thread has of the pool: the pool itself, or a cache of its own
 * @param <T> the pool's buffers
 */
abstract class Hand<P, T> {
    /** An array for buffers. */
    abstract T[] array(int n);

    /** A buffer that may be written; null if the pool says that there is none. */
    abstract T take(P pool);

    /** Buffers that may be written; how many there were. */
    abstract int take(P pool, T[] to, int n);

    /** Gives one back; false if the pool says that it has no room. */
    abstract boolean give(P pool, T buffer);

    /** Gives some back; how many the pool had room for. */
    abstract int give(P pool, T[] from, int first, int n);

    /** Writes four bytes at the place where a packet would start. */
    abstract void touch(T buffer, int value);

    /** The same for some buffers, in a loop that knows what they are, as loops outside of a benchmark do. */
    abstract void touch(T[] buffers, int n);

    /** What a thread works with. */
    record Grip<P, T>(Hand<P, T> hand, P pool) {
    }
}
