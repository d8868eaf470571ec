package net.app.traffic;

/** Tells in order, late, seen before and missing from sequence numbers, over a window of the last {@value #WINDOW}. */
final class SequenceTracker {
    /** How late a frame may be. */
    static final int WINDOW = 4096;

    private final long[] seen = new long[WINDOW / 64];
    /** One more than the highest number so far; -1 before the first. */
    private long next = -1;
    private long first;
    private long lost;
    private long late;
    private long duplicate;

    /** A frame arrived. The first one says where the numbers start: what was sent before somebody listened is not lost. */
    void arrived(long n) {
        if (n < 0) {
            duplicate++;
            return;
        }
        if (next < 0) {
            first = n;
            next = n;
        }
        if (n == next) {
            advance(n);
        } else if (n > next) {
            lost += n - next;
            if (n - next >= WINDOW) {
                java.util.Arrays.fill(seen, 0);
            } else {
                for (long i = next; i < n; i++) {
                    clear(i);
                }
            }
            advance(n);
        } else if (next - n >= WINDOW) {
            duplicate++;
        } else if ((seen[(int) (n >>> 6) & seen.length - 1] >>> n & 1) != 0) {
            duplicate++;
        } else {
            seen[(int) (n >>> 6) & seen.length - 1] |= 1L << n;
            late++;
            if (n >= first) {
                lost--;
            }
        }
    }

    /** Starts again. */
    void reset() {
        java.util.Arrays.fill(seen, 0);
        next = -1;
        first = 0;
        lost = 0;
        late = 0;
        duplicate = 0;
    }

    /** Numbers below the highest that never came. */
    long lost() {
        return lost;
    }

    /** Frames that came after one with a higher number. */
    long late() {
        return late;
    }

    /** Frames that came again, too late to tell, or with a number that none has. */
    long duplicate() {
        return duplicate;
    }

    private void advance(long n) {
        seen[(int) (n >>> 6) & seen.length - 1] |= 1L << n;
        next = n + 1;
    }

    private void clear(long n) {
        seen[(int) (n >>> 6) & seen.length - 1] &= ~(1L << n);
    }
}
