package net.testkit.qemu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;

/**
 * The guest's RAM, which is a file that QEMU and this process map. Device addresses are guest-physical addresses, which for the RAM below 2 GiB of a q35 are
 * offsets in the file. Pieces are whole pages, each a mapping of its own, so that each ends with its own close. Any thread.
 */
final class GuestRam implements AutoCloseable {
    static final long PAGE = 4096;
    /** Below are the holes of the PC's first megabyte. */
    private static final long FIRST = 1 << 20;

    private final FileChannel file;
    private final int ramMiB;
    /** Free pieces: start to size; neighbours are always joined. */
    private final TreeMap<Long, Long> free = new TreeMap<>();

    /** Makes the file. */
    GuestRam(Path path, int ramMiB) throws IOException {
        this.ramMiB = ramMiB;
        long size = (long) ramMiB << 20;
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        file.write(java.nio.ByteBuffer.allocate(1), size - 1);
        free.put(FIRST, size - FIRST);
    }

    /** @throws DevException NO_MEMORY if there is no gap that large */
    DmaMemory allocate(DmaRequest request) {
        long size = roundUp(request.bytes(), PAGE);
        long start = take(request, size, Math.max(PAGE, request.alignment()));
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment = file.map(MapMode.READ_WRITE, start, size, arena);
            segment.fill((byte) 0);
            return new Piece(start, segment, arena);
        } catch (IOException e) {
            arena.close();
            give(start, size);
            throw new DevException(DevError.NO_MEMORY, "%d bytes of guest RAM for %s could not be mapped: %s".formatted(request.bytes(), request.purpose(),
                    e.getMessage()), e);
        }
    }

    /** A page that is never given back; its mapping lives as long as somebody has the segment. */
    MemorySegment page(long[] iova) {
        long start = take(new DmaRequest("interrupt messages", PAGE, PAGE, true, true), PAGE, PAGE);
        try {
            MemorySegment page = file.map(MapMode.READ_WRITE, start, PAGE, Arena.ofAuto());
            page.fill((byte) 0);
            iova[0] = start;
            return page;
        } catch (IOException e) {
            throw new DevException(DevError.NO_MEMORY, "a page of guest RAM for interrupt messages could not be mapped: " + e.getMessage(), e);
        }
    }

    /** Bytes that are free, in all gaps together. */
    synchronized long available() {
        return free.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Mappings that are still open stay valid. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new IllegalStateException("the guest's RAM could not be closed", e);
        }
    }

    private synchronized long take(DmaRequest request, long size, long alignment) {
        for (Map.Entry<Long, Long> gap : free.entrySet()) {
            long start = roundUp(gap.getKey(), alignment);
            long end = gap.getKey() + gap.getValue();
            if (size <= end - start) {
                free.remove(gap.getKey());
                if (start > gap.getKey()) {
                    free.put(gap.getKey(), start - gap.getKey());
                }
                if (start + size < end) {
                    free.put(start + size, end - start - size);
                }
                return start;
            }
        }
        throw new DevException(DevError.NO_MEMORY, ("%d bytes for %s, aligned to %d, do not fit in what is free of %d MiB guest RAM "
                + "(%d bytes in %d pieces): give QEMU more RAM").formatted(request.bytes(), request.purpose(), alignment, ramMiB, available(), free.size()));
    }

    private synchronized void give(long start, long size) {
        Map.Entry<Long, Long> before = free.floorEntry(start);
        if (before != null && before.getKey() + before.getValue() == start) {
            start = before.getKey();
            size += before.getValue();
        }
        Long after = free.remove(start + size);
        free.put(start, after == null ? size : size + after);
    }

    private static long roundUp(long value, long to) {
        return (value + to - 1) / to * to;
    }

    /** What {@link #allocate} gives. */
    private final class Piece implements DmaMemory {
        private final long start;
        private final MemorySegment segment;
        private final Arena arena;
        private boolean closed;

        Piece(long start, MemorySegment segment, Arena arena) {
            this.start = start;
            this.segment = segment;
            this.arena = arena;
        }

        @Override
        public MemorySegment segment() {
            return segment;
        }

        @Override
        public long pageSize() {
            return Long.highestOneBit(segment.byteSize()) == segment.byteSize() ? segment.byteSize() : Long.highestOneBit(segment.byteSize()) << 1;
        }

        @Override
        public long iova(long offset) {
            return start + Objects.checkIndex(offset, segment.byteSize());
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                arena.close();
                give(start, segment.byteSize());
            }
        }
    }
}
