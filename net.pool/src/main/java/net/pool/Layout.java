package net.pool;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
     * Buffers of a pool, free, in memory of theirs.
     *
     * @param before every buffer that there was before, by its index
     * @param first index of the first one that the memory is for: one that was there before, or the next
     * @param n how many
     * @return {@code before}, or a longer one that begins with the same; those that were there before have their place in the memory now
     * @throws DevException NO_MEMORY if fewer buffers fit; INVALID_PARAM if buffers are larger than the memory's pages and device addresses jump within them, or
     *         if one that must be below 4 GiB is not
     */
    static NetBuf[] place(NetBufPool pool, PoolSpec spec, DmaMemory memory, NetBuf[] before, int first, int n) {
        Spacing spacing = Spacing.in(spec, memory.pageSize(), memory.size(), n);
        long fit = spacing.fit(memory.size());
        if (spacing.bytes(n) > memory.size()) {
            throw new DevException(DevError.NO_MEMORY, "pool %s: asked for %d buffers of %d bytes, got %d bytes of memory in pages of %d: %d buffers"
                    .formatted(spec.name(), n, spec.stride(), memory.size(), memory.pageSize(), fit));
        }
        long[] iova = new long[n];
        for (int i = 0; i < n; i++) {
            iova[i] = iova(spec, memory, spacing.offset(i));
        }
        NetBuf[] all = first + n <= before.length ? before : Arrays.copyOf(before, first + n);
        MemorySegment segment = memory.segment();
        int capacity = NetBufPool.HEADROOM + spec.dataRoom();
        for (int i = 0; i < n; i++) {
            long at = spacing.offset(i);
            if (all[first + i] == null) {
                all[first + i] = new NetBuf(pool, first + i, segment, at, capacity, NetBufPool.HEADROOM, iova[i]);
            } else {
                all[first + i].refer(segment, at, capacity, iova[i]);
            }
        }
        return all;
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
