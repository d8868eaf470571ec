package net.driver.virtio;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import net.api.RegisterValue;
import net.api.driver.Access;
import net.api.driver.Register;
import net.hw.virtio.CommonConfig;
import net.hw.virtio.NetConfig;

/** The registers that can be read without changing anything: all of the tables but those that reading clears. */
final class RegisterDump {
    private RegisterDump() {
    }

    /**
     * Offsets are those in the BARs; those that depend on a selector show what is selected.
     *
     * @param offered what the device offers: it decides which fields its configuration has
     */
    static List<RegisterValue> read(VirtioPci pci, long offered) {
        List<Line> lines = new ArrayList<>();
        for (CommonConfig r : CommonConfig.values()) {
            if (pci.has(r)) {
                add(lines, pci.common(), r);
            }
        }
        for (NetConfig r : NetConfig.values()) {
            if (pci.has(r) && r.isThere(offered)) {
                add(lines, pci.device(), r);
            }
        }
        return lines.stream().sorted(Comparator.comparingInt(Line::bar).thenComparingLong(l -> l.value.offset())).map(Line::value).toList();
    }

    private record Line(int bar, RegisterValue value) {
    }

    private static void add(List<Line> lines, VirtioPci.Structure s, Register r) {
        if (r.access() == Access.RC || r.access() == Access.WO) {
            return;
        }
        String name = r.name().toLowerCase(Locale.ROOT);
        for (int i = 0; i < r.count(); i++) {
            lines.add(new Line(s.bar(), new RegisterValue(r.count() == 1 ? name : name + "[" + i + "]", s.offset() + r.at(i), r.width(), value(s, r, i),
                    r.meaning())));
        }
    }

    private static long value(VirtioPci.Structure s, Register r, int i) {
        if (r.width() == 8) {
            long at = s.offset() + r.at(i);
            return s.window().read32(at) & 0xffff_ffffL | (long) s.window().read32(at + 4) << 32;
        }
        long mask = -1L >>> 64 - 8 * r.width();
        return VirtioPci.read(s, r, i) & mask;
    }
}
