package net.bench.forward.inside;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file in shared memory that is a driver's cards: what each side tells the other, the register window of each card, and the memory that the cards reach.
 * A device address is an offset in the file.
 *
 * <pre>
 *  0x00000   0: traffic, written by the driver's process     64: what the card's process answers
 *  0x20000   registers of card 0
 *  0x40000   registers of card 1 ...
 * 0x100000   DMA memory, to the end
 * </pre>
 */
public final class CardFile {
    /** Cards in a file: a pair for each number of queues. */
    public static final int CARDS = 6;
    /** Bytes of a card's register window. */
    public static final int WINDOW = 0x20000;
    /** Where DMA memory begins. */
    public static final long DMA = 0x10_0000;
    /** Bytes of the file; nothing is taken until it is used. */
    public static final long SIZE = 256L << 20;

    /** 0, or 1 + the number of the pair of cards that is to work. */
    public static final long TRAFFIC = 0;
    /** The same, once they do; 0 once they have stopped and what follows is complete. */
    public static final long SERVING = 64;
    /** Frames that were put into receive rings. */
    public static final long RECEIVED = 72;
    /** Frames that were taken from transmit rings. */
    public static final long SENT = 80;
    /** Looks at receive rings. */
    public static final long LOOKS = 88;
    /** Free descriptors that these looks found, together. */
    public static final long FREE = 96;
    /** Nanoseconds in which the cards' thread did not run. */
    public static final long LOST = 104;

    /** Descriptors and registers are little-endian and aligned. */
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** As {@link #INT}. */
    public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = INT.varHandle();
    private static final VarHandle LONGS = LONG.varHandle();

    private CardFile() {
    }

    /** Makes a file, all zeros. */
    public static void create(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(java.nio.ByteBuffer.allocate(1), SIZE - 1);
        }
    }

    /** Maps a part of it. */
    public static MemorySegment map(Path file, long offset, long size, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, offset, size, arena);
        }
    }

    /** Offset of a card's register window. */
    public static long window(int card) {
        return (long) (card + 1) * WINDOW;
    }

    /** Reads before everything that follows. */
    public static int intAcquire(MemorySegment m, long at) {
        return (int) INTS.getAcquire(m, at);
    }

    /** Writes after everything before. */
    public static void setIntRelease(MemorySegment m, long at, int value) {
        INTS.setRelease(m, at, value);
    }

    /** As {@link #intAcquire}. */
    public static long longAcquire(MemorySegment m, long at) {
        return (long) LONGS.getAcquire(m, at);
    }

    /** As {@link #setIntRelease}. */
    public static void setLongRelease(MemorySegment m, long at, long value) {
        LONGS.setRelease(m, at, value);
    }
}
