package net.pci.bus;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.api.device.PciCapability;

/**
 * Reads the capability lists of a function. Each entry is visited once: a list that loops, leaves its part of configuration space or does not end is cut
 * there, and the rest of the function is usable.
 *
 * @param capabilities in the order of the lists
 * @param problems what was wrong, each a sentence
 */
public record CapabilityWalk(List<PciCapability> capabilities, List<String> problems) {
    /** As many four-byte aligned entries of four bytes as fit between 0x40 and 0xff. */
    private static final int LIMIT = 48;
    private static final int EXTENDED = 0x100;
    /** As many entries of eight bytes, the shortest that is of use, as fit between 0x100 and 0xfff. */
    private static final int EXTENDED_LIMIT = (4096 - EXTENDED) / 8;

    /** Walks the list that starts at 0x34 (PCI Local Bus 3.0, 6.7), and for PCI Express the one at 0x100 (PCI Express Base 4.0, 7.6.3). */
    public static CapabilityWalk of(ConfigSpace config) {
        List<PciCapability> found = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        if ((config.read16(ConfigSpace.STATUS) & ConfigSpace.STATUS_CAPABILITIES) != 0) {
            walk(config, found, problems);
        }
        if (found.stream().anyMatch(c -> c.id() == PciCapability.EXPRESS)) {
            walkExtended(config, found, problems);
        }
        return new CapabilityWalk(List.copyOf(found), List.copyOf(problems));
    }

    private static void walk(ConfigSpace config, List<PciCapability> found, List<String> problems) {
        BitSet visited = new BitSet();
        int from = ConfigSpace.CAPABILITIES;
        int at = config.read8(from);
        for (int n = 0; at != 0; n++) {
            String wrong = visited.get(at) ? "which was visited before" : at < 0x40 ? "inside of the header" : (at & 3) != 0 ? "which is not aligned"
                    : n == LIMIT ? "after " + LIMIT + " entries" : null;
            if (wrong == null && config.read8(at) == 0xff) {
                if (n == 0) {
                    return; // a host that shows the header only, as Linux does to users other than root
                }
                wrong = "where nothing answers";
            }
            if (wrong != null) {
                problems.add("capability list cut: 0x%02x points to 0x%02x, %s".formatted(from, at, wrong));
                return;
            }
            visited.set(at);
            found.add(new PciCapability(config.read8(at), at, false));
            from = at;
            at = config.read8(at + 1);
        }
    }

    private static void walkExtended(ConfigSpace config, List<PciCapability> found, List<String> problems) {
        BitSet visited = new BitSet();
        int from = EXTENDED;
        int at = EXTENDED;
        for (int n = 0; at != 0; n++) {
            String wrong = visited.get(at) ? "which was visited before" : at < EXTENDED ? "below 0x100" : (at & 3) != 0 ? "which is not aligned"
                    : n == EXTENDED_LIMIT ? "after " + EXTENDED_LIMIT + " entries" : null;
            int header = wrong == null ? config.read32(at) : 0;
            if (n == 0 && (header == 0 || header == -1)) {
                return; // an empty list, or a host that shows 256 bytes
            }
            if (wrong == null && header == -1) {
                wrong = "where nothing answers";
            }
            if (wrong != null) {
                problems.add("extended capability list cut: 0x%03x points to 0x%03x, %s".formatted(from, at, wrong));
                return;
            }
            visited.set(at);
            found.add(new PciCapability(header & 0xffff, at, true));
            from = at;
            at = header >>> 20;
        }
    }
}
