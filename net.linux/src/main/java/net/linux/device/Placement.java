package net.linux.device;

import java.lang.foreign.MemorySegment;
import net.api.host.DmaRequest;

/** Where devices see memory. */
public interface Placement {
    /** A piece that devices see. */
    interface Placed {
        /** Device addresses do not jump within pages of so many bytes. */
        long pageSize();

        /** The page size of a piece whose device addresses do not jump: as large as all of it. */
        static long ofOnePiece(long size) {
            return Long.highestOneBit(size) == size ? size : Long.highestOneBit(size) << 1;
        }

        /** Where devices see the byte at an offset that is within. */
        long iova(long offset);

        /** Devices see it no more. */
        void remove();
    }

    /** Why so much more memory cannot be placed, as far as that can be known before; "" if nothing is known against it. */
    String obstacle(long bytes);

    /**
     * Makes the memory visible.
     *
     * @param memory whole pages
     * @param page size of these pages
     * @throws net.api.DevException why it cannot be
     */
    Placed place(DmaRequest request, MemorySegment memory, long page);
}
