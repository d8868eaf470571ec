package net.linux.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory for devices: huge pages for what fills at least half of one, as large as there are free ones; ordinary pages otherwise. Each piece is a mapping of
 * its own, so that it is gone from the devices and from this process when it is closed.
 */
public final class HostMemory implements Memory {
    private static final Logger LOG = LoggerFactory.getLogger(HostMemory.class);
    /** The page of every machine that this runs on, and the least that an IOMMU maps. */
    static final long PAGE = 4096;

    private final Mappings mappings;
    private final HugePages hugePages;
    private final Placement placement;

    /** @param placement tells where devices see it */
    public HostMemory(Mappings mappings, HugePages hugePages, Placement placement) {
        this.mappings = mappings;
        this.hugePages = hugePages;
        this.placement = placement;
    }

    @Override
    public DmaMemory allocate(DmaRequest request) {
        String missed = "";
        boolean wanted = false;
        for (HugePages.Pool pool : hugePages.pools(request.node())) {
            if (request.bytes() < pool.bytes() / 2) {
                continue; // too much of it would lie idle
            }
            wanted = true;
            long size = roundUp(request.bytes(), pool.bytes());
            if (pool.free() * pool.bytes() >= size) {
                try {
                    return allocate(request, size, pool.bytes());
                } catch (SystemCallException e) {
                    missed = ", " + e.getMessage(); // another process was quicker: smaller ones are next
                }
            }
        }
        if (wanted) {
            LOG.info("{} has pages of 4 KiB: {} bytes of huge pages are not free ({}{}); for more: sysctl vm.nr_hugepages=N", request.purpose(), request.bytes(),
                    hugePages.describe(request.node()), missed);
        }
        try {
            return allocate(request, roundUp(request.bytes(), PAGE), PAGE);
        } catch (SystemCallException e) {
            throw new DevException(DevError.NO_MEMORY, "%d bytes for %s: %s".formatted(request.bytes(), request.purpose(), e.getMessage()), e);
        }
    }

    private DmaMemory allocate(DmaRequest request, long size, long page) {
        refuse(request.purpose(), size);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment memory = mappings.allocate(size, page, request.node(), arena);
            return new Piece(memory, arena, placement.place(request, memory, page), request.node());
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** The kernel pins the pages, whatever they are; the memory stays its owner's. */
    @Override
    public DmaMemory map(String purpose, MemorySegment memory) {
        if (!memory.isNative() || memory.isReadOnly() || !memory.isAccessibleBy(Thread.ofPlatform().unstarted(() -> { })) || memory.address() % PAGE != 0
                || memory.byteSize() % PAGE != 0 || memory.byteSize() == 0) {
            throw new DevException(DevError.INVALID_PARAM, "%s of %s cannot be shown to devices: give whole pages of %d bytes, native, writable, of a shared arena or"
                    .formatted(memory, purpose, PAGE) + " the global one");
        }
        refuse(purpose, memory.byteSize());
        return new Piece(memory, Arena.ofShared(), placement.place(new DmaRequest(purpose, memory.byteSize(), PAGE, true, false), memory, PAGE), DmaRequest.ANY_NODE);
    }

    private void refuse(String purpose, long size) {
        String obstacle = placement.obstacle(size);
        if (!obstacle.isEmpty()) {
            throw new DevException(DevError.NO_MEMORY, "%d bytes for %s: %s".formatted(size, purpose, obstacle));
        }
    }

    private static long roundUp(long value, long to) {
        return (value + to - 1) / to * to;
    }
}
