package net.driver.ixgbe;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.driver.HandOver;

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

    /** Notes the reports that the device owes: how many descriptors behind the first one, and the frames and bytes up to there. */
    void save(HandOver.Writer to, String prefix, int from, int end) {
        int[] at = IntStream.rangeClosed(1, end - from).filter(n -> isAt(from + n)).toArray();
        to.put(prefix + "reports", at).put(prefix + "frames", Arrays.stream(at).mapToLong(n -> newFrames(from + n)).toArray()).put(prefix + "bytes",
                Arrays.stream(at).mapToLong(n -> newBytes(from + n)).toArray());
    }

    /** Goes on with them: the last descriptor that the device has is the last to report. */
    void restore(HandOver from, String prefix, RingState ring) {
        int[] at = from.ints(prefix + "reports");
        long[] framesAt = from.longs(prefix + "frames");
        long[] bytesAt = from.longs(prefix + "bytes");
        if (framesAt.length != at.length || bytesAt.length != at.length || (at.length == 0 ? 0 : at[at.length - 1]) != ring.count()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: '%sreports' has %d entries and not one for the last of %d descriptors".formatted(from, prefix,
                    at.length, ring.count()));
        }
        last = ring.first();
        int before = 0;
        for (int i = 0; i < at.length; i++) {
            if (at[i] <= before || framesAt[i] < givenFrames || bytesAt[i] < givenBytes) {
                throw new DevException(DevError.INVALID_PARAM, "%s: '%sreports' goes back at %d".formatted(from, prefix, i));
            }
            before = at[i];
            given(ring.first() + at[i], framesAt[i] - givenFrames, bytesAt[i] - givenBytes);
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
