package net.pci.bus;

import java.util.ArrayList;
import java.util.List;
import net.api.device.PciBar;

/** Finds out which BARs a function has, and how large they are. PCI Local Bus 3.0, 6.2.5.1. */
public final class BarSizer {
    private BarSizer() {
    }

    /**
     * Writes all ones to each BAR, with decoding off, and looks which bits stay. Whatever happens, BARs and command register are as before afterwards.
     *
     * @param count BARs in the header: 6, a bridge 2
     * @param problems gets a sentence for every BAR that makes no sense; it is left out
     */
    public static List<PciBar> size(ConfigSpace config, int count, List<String> problems) {
        List<PciBar> bars = new ArrayList<>();
        int command = config.read16(ConfigSpace.COMMAND);
        config.write16(ConfigSpace.COMMAND, command & ~(ConfigSpace.COMMAND_IO | ConfigSpace.COMMAND_MEMORY));
        try {
            for (int i = 0; i < count; i++) {
                int low = config.read32(offset(i));
                boolean wide = isWide(low);
                if (wide && i + 1 == count) {
                    problems.add("BAR " + i + " claims 64 bits but is the last one");
                    break;
                }
                PciBar bar = sizeOne(config, i, low, wide ? config.read32(offset(i + 1)) : 0, problems);
                if (bar != null) {
                    bars.add(bar);
                }
                if (wide) {
                    i++;
                }
            }
        } finally {
            config.write16(ConfigSpace.COMMAND, command);
        }
        return List.copyOf(bars);
    }

    /** Where BAR {@code index} is in configuration space. */
    static int offset(int index) {
        return ConfigSpace.BAR0 + 4 * index;
    }

    private static boolean isWide(int low) {
        return (low & 1) == 0 && (low & 6) == 4;
    }

    private static PciBar sizeOne(ConfigSpace config, int index, int low, int high, List<String> problems) {
        boolean io = (low & 1) != 0;
        boolean wide = isWide(low);
        int offset = offset(index);
        int lowMask;
        int highMask = -1;
        try {
            config.write32(offset, -1);
            lowMask = config.read32(offset);
            if (wide) {
                config.write32(offset + 4, -1);
                highMask = config.read32(offset + 4);
            }
            if (lowMask == low && low != 0 && highMask == (wide ? high : -1)) {
                config.write32(offset, 0);
                if (config.read32(offset) == low) {
                    problems.add("BAR " + index + " cannot be sized: configuration writes are ignored");
                    return null;
                }
            }
        } finally {
            config.write32(offset, low);
            if (wide) {
                config.write32(offset + 4, high);
            }
        }
        if (lowMask == 0 || low == -1) {
            return null; // not there, or the function is gone
        }
        int flags = io ? 3 : 0xf;
        long mask = (long) highMask << 32 | lowMask & ~flags & 0xffff_ffffL;
        if (io && (mask & 0xffff_0000L) == 0) {
            mask |= 0xffff_0000L; // 16-bit ports: the upper half may be hard-wired to zero
        }
        long size = Long.lowestOneBit(mask);
        if (size <= 0 || mask != -size) {
            problems.add("BAR %d has the size mask 0x%x, which is no power of two".formatted(index, mask));
            return null;
        }
        long address = (long) high << 32 | low & ~flags & 0xffff_ffffL;
        PciBar.Type type = io ? PciBar.Type.IO : wide ? PciBar.Type.MEMORY_64 : PciBar.Type.MEMORY_32;
        return new PciBar(index, type, !io && (low & 8) != 0, address, size);
    }
}
