package net.testkit.vfio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.linux.sys.Descriptor;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import net.linux.sys.Views;
import net.sim.ForeignSlot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's memory, as it has told of it. What came without descriptor is noted, and out of the model's reach; what is for reading only can be read. A guest
 * with an IOMMU has it page by page, so that there are many pieces, and they come and go with every packet.
 */
final class GuestMemory {
    /** Most pieces at once: each is a mapping, and Linux gives a process 65,530 (vm.max_map_count). */
    static final int MOST = 8192;
    private static final int MAP_SIZE = 32;
    private static final int UNMAP_SIZE = 24;
    private static final int READ = 0x1;
    private static final int READ_WRITE = 0x3;
    /** In the flags of DMA_UNMAP: all pieces; QEMU sends it. Linux's vfio.h, VFIO_DMA_UNMAP_FLAG_ALL. */
    private static final long ALL = 0x2;

    private static final Logger LOG = LoggerFactory.getLogger(GuestMemory.class);

    private final ForeignSlot slot;
    private final NavigableMap<Long, Piece> pieces = new TreeMap<>(Long::compareUnsigned);

    /** A piece; without arena, if it is not mapped. */
    private record Piece(long size, Arena arena) {
    }

    GuestMemory(ForeignSlot slot) {
        this.slot = slot;
    }

    /** DMA_MAP. */
    int map(Message m) throws RuleBroken, Refused {
        m.expect(MAP_SIZE, true);
        long flags = m.u32(4);
        long offset = m.u64(8);
        long address = m.u64(16);
        long size = m.u64(24);
        if (m.descriptors().size() > 1) {
            throw new RuleBroken("memory at 0x%x with %d descriptors", address, m.descriptors().size());
        }
        if ((flags & ~READ_WRITE) != 0 || size <= 0 || Long.compareUnsigned(address + (size - 1), address) < 0) {
            throw new Refused(Refused.EINVAL, "flags 0x%x, 0x%x bytes at 0x%x", flags, size, address);
        }
        overlap(pieces.floorEntry(address), address, size);
        overlap(pieces.higherEntry(address), address, size);
        if (pieces.size() == MOST) {
            throw new Refused(Refused.ENOSPC, "more than %d pieces of memory", MOST);
        }
        boolean reachable = (flags & READ) != 0 && !m.descriptors().isEmpty();
        pieces.put(address, new Piece(size, reachable ? map(m.descriptors().getFirst(), flags == READ_WRITE, offset, address, size) : null));
        return 0;
    }

    private static void overlap(Map.Entry<Long, Piece> other, long address, long size) throws Refused {
        if (other != null) {
            long distance = address - other.getKey();
            if (Long.compareUnsigned(distance, other.getValue().size()) < 0 || Long.compareUnsigned(-distance, size) < 0) {
                throw new Refused(Refused.EEXIST, "0x%x bytes at 0x%x overlap 0x%x bytes at 0x%x", size, address, other.getValue().size(), other.getKey());
            }
        }
    }

    private Arena map(Descriptor file, boolean writable, long offset, long address, long size) throws Refused {
        Arena arena = Arena.ofShared();
        try {
            long has = file.size();
            if (offset < 0 || size > has || offset > has - size) {
                throw new IOException("0x%x bytes at 0x%x are not within the 0x%x bytes of %s".formatted(size, offset, has, file.target()));
            }
            slot.map(address, writable ? Mappings.SYSTEM.map(file.fd(), offset, size, arena) : Views.SYSTEM.read(file.fd(), offset, size, arena));
            return arena;
        } catch (IOException | SystemCallException e) {
            arena.close();
            throw new Refused(Refused.EINVAL, "memory at 0x%x: %s", address, e.getMessage());
        }
    }

    /** Pieces that adjoin, in one; null, with the reason in the log, if they cannot be. Any thread. */
    static MemorySegment join(List<MemorySegment> adjoining, Arena arena) {
        try {
            return Views.SYSTEM.join(adjoining, arena);
        } catch (SystemCallException e) {
            LOG.warn("{} pieces of a guest's memory are not seen in one: {}", adjoining.size(), e.getMessage());
            return null;
        }
    }

    /**
     * DMA_UNMAP; the answer repeats the request. The specification wants a range as it was mapped. QEMU takes ranges away as Linux's VFIO lets it: with several
     * pieces, or none, in them, when a guest changes an IOMMU. What would cut a piece is refused.
     */
    int unmap(Message m) throws RuleBroken, Refused {
        m.expect(UNMAP_SIZE, true);
        long flags = m.u32(4);
        long address = m.u64(8);
        long size = m.u64(16);
        if (flags == ALL) {
            close();
            return UNMAP_SIZE;
        }
        long last = address + (size - 1);
        if (flags != 0 || size == 0 || Long.compareUnsigned(last, address) < 0 || cut(pieces.lowerEntry(address), address - 1)
                || cut(pieces.floorEntry(last), last)) {
            throw new Refused(Refused.EINVAL, "0x%x bytes at 0x%x are no whole pieces of memory, or flags 0x%x are not 0", size, address, flags);
        }
        Map<Long, Piece> within = pieces.subMap(address, true, last, true);
        within.forEach(this::release);
        within.clear();
        return UNMAP_SIZE;
    }

    /** A piece that begins at a byte or in front of it goes on behind it. */
    private static boolean cut(Map.Entry<Long, Piece> piece, long at) {
        return piece != null && Long.compareUnsigned(at - piece.getKey(), piece.getValue().size() - 1) < 0;
    }

    private void release(long address, Piece piece) {
        if (piece.arena() != null) {
            slot.unmap(address);
            piece.arena().close();
        }
    }

    /** Gives all of it back. */
    void close() {
        pieces.forEach(this::release);
        pieces.clear();
    }
}
