package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;

/**
 * The memory of a machine outside of this program that a function may access: pieces by device address, without overlaps. An IOMMU that maps page by page
 * makes many small ones, and a ring or a buffer may lie in several that adjoin: the machine joins those when they are accessed. Under the engine's lock.
 */
final class ForeignMemory {
    /** Most pieces in all joints, so that no machine makes more mappings than a process may have. */
    static final int MOST_JOINED = 16_384;
    private static final DmaSpace.Window[] NONE = {};

    private final ForeignSlot.Listener machine;
    // By device address.
    private DmaSpace.Window[] pieces = NONE;
    private final Map<Range, Joint> joints = new HashMap<>();
    private int joined;

    private record Range(long from, long bytes) {
    }

    private record Joint(DmaSpace.Window window, int pieces, Arena arena) {
        void close() {
            window.open = false;
            arena.close();
        }
    }

    ForeignMemory(ForeignSlot.Listener machine) {
        this.machine = machine;
    }

    /**
     * Adds a piece.
     *
     * @throws DevException ALREADY_EXISTS if other memory is there
     */
    void map(long address, MemorySegment memory) {
        int i = last(address) + 1;
        if (i > 0) {
            overlap(pieces[i - 1], address, memory.byteSize());
        }
        if (i < pieces.length) {
            overlap(pieces[i], address, memory.byteSize());
        }
        DmaSpace.Window[] more = new DmaSpace.Window[pieces.length + 1];
        System.arraycopy(pieces, 0, more, 0, i);
        more[i] = new DmaSpace.Window(memory, address);
        System.arraycopy(pieces, i, more, i + 1, pieces.length - i);
        pieces = more;
    }

    private static void overlap(DmaSpace.Window w, long address, long size) {
        long distance = address - w.iova;
        if (Long.compareUnsigned(distance, w.segment.byteSize()) < 0 || Long.compareUnsigned(-distance, size) < 0) {
            throw new DevException(DevError.ALREADY_EXISTS, "%d bytes at 0x%x overlap the %d bytes at 0x%x: unmap those first".formatted(size, address,
                    w.segment.byteSize(), w.iova));
        }
    }

    /** Takes the piece that begins there away, and every joint that it is in; false if none does. */
    boolean unmap(long address) {
        int i = last(address);
        if (i < 0 || pieces[i].iova != address) {
            return false;
        }
        DmaSpace.Window w = pieces[i];
        w.open = false;
        DmaSpace.Window[] fewer = new DmaSpace.Window[pieces.length - 1];
        System.arraycopy(pieces, 0, fewer, 0, i);
        System.arraycopy(pieces, i + 1, fewer, i, fewer.length - i);
        pieces = fewer;
        for (Iterator<Joint> all = joints.values().iterator(); all.hasNext();) {
            Joint j = all.next();
            if (Long.compareUnsigned(address - j.window.iova, j.window.segment.byteSize()) < 0) {
                all.remove();
                joined -= j.pieces;
                j.close();
            }
        }
        return true;
    }

    /** Takes all of it away. */
    void clear() {
        Arrays.stream(pieces).forEach(w -> w.open = false);
        pieces = NONE;
        joints.values().forEach(Joint::close);
        joints.clear();
        joined = 0;
    }

    /** As {@link Machine#memory}. */
    DmaSpace.Window find(long iova, long length) {
        int i = last(iova);
        if (i < 0 || length < 0) {
            return null;
        }
        DmaSpace.Window w = pieces[i];
        // Negative when it is 2^63 bytes and more.
        long distance = iova - w.iova;
        long behind = w.segment.byteSize() - distance;
        if (distance < 0 || behind < 0) {
            return null;
        }
        return length <= behind ? w : across(i, length - behind);
    }

    /** What begins in a piece and has so many bytes behind it. */
    private DmaSpace.Window across(int first, long bytes) {
        int end = first;
        for (long left = bytes; left > 0; left -= pieces[end].segment.byteSize()) {
            DmaSpace.Window w = pieces[end++];
            if (end == pieces.length || pieces[end].iova != w.iova + w.segment.byteSize()) {
                return null;
            }
        }
        Range range = new Range(pieces[first].iova, pieces[end].iova + pieces[end].segment.byteSize() - pieces[first].iova);
        Joint joint = joints.get(range);
        if (joint == null) {
            joint = join(first, end + 1);
            if (joint == null) {
                return null;
            }
            joints.put(range, joint);
            joined += joint.pieces;
        }
        return joint.window;
    }

    private Joint join(int from, int to) {
        if (joined + (to - from) > MOST_JOINED) {
            return null;
        }
        List<MemorySegment> parts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            parts.add(pieces[i].segment);
        }
        Arena arena = Arena.ofShared();
        MemorySegment all = null;
        try {
            all = machine.join(parts, arena);
        } finally {
            if (all == null) {
                arena.close();
            }
        }
        return all == null ? null : new Joint(new DmaSpace.Window(all, pieces[from].iova), to - from, arena);
    }

    /** The last piece that does not begin behind an address; -1 without. */
    private int last(long address) {
        int from = 0;
        int to = pieces.length;
        while (from < to) {
            int middle = from + to >>> 1;
            if (Long.compareUnsigned(pieces[middle].iova, address) <= 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from - 1;
    }
}
