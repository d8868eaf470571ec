package net.pci.bus;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.api.device.PciAddress;
import net.api.host.PciAccess;

/**
 * Finds the functions of a host: from each root bus through the bridges, 32 devices a bus, functions 1 to 7 only where function 0 says so. Only reads,
 * except that bridges without bus numbers get some if the host has windows, that is, no firmware. PCI-to-PCI Bridge 1.2, 3.2.5.
 */
public final class PciScanner {
    /**
     * A function that answered.
     *
     * @param address where it is
     * @param bridge the bridge above it, null on a root bus
     * @param headerType layout of its header: 0 ordinary, 1 bridge
     * @param id vendor id in the low 16 bits, device id above
     * @param classRevision class code in bits 31 to 8, revision below
     * @param subsystem subsystem vendor id in the low 16 bits, subsystem id above; 0 if there is none
     * @param numbered it is a bridge that had its bus numbers before
     */
    public record Found(PciAddress address, PciAddress bridge, int headerType, int id, int classRevision, int subsystem, boolean numbered) {
        /** It leads to another bus. */
        public boolean isBridge() {
            return headerType == 1;
        }
    }

    /**
     * What a scan found.
     *
     * @param functions each bridge before what is behind it
     * @param again a function asked for more time, or went while it was looked at: scan again soon
     * @param problems what was wrong, each a sentence
     */
    public record Result(List<Found> functions, boolean again, List<String> problems) {
    }

    private final PciAccess access;
    private final boolean assign;
    private final List<Found> functions = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final BitSet visited = new BitSet();
    private boolean again;

    private PciScanner(PciAccess access) {
        this.access = access;
        this.assign = !access.windows().isEmpty();
    }

    /** Looks at all buses of a host. */
    public static Result scan(PciAccess access) {
        PciScanner scanner = new PciScanner(access);
        for (PciAccess.Root root : access.roots()) {
            scanner.visited.clear();
            scanner.bus(root.segment(), root.firstBus(), root.lastBus(), null);
        }
        return new Result(List.copyOf(scanner.functions), scanner.again, List.copyOf(scanner.problems));
    }

    /** @return the highest bus number in use on this bus and below */
    private int bus(int segment, int bus, int last, PciAddress above) {
        visited.set(bus);
        List<Found> here = new ArrayList<>();
        for (int device = 0; device < 32; device++) {
            device(new PciAddress(segment, bus, device, 0), above, here);
        }
        int highest = bus;
        // Bridges that have numbers first: those without get numbers above all of theirs.
        for (Found f : here) {
            functions.add(f);
            if (f.isBridge() && f.numbered) {
                highest = Math.max(highest, behindNumbered(f, last));
            }
        }
        for (Found f : here) {
            if (f.isBridge() && !f.numbered && assign) {
                highest = behindUnnumbered(f, highest + 1, last);
            }
        }
        return highest;
    }

    private void device(PciAddress zero, PciAddress above, List<Found> here) {
        Found first = function(zero, above);
        if (first == null) {
            return;
        }
        here.add(first);
        if ((new ConfigSpace(access, zero).read8(ConfigSpace.HEADER_TYPE) & 0x80) != 0) {
            for (int i = 1; i < 8; i++) {
                Found next = function(zero.withFunction(i), above);
                if (next != null) {
                    here.add(next);
                }
            }
        }
    }

    private Found function(PciAddress address, PciAddress above) {
        ConfigSpace config = new ConfigSpace(access, address);
        int id = config.read32(ConfigSpace.ID);
        int vendor = id & 0xffff;
        if (vendor == 0xffff || vendor == 0) {
            return null;
        }
        if (vendor == 0x0001) {
            again = true; // "configuration request retry status" made visible. PCI Express Base 4.0, 2.3.2
            return null;
        }
        int header = config.read8(ConfigSpace.HEADER_TYPE) & 0x7f;
        int subsystem = header == 0 ? config.read32(ConfigSpace.SUBSYSTEM) : 0;
        boolean numbered = header == 1 && (config.read32(ConfigSpace.BUS_NUMBERS) & 0xff00) != 0;
        Found found = new Found(address, above, header, id, config.read32(ConfigSpace.CLASS), subsystem, numbered);
        if (config.read32(ConfigSpace.ID) != id) {
            again = true; // it went while it was looked at: what was read is of nobody
            return null;
        }
        return found;
    }

    private int behindNumbered(Found bridge, int last) {
        int numbers = new ConfigSpace(access, bridge.address).read32(ConfigSpace.BUS_NUMBERS);
        int bus = bridge.address.bus();
        int secondary = numbers >>> 8 & 0xff;
        int subordinate = numbers >>> 16 & 0xff;
        if (secondary <= bus || secondary > last || subordinate < secondary || subordinate > last || visited.get(secondary)) {
            problems.add("bridge %s leads to buses %d to %d, which is impossible on bus %d below %d: not followed"
                    .formatted(bridge.address, secondary, subordinate, bus, last));
            return bus;
        }
        bus(bridge.address.segment(), secondary, subordinate, bridge.address);
        return subordinate;
    }

    private int behindUnnumbered(Found bridge, int secondary, int last) {
        if (secondary > last) {
            problems.add("bridge %s gets no bus number: %d is the last one".formatted(bridge.address, last));
            return last;
        }
        ConfigSpace config = new ConfigSpace(access, bridge.address);
        int timer = config.read32(ConfigSpace.BUS_NUMBERS) & 0xff00_0000;
        config.write32(ConfigSpace.BUS_NUMBERS, timer | last << 16 | secondary << 8 | bridge.address.bus());
        int highest = bus(bridge.address.segment(), secondary, last, bridge.address);
        config.write32(ConfigSpace.BUS_NUMBERS, timer | highest << 16 | secondary << 8 | bridge.address.bus());
        return highest;
    }
}
