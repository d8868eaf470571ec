package net.pci.bus;

import java.util.Optional;
import net.api.host.PciAccess.Window;

/** The windows that a bridge passes on: base and limit registers. PCI-to-PCI Bridge 1.2, 3.2.5.6 to 3.2.5.10. */
final class BridgeWindows {
    private static final int IO = 0x1c;
    private static final int MEMORY = 0x20;
    private static final int PREFETCHABLE = 0x24;
    private static final int PREFETCHABLE_BASE_UPPER = 0x28;
    private static final int PREFETCHABLE_LIMIT_UPPER = 0x2c;
    private static final int IO_UPPER = 0x30;
    /** A base above its limit closes a window. */
    private static final int CLOSED = 0x0000_fff0;
    private static final int IO_CLOSED = 0x00f0;
    private static final int MIB_MASK = 0xf_ffff;

    private BridgeWindows() {
    }

    /** The bridge can pass on addresses of this kind; above 4 GiB only prefetchable ones, if it says so. */
    static boolean has(ConfigSpace config, Window.Kind kind) {
        return kind != Window.Kind.MEMORY_64 || (config.read16(PREFETCHABLE) & 0xf) == 1;
    }

    /** The window that the bridge passes on now; empty if it is closed or was never set. */
    static Optional<Window> read(ConfigSpace config, Window.Kind kind) {
        long base;
        long limit;
        switch (kind) {
            case IO -> {
                int low = config.read16(IO);
                int high = (low & 0xf) == 1 ? config.read32(IO_UPPER) : 0;
                base = (low & 0xf0) << 8 | (high & 0xffffL) << 16;
                limit = low & 0xf000 | 0xfff | (high >>> 16 & 0xffffL) << 16;
            }
            case MEMORY_32 -> {
                int both = config.read32(MEMORY);
                base = (both & 0xfff0L) << 16;
                limit = both >>> 16 << 16 & 0xfff0_0000L | MIB_MASK;
            }
            default -> {
                int both = config.read32(PREFETCHABLE);
                if ((both & 0xf) != 1) {
                    return Optional.empty();
                }
                base = (both & 0xfff0L) << 16 | (long) config.read32(PREFETCHABLE_BASE_UPPER) << 32;
                limit = both >>> 16 << 16 & 0xfff0_0000L | MIB_MASK | (long) config.read32(PREFETCHABLE_LIMIT_UPPER) << 32;
            }
        }
        return base <= 0 || limit < base || limit == Long.MAX_VALUE ? Optional.empty() : Optional.of(new Window(kind, base, limit - base + 1));
    }

    /** Opens the bridge for the windows of the bus behind it, closes the others, and lets transfers through both ways. */
    static void program(ConfigSpace config, BusSpace below) {
        config.command(0, ConfigSpace.COMMAND_IO | ConfigSpace.COMMAND_MEMORY);
        if (below.io().isEmpty()) {
            config.write16(IO, IO_CLOSED);
        } else {
            IntervalAllocator w = below.io().getFirst();
            long limit = w.end() - 1;
            config.write16(IO, (int) (w.start() >>> 8 & 0xf0 | limit & 0xf000));
            config.write32(IO_UPPER, (int) (w.start() >>> 16 & 0xffff | limit & 0xffff_0000L));
        }
        config.write32(MEMORY, below.memory().isEmpty() ? CLOSED : baseAndLimit(below.memory().getFirst()));
        if (below.wide().isEmpty()) {
            config.write32(PREFETCHABLE, CLOSED);
            config.write32(PREFETCHABLE_BASE_UPPER, 0);
            config.write32(PREFETCHABLE_LIMIT_UPPER, 0);
        } else {
            IntervalAllocator w = below.wide().getFirst();
            config.write32(PREFETCHABLE, baseAndLimit(w));
            config.write32(PREFETCHABLE_BASE_UPPER, (int) (w.start() >>> 32));
            config.write32(PREFETCHABLE_LIMIT_UPPER, (int) (w.end() - 1 >>> 32));
        }
        config.command(ConfigSpace.COMMAND_IO | ConfigSpace.COMMAND_MEMORY | ConfigSpace.COMMAND_MASTER, 0);
    }

    private static int baseAndLimit(IntervalAllocator w) {
        return (int) (w.start() >>> 16 & 0xfff0 | w.end() - 1 & 0xfff0_0000L);
    }
}
