package net.hw.fxmac;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** What receive and transmit descriptors with 64-bit addresses have alike: four words, of which the first two are one load and one store. TRM 16.3.3. */
public abstract sealed class Bd permits RxBd, TxBd {
    /** Bytes of a descriptor. */
    public static final int SIZE = 16;
    /** Alignment of a ring, in bytes. */
    public static final int ALIGNMENT = 128;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final VarHandle WORD = LONG.varHandle();

    Bd() {
    }

    /** Where descriptor {@code i} of the ring at {@code ring} is. */
    public static long at(long ring, int i) {
        return ring + (long) i * SIZE;
    }

    /** The first eight bytes; what the device wrote before them is seen too. */
    public static long wordAcquire(MemorySegment m, long at) {
        return (long) WORD.getAcquire(m, at);
    }

    /**
     * The first eight bytes without any order: for a look at many descriptors, with one {@link VarHandle#acquireFence} before anything that the device wrote
     * before them is read. An acquire for each would be a barrier to the compiler in the middle of the loop.
     */
    public static long word(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /**
     * Reads several in a row at once, without any order, for a look at many: with one {@link VarHandle#acquireFence} before what the device wrote before them
     * is read. Each word is read whole: Unsafe.copyMemory.
     *
     * @param words gets the first eight bytes and the second of each
     */
    public static void read(MemorySegment m, long at, long[] words, int count) {
        MemorySegment.copy(m, LONG, at, words, 0, 2 * count);
    }

    /** Writes the first eight bytes without any order: of a descriptor that the device does not look at yet. */
    static void setWord(MemorySegment m, long at, long word) {
        m.set(LONG, at, word);
    }

    /**
     * Gives several in a row to the device, which stops in front of the first until that is written, as the last one: who looks all the time would else take
     * each line away in the middle. The others are written in whole cache lines where it can be.
     *
     * @param words the first eight bytes and the second of each
     * @param count 1 or more
     */
    public static void give(MemorySegment m, long at, long[] words, int count) {
        MemorySegment.copy(words, 2, m, LONG, at + SIZE, 2 * count - 2);
        m.set(LONG, at + 8, words[1]);
        setWordRelease(m, at, words[0]);
    }

    /** The second eight bytes of a descriptor: the high half of a buffer's device address. */
    public static long highWord(long iova) {
        return iova >>> 32;
    }

    /** Writes the high half of a buffer's address, before the first eight bytes. */
    static void setHigh(MemorySegment m, long at, long iova) {
        m.set(LONG, at + 8, highWord(iova));
    }

    /** Writes the first eight bytes, after everything written before. */
    public static void setWordRelease(MemorySegment m, long at, long word) {
        WORD.setRelease(m, at, word);
    }

    /** The high half of a buffer's device address, where it belongs in the whole. */
    static long high(MemorySegment m, long at) {
        return m.get(LONG, at + 8) << 32;
    }
}
