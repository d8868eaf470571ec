package net.linux.device;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Ranges of a line of numbers, given out and taken back. Any thread. */
public final class Ranges {
    /** What is taken: first number to the one behind the last. */
    private final TreeMap<Long, Long> taken = new TreeMap<>();

    /** Takes a range out for ever. It may overlap others of the kind. */
    public synchronized void reserve(long from, long to) {
        long start = from;
        long end = to;
        for (Map.Entry<Long, Long> e = taken.lowerEntry(end); e != null && e.getValue() >= start; e = taken.lowerEntry(end)) {
            start = Math.min(start, e.getKey());
            end = Math.max(end, e.getValue());
            taken.remove(e.getKey());
        }
        taken.put(start, end);
    }

    /**
     * Takes the lowest range that is free.
     *
     * @param from lowest number that it may begin with
     * @param end the number behind the highest that it may have
     * @param alignment of its begin, a power of two
     */
    public synchronized OptionalLong take(long from, long end, long size, long alignment) {
        long at = aligned(from, alignment);
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

    /** Nothing is taken. */
    public synchronized boolean isEmpty() {
        return taken.isEmpty();
    }

    private static long aligned(long value, long alignment) {
        return (value + alignment - 1) & -alignment;
    }
}
