package net.pool;

import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.device.DmaMemory;

/** Where the buffers of a pool lie in its memory. */
final class Layout {
    private Layout() {
    }

    /**
     * All buffers of a pool, free, by their index.
     *
     * @throws DevException NO_MEMORY if fewer buffers fit; INVALID_PARAM if buffers are larger than the memory's pages and device addresses jump within them, or
     *         if one that must be below 4 GiB is not
     */
    static NetBuf[] buffers(NetBufPool pool, PoolSpec spec, DmaMemory memory) {
        long fit = spec.fit(memory.size(), memory.pageSize());
        if (fit < spec.buffers()) {
            throw new DevException(DevError.NO_MEMORY, "pool %s: asked for %d buffers of %d bytes, got %d bytes of memory in pages of %d: %d buffers"
                    .formatted(spec.name(), spec.buffers(), spec.stride(), memory.size(), memory.pageSize(), fit));
        }
        NetBuf[] buffers = new NetBuf[spec.buffers()];
        MemorySegment segment = memory.segment();
        for (int i = 0; i < buffers.length; i++) {
            long at = spec.offset(i, memory.pageSize());
            buffers[i] = new NetBuf(pool, i, segment, at, NetBufPool.HEADROOM + spec.dataRoom(), NetBufPool.HEADROOM, iova(spec, memory, at));
        }
        return buffers;
    }

    /** The device address of a buffer, which must not jump within it. */
    private static long iova(PoolSpec spec, DmaMemory memory, long at) {
        if (!isContiguous(memory, at, spec.stride())) {
            throw new DevException(DevError.INVALID_PARAM, "pool %s: a buffer takes %d bytes, and device addresses are contiguous only within pages of %d: "
                    .formatted(spec.name(), spec.stride(), memory.pageSize()) + "give a smaller dataRoom, or contiguous memory");
        }
        long iova = memory.iova(at);
        if (spec.below4GiB() && iova + spec.stride() - 1 >>> 32 != 0) {
            throw new DevException(DevError.INVALID_PARAM, "pool %s: a buffer has device address 0x%x, and none may be beyond 4 GiB: let the host lend the memory"
                    .formatted(spec.name(), iova));
        }
        return iova;
    }

    /** Device addresses do not jump within {@code n} bytes at {@code at}. */
    static boolean isContiguous(DmaMemory memory, long at, long n) {
        long first = memory.iova(at);
        long page = memory.pageSize();
        for (long border = at / page * page + page; border < at + n; border += page) {
            if (memory.iova(border) != first + border - at) {
                return false;
            }
        }
        return true;
    }
}
