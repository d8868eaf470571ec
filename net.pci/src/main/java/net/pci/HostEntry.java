package net.pci;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.api.device.PciAddress;
import net.api.host.DeviceHost;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;
import net.pci.bus.AddressPlan;
import net.pci.bus.PciScanner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One host, and what was found on it. Manager's thread. */
final class HostEntry {
    private static final Logger LOG = LoggerFactory.getLogger(HostEntry.class);

    final DeviceHost host;
    final String name;
    final Map<String, Slot> slots = new LinkedHashMap<>();
    AutoCloseable subscription;
    /** Counts what the host told to have changed. */
    long epoch;
    /** A function asked for more time during the last scan. */
    boolean scanAgain;
    /** How often in a row that was so. */
    int scans;
    private Optional<AddressPlan> plan = Optional.empty();
    private final Set<String> told = new HashSet<>();

    HostEntry(DeviceHost host) {
        this.host = host;
        this.name = host.name();
        host.pci().filter(p -> !p.windows().isEmpty()).ifPresent(p -> plan = Optional.of(new AddressPlan(p.windows())));
    }

    /**
     * What a look at the host found.
     *
     * @param gone listed, but not there any more, or replaced
     * @param added there, but not listed; their BARs are not placed yet
     */
    record Difference(List<Slot> gone, List<ListedDevice> added) {
    }

    /** Looks at the host. Reads only, but for bridges that need bus numbers. */
    Difference look() {
        Difference d = new Difference(new ArrayList<>(), new ArrayList<>());
        Set<String> present = new HashSet<>();
        host.pci().ifPresent(pci -> lookAtPci(pci, d, present));
        host.platform().ifPresent(platform -> lookAtPlatform(platform, d, present));
        slots.forEach((n, slot) -> {
            if (!present.contains(n)) {
                d.gone.add(slot);
            }
        });
        return d;
    }

    private void lookAtPci(PciAccess pci, Difference d, Set<String> present) {
        PciScanner.Result result = PciScanner.scan(pci);
        scanAgain = result.again();
        scans = scanAgain ? scans + 1 : 0;
        for (String p : result.problems()) {
            if (told.add(p)) {
                LOG.warn("{}: {}", name, p);
            }
        }
        for (PciScanner.Found f : result.functions()) {
            Slot slot = slots.get(f.address().toString());
            if (slot != null && slot.device instanceof PciFunction old && isSame(old.found(), f)) {
                present.add(old.name());
            } else {
                d.added.add(new PciFunction(host, pci, f));
            }
        }
    }

    private static boolean isSame(PciScanner.Found a, PciScanner.Found b) {
        return a.id() == b.id() && a.classRevision() == b.classRevision() && a.subsystem() == b.subsystem() && a.headerType() == b.headerType();
    }

    private void lookAtPlatform(PlatformAccess platform, Difference d, Set<String> present) {
        for (PlatformAccess.Node n : platform.nodes()) {
            Slot slot = slots.get(n.name());
            if (slot != null && slot.device instanceof PlatformNode old && old.node().equals(n)) {
                present.add(n.name());
            } else {
                d.added.add(new PlatformNode(host, platform, n));
            }
        }
    }

    /** Sizes the BARs of functions that drivers may be attached to, and gives them addresses if the host has no firmware. */
    void place(List<ListedDevice> devices) {
        List<AddressPlan.Item> items = new ArrayList<>();
        List<PciFunction> functions = new ArrayList<>();
        for (ListedDevice d : devices) {
            if (!(d instanceof PciFunction f) || !f.pci().restriction(f.pciAddress()).isEmpty()) {
                continue; // not a single write to the configuration space of somebody else's function
            }
            if (f.found().isBridge() && plan.isEmpty()) {
                continue; // firmware's
            }
            try {
                f.size();
            } catch (RuntimeException e) {
                LOG.warn("{}: its BARs could not be sized", f.address(), e);
                continue; // the others must not suffer
            }
            items.add(new AddressPlan.Item(f.found(), f.config(), f.bars()));
            functions.add(f);
        }
        if (plan.isEmpty()) {
            return;
        }
        plan.get().place(items);
        for (int i = 0; i < items.size(); i++) {
            functions.get(i).placed(items.get(i).bars(), items.get(i).problems());
        }
    }

    /** Forgets a device, and gives up its addresses. */
    void remove(Slot slot) {
        slots.remove(slot.device.name());
        if (slot.device instanceof PciFunction f) {
            PciAddress address = f.pciAddress();
            plan.ifPresent(p -> p.remove(address));
        }
    }
}
