package net.linux.device;

import java.util.OptionalLong;

/** Device addresses, given out and taken back. Any thread. */
public final class IovaSpace {
    /** Below is the first megabyte, where some devices see a PC's memory holes. */
    static final long FIRST = 1 << 20;
    static final long FOUR_GIB = 1L << 32;
    /** As far as the smallest IOMMU in use reaches: three levels of 9 bits above pages of 4 KiB. Intel VT-d 4.1, 3.6, adjusted width of 39 bits. */
    static final long END = 1L << 39;

    private final Ranges ranges = new Ranges();

    /** Takes a range out for ever, such as the one of interrupt messages. It may overlap others of the kind. */
    public void reserve(long first, long last) {
        if (last >= first && first < END) {
            ranges.reserve(first, last + 1);
        }
    }

    /**
     * Takes the lowest range that is free: above 4 GiB if it may be there.
     *
     * @param alignment a power of two
     */
    public OptionalLong take(long size, long alignment, boolean below4GiB) {
        return ranges.take(below4GiB ? FIRST : FOUR_GIB, below4GiB ? FOUR_GIB : END, size, alignment);
    }

    /** Gives back what {@link #take} gave. */
    public void give(long start) {
        ranges.give(start);
    }
}
