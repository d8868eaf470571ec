package net.sim;

/** Blows after a number of accesses, if one is set. */
final class Fuse {
    private static final long NEVER = Long.MAX_VALUE;

    private volatile long left = NEVER;

    /** @param accesses that still pass, 0 or more */
    void set(long accesses) {
        left = accesses;
    }

    /** It will blow. */
    boolean isSet() {
        return left != NEVER;
    }

    /** Counts an access: true for the one that it blows at. One thread at a time. */
    boolean blows() {
        long n = left;
        if (n == NEVER) {
            return false;
        }
        left = n > 0 ? n - 1 : NEVER;
        return n == 0;
    }
}
