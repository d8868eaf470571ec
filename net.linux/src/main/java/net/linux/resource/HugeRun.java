package net.linux.resource;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import net.api.DevException;
import net.api.host.DmaRequest;
import net.linux.device.Ranges;
import net.linux.resource.HugeFiles.HugeFile;

/** Huge pages that were taken together, and what of them is in use. */
final class HugeRun {
    private static final long FOUR_GIB = 1L << 32;

    private final HugeFile file;
    private final long page;
    private final int node;
    private final long[] physical;
    private final Ranges used = new Ranges();

    /** @param page bytes of its pages */
    HugeRun(HugeFile file, long page, int node, Frames frames) {
        this.file = file;
        this.page = page;
        this.node = node;
        physical = new long[Math.toIntExact(file.memory().byteSize() / page)];
        for (int i = 0; i < physical.length; i++) {
            physical[i] = frames.physical(addressOf(i));
        }
    }

    private long addressOf(int pageNumber) {
        return file.memory().address() + pageNumber * page;
    }

    /** Room for this, where it may be. Pages are aligned to their size, so what is aligned in one is aligned for devices. */
    OptionalLong take(DmaRequest request, long size) {
        boolean placed = node == request.node() && (!request.below4GiB() || isLow()) && (!request.contiguous() || isContiguous() || size <= page)
                && request.alignment() <= page;
        return placed ? used.take(0, file.memory().byteSize(), size, Math.max(request.alignment(), Long.BYTES)) : OptionalLong.empty();
    }

    /** Takes back what {@link #take} gave; true if nothing is in use any more. */
    boolean give(long offset) {
        used.give(offset);
        return used.isEmpty();
    }

    MemorySegment memory() {
        return file.memory();
    }

    long physical(long offset) {
        return physical[(int) (offset / page)] + offset % page;
    }

    long page() {
        return page;
    }

    boolean isContiguous() {
        for (int i = 1; i < physical.length; i++) {
            if (physical[i] != physical[i - 1] + page) {
                return false;
            }
        }
        return true;
    }

    private boolean isLow() {
        for (long p : physical) {
            if (p + page > FOUR_GIB) {
                return false;
            }
        }
        return true;
    }

    /** What happened to the pages, in a sentence; "" if they are where they were. */
    String moved(Frames frames) {
        for (int i = 0; i < physical.length; i++) {
            String now;
            try {
                long at = frames.physical(addressOf(i));
                if (at == physical[i]) {
                    continue;
                }
                now = "is at 0x%x".formatted(at);
            } catch (DevException e) {
                now = "cannot be found: " + e.getMessage();
            }
            return "the kernel moved memory that devices write to: the huge page at 0x%x %s".formatted(physical[i], now);
        }
        return "";
    }

    void close() {
        file.close();
    }
}
