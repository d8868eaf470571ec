package net.driver.ixgbe;

import java.util.Arrays;

/**
 * Where in a transmit ring the device will report, and how many frames and bytes are sent when it has. Some of the places, far enough apart, are marks, which are
 * worth a look while much goes on. Positions are those of {@link IxgbeTxQueue}; a report at a position is in the descriptor in front of it.
 */
final class TxReports {
    private final int mask;
    private final boolean[] reports;
    private final long[] frames;
    private final long[] bytes;
    private final int[] marks;
    private int head;
    private int tail;
    private int last;
    private long givenFrames;
    private long givenBytes;
    private long doneFrames;
    private long doneBytes;

    /** @param size of the ring, a power of two */
    TxReports(int size) {
        mask = size - 1;
        reports = new boolean[size];
        frames = new long[size];
        bytes = new long[size];
        marks = new int[size];
    }

    /** Descriptors were given up to a position, whose last one reports; it becomes a mark if the one before is far enough away. */
    void given(int position, long moreFrames, long moreBytes) {
        int slot = position - 1 & mask;
        givenFrames += moreFrames;
        givenBytes += moreBytes;
        reports[slot] = true;
        frames[slot] = givenFrames;
        bytes[slot] = givenBytes;
        if (position - last >= IxgbeTxQueue.GROUP) {
            marks[tail++ & mask] = position;
            last = position;
        }
    }

    /** There is a report at a position. */
    boolean isAt(int position) {
        return reports[position - 1 & mask];
    }

    /** Marks that the device was not seen to have passed. */
    int pending() {
        return tail - head;
    }

    /** The position of number {@code i} of them, 0 to {@code pending() - 1}. */
    int pending(int i) {
        return marks[head + i & mask];
    }

    /** Frames that were sent up to a position with a report, since {@link #passed}. */
    int newFrames(int position) {
        return (int) (frames[position - 1 & mask] - doneFrames);
    }

    /** Their bytes. */
    long newBytes(int position) {
        return bytes[position - 1 & mask] - doneBytes;
    }

    /** The device has passed a position with a report, from another one on. */
    void passed(int from, int to) {
        doneFrames = frames[to - 1 & mask];
        doneBytes = bytes[to - 1 & mask];
        while (head != tail && marks[head & mask] - to <= 0) {
            head++;
        }
        int first = from & mask;
        int n = to - from;
        int k = Math.min(n, reports.length - first);
        Arrays.fill(reports, first, first + k, false);
        Arrays.fill(reports, 0, n - k, false);
    }
}
