package net.bench.forward.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;

/** Lends the file's DMA memory, each piece once: a benchmark's runtime allocates at its start, and ends. */
final class FileMemory {
    private static final long PAGE = 4096;

    private final Path file;
    private long next = CardFile.DMA;

    FileMemory(Path file) {
        this.file = file;
    }

    synchronized DmaMemory allocate(DmaRequest request) {
        long start = next + request.alignment() - 1 & -request.alignment();
        if (request.bytes() > CardFile.SIZE - start) {
            throw new DevException(DevError.NO_MEMORY, "%s: %d bytes of DMA memory were asked for, and %d of %d are left".formatted(request.purpose(),
                    request.bytes(), CardFile.SIZE - start, CardFile.SIZE - CardFile.DMA));
        }
        Piece piece = new Piece(file, start, request.bytes());
        next = start + request.bytes() + PAGE - 1 & -PAGE;
        return piece;
    }

    /** A part of the file, in a mapping of its own. */
    private static final class Piece implements DmaMemory {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment segment;
        private final long start;
        private boolean closed;

        Piece(Path file, long start, long bytes) {
            this.start = start;
            try {
                segment = CardFile.map(file, start, bytes, arena);
            } catch (IOException e) {
                arena.close();
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public MemorySegment segment() {
            return segment;
        }

        @Override
        public long pageSize() {
            return CardFile.SIZE;
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
            }
        }
    }
}
