package net.pool;

/**
 * How far apart buffers lie in memory. A buffer that fits into a page does not cross the border of one.
 *
 * <p>Where pages are large, buffers are an odd number of cache lines apart: at a multiple of 2048 bytes the first lines of all buffers, which every packet
 * touches, fall into a few sets of the first-level cache and drive each other out. DPDK spreads its objects for the same reason.
 *
 * @param stride bytes from one buffer to the next
 * @param size bytes that a buffer takes
 * @param page bytes within which device addresses are contiguous, a power of two
 */
record Spacing(int stride, int size, long page) {
    private static final int LINE = 64;
    /** An odd number of lines must not cost more than one buffer in so many. */
    private static final int COST = 16;

    /** As close as possible. */
    static Spacing tight(PoolSpec spec, long page) {
        return new Spacing(spec.stride(), spec.stride(), page);
    }

    /** An odd number of lines apart, where that costs little. */
    static Spacing of(PoolSpec spec, long page) {
        int odd = spec.stride() | LINE;
        long each = page / odd;
        return each > 0 && each * COST >= page / spec.stride() * (COST - 1) ? new Spacing(odd, spec.stride(), page) : tight(spec, page);
    }

    /** That, if so many buffers fit into {@code bytes} then, else as close as possible. */
    static Spacing in(PoolSpec spec, long page, long bytes, int buffers) {
        Spacing wished = of(spec, page);
        return wished.bytes(buffers) <= bytes ? wished : tight(spec, page);
    }

    /**
     * Where a buffer starts in memory.
     *
     * @param index 0 and up
     */
    long offset(long index) {
        long each = page / stride;
        return each == 0 ? index * stride : index / each * page + index % each * stride;
    }

    /** Bytes that so many buffers take, 2^40 at most. */
    long bytes(int n) {
        return offset(n - 1L) + size;
    }

    /** How many buffers fit into {@code bytes}. */
    long fit(long bytes) {
        long each = page / stride;
        return each == 0 ? bytes / stride : bytes / page * each + Math.min(each, bytes % page / stride);
    }
}
