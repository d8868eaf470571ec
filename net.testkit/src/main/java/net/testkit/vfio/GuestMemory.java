package net.testkit.vfio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import net.linux.sys.Descriptor;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import net.sim.ForeignSlot;

/** The client's memory, as it has told of it. What came without descriptor, or for reading only, is noted, and out of the model's reach. */
final class GuestMemory {
    /** Most pieces at once. */
    static final int MOST = 1024;
    private static final int MAP_SIZE = 32;
    private static final int UNMAP_SIZE = 24;
    private static final int READ_WRITE = 0x3;
    /** In the flags of DMA_UNMAP: all pieces; QEMU sends it. Linux's vfio.h, VFIO_DMA_UNMAP_FLAG_ALL. */
    private static final long ALL = 0x2;

    private final ForeignSlot slot;
    private final Map<Long, Piece> pieces = new TreeMap<>(Long::compareUnsigned);

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
        for (Map.Entry<Long, Piece> other : pieces.entrySet()) {
            long distance = address - other.getKey();
            if (Long.compareUnsigned(distance, other.getValue().size()) < 0 || Long.compareUnsigned(-distance, size) < 0) {
                throw new Refused(Refused.EEXIST, "0x%x bytes at 0x%x overlap 0x%x bytes at 0x%x", size, address, other.getValue().size(), other.getKey());
            }
        }
        if (pieces.size() == MOST) {
            throw new Refused(Refused.ENOSPC, "more than %d pieces of memory", MOST);
        }
        boolean reachable = flags == READ_WRITE && !m.descriptors().isEmpty();
        pieces.put(address, new Piece(size, reachable ? map(m.descriptors().getFirst(), offset, address, size) : null));
        return 0;
    }

    private Arena map(Descriptor file, long offset, long address, long size) throws Refused {
        Arena arena = Arena.ofShared();
        try {
            long has = file.size();
            if (offset < 0 || size > has || offset > has - size) {
                throw new IOException("0x%x bytes at 0x%x are not within the 0x%x bytes of %s".formatted(size, offset, has, file.target()));
            }
            MemorySegment memory = Mappings.SYSTEM.map(file.fd(), offset, size, arena);
            slot.map(address, memory);
            return arena;
        } catch (IOException | SystemCallException e) {
            arena.close();
            throw new Refused(Refused.EINVAL, "memory at 0x%x: %s", address, e.getMessage());
        }
    }

    /** DMA_UNMAP; the answer repeats the request. */
    int unmap(Message m) throws RuleBroken, Refused {
        m.expect(UNMAP_SIZE, true);
        long flags = m.u32(4);
        long address = m.u64(8);
        long size = m.u64(16);
        if (flags == ALL) {
            close();
        } else {
            Piece piece = pieces.get(address);
            if (flags != 0 || piece == null || piece.size() != size) {
                throw new Refused(Refused.EINVAL, "no memory of 0x%x bytes at 0x%x was mapped, or flags 0x%x are not 0", size, address, flags);
            }
            pieces.remove(address);
            release(address, piece);
        }
        return UNMAP_SIZE;
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
