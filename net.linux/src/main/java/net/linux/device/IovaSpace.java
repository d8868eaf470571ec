package net.linux.device;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Device addresses, given out and taken back. Any thread. */
public final class IovaSpace {
    /** Below is the first megabyte, where some devices see a PC's memory holes. */
    static final long FIRST = 1 << 20;
    static final long FOUR_GIB = 1L << 32;
    /** As far as the smallest IOMMU in use reaches: three levels of 9 bits above pages of 4 KiB. Intel VT-d 4.1, 3.6, adjusted width of 39 bits. */
    static final long END = 1L << 39;

    /** What is taken: first address to the one behind the last. */
    private final TreeMap<Long, Long> taken = new TreeMap<>();

    /** Takes a range out for ever, such as the one of interrupt messages. It may overlap others of the kind. */
    public synchronized void reserve(long first, long last) {
        if (last < first || first >= END) {
            return;
        }
        long start = first;
        long end = last + 1;
        for (Map.Entry<Long, Long> e = taken.lowerEntry(end); e != null && e.getValue() >= start; e = taken.lowerEntry(end)) {
            start = Math.min(start, e.getKey());
            end = Math.max(end, e.getValue());
            taken.remove(e.getKey());
        }
        taken.put(start, end);
    }

    /**
     * Takes the lowest range that is free: above 4 GiB if it may be there.
     *
     * @param alignment a power of two
     */
    public synchronized OptionalLong take(long size, long alignment, boolean below4GiB) {
        long at = aligned(below4GiB ? FIRST : FOUR_GIB, alignment);
        long end = below4GiB ? FOUR_GIB : END;
        for (Map.Entry<Long, Long> e = taken.lowerEntry(at + size); at + size <= end; e = taken.lowerEntry(at + size)) {
            if (e == null || e.getValue() <= at) {
                taken.put(at, at + size);
                return OptionalLong.of(at);
            }
            at = aligned(e.getValue(), alignment);
        }
        return OptionalLong.empty();
    }

    /** Gives back what {@link #take} gave. */
    public synchronized void give(long start) {
        taken.remove(start);
    }

    private static long aligned(long value, long alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
