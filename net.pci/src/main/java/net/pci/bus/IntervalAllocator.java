package net.pci.bus;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;

/**
 * Ranges of bus addresses out of one window, each at most once. First fit, with natural alignment; what is freed joins its neighbours. Address 0 is never
 * given out, because a BAR that contains it counts as unassigned. Not for several threads.
 */
public final class IntervalAllocator {
    private final long start;
    private final long end;
    /** Free ranges: first address to the address behind the last. No two touch. */
    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final Map<Long, Long> taken = new TreeMap<>();

    /**
     * @param start first address of the window, 0 or more
     * @param size bytes, 1 or more
     * @throws DevException INVALID_PARAM if the window does not lie between 0 and 2^63 - 1
     */
    public IntervalAllocator(long start, long size) {
        if (start < 0 || size < 1 || start > Long.MAX_VALUE - size) {
            throw new DevException(DevError.INVALID_PARAM, "no window of bus addresses: 0x%x bytes from 0x%x".formatted(size, start));
        }
        this.start = start;
        this.end = start + size;
        free.put(start, end);
    }

    /** First address of the window. */
    public long start() {
        return start;
    }

    /** The address behind the window. */
    public long end() {
        return end;
    }

    /**
     * Takes this very range.
     *
     * @return false if a part of it is outside or taken; nothing is changed then
     */
    public boolean reserve(long from, long size) {
        if (from < 0 || size < 1 || from > Long.MAX_VALUE - size) {
            return false;
        }
        Map.Entry<Long, Long> gap = free.floorEntry(from);
        if (gap == null || gap.getValue() < from + size) {
            return false;
        }
        take(gap, from, size);
        return true;
    }

    /**
     * Takes a range.
     *
     * @param size bytes, 1 or more
     * @param alignment of its first address, a power of two
     * @return its first address; empty if no gap is large enough
     */
    public OptionalLong allocate(long size, long alignment) {
        if (size < 1 || alignment < 1 || Long.bitCount(alignment) != 1) {
            throw new DevException(DevError.INVALID_PARAM, "0x%x bytes aligned to 0x%x".formatted(size, alignment));
        }
        for (Map.Entry<Long, Long> gap : free.entrySet()) {
            long first = Math.max(gap.getKey(), 1);
            if (first > Long.MAX_VALUE - (alignment - 1)) {
                break;
            }
            long at = first + alignment - 1 & -alignment;
            if (at < gap.getValue() && size <= gap.getValue() - at) {
                take(gap, at, size);
                return OptionalLong.of(at);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Gives a range back.
     *
     * @param from its first address, as reserved or allocated
     * @throws DevException BAD_STATE if no range starts there
     */
    public void free(long from) {
        Long size = taken.remove(from);
        if (size == null) {
            throw new DevException(DevError.BAD_STATE, "no range at 0x%x is taken".formatted(from));
        }
        long first = from;
        long last = from + size;
        Map.Entry<Long, Long> before = free.lowerEntry(from);
        if (before != null && before.getValue() == from) {
            first = before.getKey();
        }
        Long behind = free.remove(last);
        if (behind != null) {
            last = behind;
        }
        free.put(first, last);
    }

    /** Bytes of the largest gap. */
    public long largestGap() {
        return free.entrySet().stream().mapToLong(e -> e.getValue() - e.getKey()).max().orElse(0);
    }

    /** Bytes that are free. */
    public long freeBytes() {
        return free.entrySet().stream().mapToLong(e -> e.getValue() - e.getKey()).sum();
    }

    private void take(Map.Entry<Long, Long> gap, long from, long size) {
        long first = gap.getKey();
        long last = gap.getValue();
        free.remove(first);
        if (first < from) {
            free.put(first, from);
        }
        if (from + size < last) {
            free.put(from + size, last);
        }
        taken.put(from, size);
    }

    /** {@code 0xfe000000 to 0xfebfffff}. */
    @Override
    public String toString() {
        return "0x%x to 0x%x".formatted(start, end - 1);
    }
}
