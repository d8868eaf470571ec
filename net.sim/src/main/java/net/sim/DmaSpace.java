package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;

/**
 * The address space that the devices of a host see, with nothing in it but the memory lent by {@link #allocate} and that of others shown by {@link #map}. Device addresses are unlike pointers, so
 * that a driver that takes the one for the other fails, and unlike each other for a long time, so that a stale one fails too. Memory that need not be
 * contiguous is scattered in pages. Under the engine's lock, except {@link Memory}.
 */
final class DmaSpace {
    private static final int SHIFT = 21;
    private static final long PAGE = 4096;
    /** Device addresses are handed out in units of 2 MiB, and between any two pieces at least one unit stays empty. */
    static final long UNIT = 1L << SHIFT;
    private static final int LOW_START = (int) (0x1000_0000L >>> SHIFT);
    private static final int LOW_END = (int) (0x8000_0000L >>> SHIFT);
    private static final int HIGH_START = (int) (0x10_0000_0000L >>> SHIFT);
    private static final int HIGH_END = (int) (0x30_0000_0000L >>> SHIFT);

    /** A piece of memory with contiguous device addresses. */
    static final class Window {
        final MemorySegment segment;
        final long iova;
        /** False after it was unmapped: whoever remembers it must look. */
        boolean open = true;

        Window(MemorySegment segment, long iova) {
            this.segment = segment;
            this.iova = iova;
        }
    }

    /** Memory as lent, or as mapped for somebody who has it. */
    private final class Memory implements DmaMemory {
        /** Null: the memory is somebody else's. */
        private final Arena arena;
        private final MemorySegment segment;
        private final Window[] windows;
        private final long page;
        private boolean closed;

        Memory(Arena arena, MemorySegment segment, Window[] windows, long page) {
            this.arena = arena;
            this.segment = segment;
            this.windows = windows;
            this.page = page;
        }

        @Override
        public MemorySegment segment() {
            return segment;
        }

        @Override
        public long pageSize() {
            return page;
        }

        @Override
        public long iova(long offset) {
            Objects.checkIndex(offset, segment.byteSize());
            return windows.length == 1 ? windows[0].iova + offset : windows[(int) (offset / page)].iova + offset % page;
        }

        @Override
        public void close() {
            engine.lock();
            try {
                if (closed) {
                    return;
                }
                closed = true;
                for (Window w : windows) {
                    unmap(w);
                }
                open--;
                openBytes -= segment.byteSize();
            } finally {
                engine.unlock();
            }
            // The models look at Window.open under the lock: none of them touches this memory any more.
            if (arena != null) {
                arena.close();
            }
        }
    }

    private final Engine engine;
    private final Window[] table = new Window[HIGH_END];
    private int nextLow = LOW_START;
    private int nextHigh = HIGH_START;
    private int open;
    private long openBytes;
    private boolean closed;

    DmaSpace(Engine engine) {
        this.engine = engine;
    }

    /** The window that has all of the bytes, or null. */
    Window find(long iova, long length) {
        long unit = iova >>> SHIFT;
        if (unit >= HIGH_END) {
            return null;
        }
        Window w = table[(int) unit];
        return w != null && iova - w.iova >= 0 && length <= w.segment.byteSize() - (iova - w.iova) ? w : null;
    }

    /** How many pieces of memory are lent. */
    int open() {
        return open;
    }

    /** Bytes of them. */
    long openBytes() {
        return openBytes;
    }

    /** Lends nothing from now on. */
    void close() {
        closed = true;
    }

    DmaMemory allocate(DmaRequest request) {
        checkOpen(request.purpose());
        Arena arena = Arena.ofShared();
        try {
            return place(arena, arena.allocate(request.bytes(), Math.min(Math.max(PAGE, request.alignment()), UNIT)), request);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new DevException(DevError.NO_MEMORY, "no %d bytes for %s: %s. %d bytes are lent; give the JVM more with -XX:MaxDirectMemorySize, or ask for less"
                    .formatted(request.bytes(), request.purpose(), e.getMessage(), openBytes), e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Memory that somebody else has, and keeps. */
    DmaMemory map(String purpose, MemorySegment memory) {
        checkOpen(purpose);
        if (!memory.isNative() || memory.isReadOnly() || !memory.isAccessibleBy(engine.thread()) || memory.address() % PAGE != 0 || memory.byteSize() % PAGE != 0
                || memory.byteSize() == 0) {
            throw new DevException(DevError.INVALID_PARAM, "%s of %s cannot be shown to devices: give whole pages of %d bytes, native, writable, of a shared arena or the "
                    .formatted(memory, purpose, PAGE) + "global one");
        }
        return place(null, memory, new DmaRequest(purpose, memory.byteSize(), PAGE, false, false));
    }

    private void checkOpen(String purpose) {
        if (closed) {
            throw new DevException(DevError.BAD_STATE, "the simulated host is closed; no memory for " + purpose);
        }
    }

    /** Gives memory its device addresses. */
    private Memory place(Arena arena, MemorySegment segment, DmaRequest request) {
        long bytes = request.bytes();
        boolean scattered = !request.contiguous() && bytes > UNIT;
        long page = scattered ? UNIT : Math.max(PAGE, Long.highestOneBit(bytes) << 1);
        Window[] windows = new Window[scattered ? Math.toIntExact((bytes + UNIT - 1) >>> SHIFT) : 1];
        for (int i = 0; i < windows.length; i++) {
            long from = scattered ? i * UNIT : 0;
            MemorySegment piece = scattered ? segment.asSlice(from, Math.min(UNIT, bytes - from)) : segment;
            windows[i] = map(piece, request, i > 0 ? 1 : request.alignment());
            if (windows[i] == null) {
                for (int j = 0; j < i; j++) {
                    unmap(windows[j]);
                }
                throw new DevException(DevError.NO_MEMORY, "the simulated host has no device addresses left for %s: %d bytes aligned to %d%s; %d bytes are lent"
                        .formatted(request.purpose(), bytes, request.alignment(), request.below4GiB() ? " below 4 GiB" : "", openBytes));
            }
        }
        open++;
        openBytes += bytes;
        return new Memory(arena, segment, windows, page);
    }

    private Window map(MemorySegment piece, DmaRequest request, long alignment) {
        int units = (int) Math.min(HIGH_END, (piece.byteSize() + UNIT - 1) >>> SHIFT);
        int step = (int) Math.min(HIGH_END, Math.max(1, alignment >>> SHIFT));
        int unit = request.below4GiB() ? search(nextLow, LOW_START, LOW_END, units, step) : search(nextHigh, HIGH_START, HIGH_END, units, step);
        if (unit < 0) {
            return null;
        }
        if (request.below4GiB()) {
            nextLow = unit + units + 1;
        } else {
            nextHigh = unit + units + 1;
        }
        Window w = new Window(piece, (long) unit << SHIFT);
        Arrays.fill(table, unit, unit + units, w);
        return w;
    }

    /** The next place, going round, with {@code units} free ones and a free one on either side; -1 if there is none. */
    private int search(int from, int start, int end, int units, int step) {
        for (int round = 0; round < 2; round++) {
            int at = round == 0 ? from : start;
            for (int u = (at + step - 1) / step * step; (long) u + units < end; u += step) {
                int taken = lastTaken(Math.max(start, u - 1), u + units + 1);
                if (taken < 0) {
                    return u;
                }
                u = Math.max(u, (taken + 1) / step * step);
            }
        }
        return -1;
    }

    private int lastTaken(int from, int to) {
        for (int u = to - 1; u >= from; u--) {
            if (table[u] != null) {
                return u;
            }
        }
        return -1;
    }

    private void unmap(Window w) {
        w.open = false;
        int unit = (int) (w.iova >>> SHIFT);
        int units = (int) ((w.segment.byteSize() + UNIT - 1) >>> SHIFT);
        Arrays.fill(table, unit, unit + units, null);
    }
}
