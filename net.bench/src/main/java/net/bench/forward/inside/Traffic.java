package net.bench.forward.inside;

import java.lang.foreign.MemorySegment;

/** The driver side's switch of a file's cards: they work while a window is measured, and sleep in between. */
public final class Traffic {
    private static final long TIMEOUT_NANOS = 5_000_000_000L;

    private final MemorySegment file;

    /** @param file its first page at least */
    public Traffic(MemorySegment file) {
        this.file = file;
    }

    /** Returns when a pair of cards works. */
    public void on(int pair) {
        set(pair + 1);
    }

    /** Returns when the cards have stopped, and have said what they did. */
    public void off() {
        set(0);
    }

    private void set(int value) {
        CardFile.setLongRelease(file, CardFile.TRAFFIC, value);
        long start = System.nanoTime();
        while (CardFile.longAcquire(file, CardFile.SERVING) != value) {
            if (System.nanoTime() - start > TIMEOUT_NANOS) {
                throw new IllegalStateException("the cards' process does not answer");
            }
            Thread.onSpinWait();
        }
    }
}
