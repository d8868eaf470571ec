package net.api.driver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import net.api.RegisterValue;
import net.api.device.Mmio;

/** Collects the registers that can be read without changing anything: {@link net.api.NetDriverOps#registers}. */
public final class RegisterDump {
    private final List<Line> lines = new ArrayList<>();

    private record Line(int index, RegisterValue value) {
    }

    /**
     * Reads a line of a table, all its registers; not those that reading clears or that cannot be read.
     *
     * @param index of the window, as {@link Attachment#map}: the first order of the dump
     * @param base where in the window the table begins, in bytes
     */
    public void add(int index, Mmio window, long base, Register r) {
        add(index, window, base, r, r.count());
    }

    /** As {@link #add(int, Mmio, long, Register)}, only the first {@code count} of its registers. */
    public void add(int index, Mmio window, long base, Register r, int count) {
        if (r.access() == Access.RC || r.access() == Access.WO) {
            return;
        }
        String name = r.name().toLowerCase(Locale.ROOT);
        for (int i = 0; i < count; i++) {
            long at = base + r.at(i);
            lines.add(new Line(index, new RegisterValue(r.count() == 1 ? name : name + "[" + i + "]", at, r.width(), value(window, at, r.width()), r.meaning())));
        }
    }

    private static long value(Mmio window, long at, int width) {
        return switch (width) {
            case 1 -> window.read8(at);
            case 2 -> window.read16(at);
            case 4 -> window.read32(at) & 0xffff_ffffL;
            default -> window.read32(at) & 0xffff_ffffL | (long) window.read32(at + 4) << 32;
        };
    }

    /** What was collected, in order of window and offset. */
    public List<RegisterValue> values() {
        return lines.stream().sorted(Comparator.comparingInt(Line::index).thenComparingLong(l -> l.value.offset())).map(Line::value).toList();
    }
}
