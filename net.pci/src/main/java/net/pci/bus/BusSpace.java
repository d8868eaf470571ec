package net.pci.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PciBar;
import net.api.host.PciAccess.Window;

/**
 * The addresses that the functions of one bus can have: the host's windows on a root bus, what the bridge passes on below.
 *
 * @param io ports
 * @param memory below 4 GiB
 * @param wide above 4 GiB
 * @param wideOnlyPrefetchable only prefetchable BARs may be in {@code wide}: a bridge passes nothing else above 4 GiB. PCI-to-PCI Bridge 1.2, 3.2.5.9
 */
record BusSpace(List<IntervalAllocator> io, List<IntervalAllocator> memory, List<IntervalAllocator> wide, boolean wideOnlyPrefetchable) {
    private static final long FOUR_GIB = 1L << 32;

    /** A range that was taken. */
    record Claim(IntervalAllocator from, long address) {
        void free() {
            from.free(address);
        }
    }

    static BusSpace ofRoot(List<Window> windows) {
        BusSpace space = ofBridge();
        for (Window w : windows) {
            IntervalAllocator allocator = new IntervalAllocator(w.start(), w.size());
            if (w.kind() != Window.Kind.MEMORY_64 && allocator.end() > FOUR_GIB || w.kind() == Window.Kind.MEMORY_64 && w.start() < FOUR_GIB) {
                throw new DevException(DevError.INVALID_PARAM, "window %s of kind %s is on the wrong side of 4 GiB".formatted(allocator, w.kind()));
            }
            space.list(w.kind()).add(allocator);
        }
        return new BusSpace(space.io, space.memory, space.wide, false);
    }

    static BusSpace ofBridge() {
        return new BusSpace(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), true);
    }

    List<IntervalAllocator> list(Window.Kind kind) {
        return switch (kind) {
            case IO -> io;
            case MEMORY_32 -> memory;
            case MEMORY_64 -> wide;
        };
    }

    /** Where a BAR may be, best place first. */
    List<Window.Kind> kinds(PciBar bar) {
        return switch (bar.type()) {
            case IO -> List.of(Window.Kind.IO);
            case MEMORY_32 -> List.of(Window.Kind.MEMORY_32);
            case MEMORY_64 -> wideOnlyPrefetchable && !bar.prefetchable() ? List.of(Window.Kind.MEMORY_32)
                    : List.of(Window.Kind.MEMORY_64, Window.Kind.MEMORY_32);
        };
    }

    /** Takes the place where a BAR is, if it is in a window, aligned, and nobody else's. */
    Optional<Claim> keep(PciBar bar) {
        if (bar.address() == 0 || bar.address() % bar.size() != 0) {
            return Optional.empty();
        }
        return kinds(bar).stream().flatMap(k -> list(k).stream()).filter(a -> a.reserve(bar.address(), bar.size())).findFirst()
                .map(a -> new Claim(a, bar.address()));
    }

    /** Takes a place. */
    Optional<Claim> allocate(Window.Kind kind, long size, long alignment) {
        for (IntervalAllocator a : list(kind)) {
            OptionalLong at = a.allocate(size, alignment);
            if (at.isPresent()) {
                return Optional.of(new Claim(a, at.getAsLong()));
            }
        }
        return Optional.empty();
    }

    /** What there is, for messages. */
    String describe(Window.Kind kind) {
        List<IntervalAllocator> all = list(kind);
        if (all.isEmpty()) {
            return "no window";
        }
        return "largest gap 0x%x bytes in %s".formatted(all.stream().mapToLong(IntervalAllocator::largestGap).max().orElse(0), all);
    }
}
