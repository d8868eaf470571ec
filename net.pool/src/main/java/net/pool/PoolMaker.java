package net.pool;

import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes pools in a host's DMA memory. */
public final class PoolMaker {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMaker.class);
    private static final long SMALLEST_PAGE = 4096;

    private PoolMaker() {
    }

    /**
     * A pool that a host's devices reach, under an id of its own. If the host has less memory than asked for, the pool gets half as many buffers, or half of
     * that, and so on, with a warning in the log; {@link BufferPool#capacity} tells how many.
     *
     * @throws DevException NO_MEMORY if there is none at all, with what was asked and what the host said; UNSUPPORTED if the host lends no memory
     */
    public static BufferPool make(DeviceHost host, PoolSpec spec) {
        PoolSpec smaller = spec;
        String reason = "";
        for (;;) {
            try {
                BufferPool pool = attempt(host, smaller);
                if (smaller != spec) {
                    LOG.warn("Pool {} of host {}: asked for {} buffers of {} bytes, got {}: {}", spec.name(), host.name(),
                            spec.buffers(), spec.stride(), smaller.buffers(), reason);
                }
                return pool;
            } catch (DevException e) {
                // What was said of all of them tells what is missing, and what to do about it.
                reason = reason.isEmpty() ? e.getMessage() : reason;
                if (e.error() != DevError.NO_MEMORY || smaller.buffers() == 1) {
                    throw e.error() != DevError.NO_MEMORY ? e : new DevException(DevError.NO_MEMORY, "pool %s of host %s: asked for %d buffers of %d bytes, got 0: %s"
                            .formatted(spec.name(), host.name(), spec.buffers(), spec.stride(), reason), e);
                }
                smaller = smaller.withBuffers(smaller.buffers() / 2);
            }
        }
    }

    /**
     * A pool in memory that the caller has and keeps, under an id of its own: as many buffers as the spec says must fit.
     *
     * @param memory as {@link DeviceHost#mapDma} wants it; its arena may be closed when the last buffer is back, see {@link BufferPool#missing}
     * @throws DevException NO_MEMORY if fewer buffers fit; UNSUPPORTED if the host cannot map memory of others; INVALID_PARAM if the memory is not such, or if
     *         its device addresses are not as the spec wants them
     */
    public static BufferPool make(DeviceHost host, PoolSpec spec, MemorySegment memory) {
        if (spec.growth().isElastic()) {
            throw new DevException(DevError.INVALID_PARAM, "pool %s of host %s: memory of the caller's does not grow: leave growth at none".formatted(spec.name(),
                    host.name()));
        }
        return in(host, spec, host.mapDma("pool " + spec.name(), memory));
    }

    private static BufferPool attempt(DeviceHost host, PoolSpec spec) {
        return in(host, spec, memory(host, spec, spec.growth().isElastic() ? spec.growth().min() : spec.buffers()));
    }

    /** Pages are known only afterwards: if they are too small, or waste more than was foreseen, the memory is given back and asked for otherwise. */
    private static DmaMemory memory(DeviceHost host, PoolSpec spec, int buffers) {
        DmaMemory memory = allocate(host, spec, Spacing.of(spec, Long.MAX_VALUE).bytes(buffers), false);
        long page = memory.pageSize();
        if (page < spec.stride() || Spacing.of(spec, page).bytes(buffers) > memory.size()) {
            memory.close();
            memory = allocate(host, spec, Spacing.of(spec, page).bytes(buffers), page < spec.stride());
        }
        return memory;
    }

    private static BufferPool in(DeviceHost host, PoolSpec spec, DmaMemory memory) {
        int id = 0;
        try {
            id = PoolIds.next();
            int own = id;
            return new BufferPool(spec, id, host.name(), memory, n -> memory(host, spec, n), () -> PoolIds.free(own), host::mapDma);
        } catch (RuntimeException | Error e) {
            PoolIds.free(id);
            memory.close();
            throw e;
        }
    }

    private static DmaMemory allocate(DeviceHost host, PoolSpec spec, long bytes, boolean contiguous) {
        return host.allocateDma(new DmaRequest("pool " + spec.name(), bytes, SMALLEST_PAGE, contiguous, spec.below4GiB(), spec.numa()));
    }
}
