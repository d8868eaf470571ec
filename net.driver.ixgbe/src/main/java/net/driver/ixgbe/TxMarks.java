package net.driver.ixgbe;

/**
 * Where in a transmit ring the device will report, far enough apart to be worth a look; and how many frames and bytes are sent when it has. Positions are those
 * of {@link IxgbeTxQueue}.
 */
final class TxMarks {
    private final int mask;
    private final int[] at;
    private final long[] frames;
    private final long[] bytes;
    private int head;
    private int tail;
    private int last;
    private long givenFrames;
    private long givenBytes;
    private long doneFrames;
    private long doneBytes;
    private long countedFrames;
    private long countedBytes;

    /** @param capacity most marks at a time, a power of two */
    TxMarks(int capacity) {
        mask = capacity - 1;
        at = new int[capacity];
        frames = new long[capacity];
        bytes = new long[capacity];
    }

    /** Descriptors were given up to a position, whose last one reports; it becomes a mark if the one before is far enough away. */
    void given(int position, long moreFrames, long moreBytes) {
        givenFrames += moreFrames;
        givenBytes += moreBytes;
        if (position - last >= IxgbeTxQueue.GROUP) {
            int i = tail++ & mask;
            at[i] = position;
            frames[i] = givenFrames;
            bytes[i] = givenBytes;
            last = position;
        }
    }

    /** Marks that were not passed. */
    int pending() {
        return tail - head;
    }

    /** The position of number {@code i} of them, 0 to {@code pending() - 1}. */
    int pending(int i) {
        return at[head + i & mask];
    }

    /** The device has passed the first {@code n} marks, 1 or more. */
    void pass(int n) {
        head += n;
        int i = head - 1 & mask;
        doneFrames = frames[i];
        doneBytes = bytes[i];
    }

    /** The device is done with all that was given. */
    void passAll() {
        head = tail;
        doneFrames = givenFrames;
        doneBytes = givenBytes;
    }

    /** Frames that were sent since {@link #counted}. */
    long newFrames() {
        return doneFrames - countedFrames;
    }

    /** Their bytes. */
    long newBytes() {
        return doneBytes - countedBytes;
    }

    /** The new ones were counted. */
    void counted() {
        countedFrames = doneFrames;
        countedBytes = doneBytes;
    }
}
