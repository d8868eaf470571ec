package net.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.device.PciCapability;
import net.api.device.PciDevice;
import net.api.host.DeviceHost;
import net.api.host.PciAccess;
import net.pci.bus.BarSizer;
import net.pci.bus.CapabilityWalk;
import net.pci.bus.ConfigSpace;
import net.pci.bus.PciScanner;

/** A PCI function. */
final class PciFunction extends ListedDevice implements PciDevice {
    /** Ids of vendors whose names help more than they take. */
    private static final Map<Integer, String> VENDORS = Map.of(0x1af4, "virtio ", 0x1b36, "QEMU ", 0x8086, "Intel ");

    private final PciAccess pci;
    private final PciScanner.Found found;
    private final ConfigSpace config;
    private volatile CapabilityWalk walk;
    private volatile List<PciBar> bars = List.of();
    private boolean sized;

    PciFunction(DeviceHost host, PciAccess pci, PciScanner.Found found) {
        super(host, found.address().toString());
        this.pci = pci;
        this.found = found;
        this.config = new ConfigSpace(pci, found.address());
        this.walk = CapabilityWalk.of(config);
        problems(walk.problems());
        pci.bars(found.address()).ifPresent(known -> {
            bars = known;
            sized = true;
        });
    }

    @Override
    public String bus() {
        return PCI;
    }

    @Override
    public String description() {
        return "%s%04x:%04x, class %06x".formatted(VENDORS.getOrDefault(vendorId(), ""), vendorId(), deviceId(), classCode());
    }

    @Override
    public PciAddress pciAddress() {
        return found.address();
    }

    @Override
    public int vendorId() {
        return found.id() & 0xffff;
    }

    @Override
    public int deviceId() {
        return found.id() >>> 16;
    }

    @Override
    public int subsystemVendorId() {
        return found.subsystem() & 0xffff;
    }

    @Override
    public int subsystemId() {
        return found.subsystem() >>> 16;
    }

    @Override
    public int classCode() {
        return found.classRevision() >>> 8;
    }

    @Override
    public int revision() {
        return found.classRevision() & 0xff;
    }

    @Override
    public List<PciBar> bars() {
        return bars;
    }

    @Override
    public List<PciCapability> capabilities() {
        return walk.capabilities();
    }

    @Override
    public int configRead(int offset, int width) {
        check(offset, width);
        int mask = width == 4 ? -1 : (1 << 8 * width) - 1;
        return pci.read(found.address(), offset, width) & mask;
    }

    PciScanner.Found found() {
        return found;
    }

    ConfigSpace config() {
        return config;
    }

    PciAccess pci() {
        return pci;
    }

    /** Reads the capabilities again: a host may show all of them only to the one who has the function. */
    void acquired() {
        CapabilityWalk now = CapabilityWalk.of(config);
        if (!now.capabilities().equals(walk.capabilities())) {
            walk = now;
            problems(now.problems());
        }
    }

    /** Sizes the BARs, unless that was done before. Writes configuration space, so only for functions that the host lends. */
    void size() {
        if (sized) {
            return;
        }
        List<String> problems = new ArrayList<>(walk.problems());
        int count = switch (found.headerType()) {
            case 0 -> 6;
            case 1 -> 2;
            default -> 0;
        };
        bars = BarSizer.size(config, count, problems);
        sized = problems.size() == walk.problems().size();
        problems(problems);
    }

    /** The BARs were placed. */
    void placed(List<PciBar> now, List<String> problems) {
        bars = now;
        List<String> all = new ArrayList<>(problems());
        all.addAll(problems);
        problems(all);
    }

    /** @throws DevException INVALID_PARAM if there is no such place in configuration space */
    void check(int offset, int width) {
        if (width != 1 && width != 2 && width != 4 || offset < 0 || offset > 4096 - width || offset % width != 0) {
            throw new DevException(DevError.INVALID_PARAM, "configuration space of %s has no %d bytes at 0x%x".formatted(address(), width, offset));
        }
    }

    @Override
    Class<? extends Device> type() {
        return PciDevice.class;
    }

    @Override
    String restriction() {
        return found.isBridge() ? "a bridge: it serves the devices behind it" : pci.restriction(found.address());
    }

    @Override
    void addIds(Map<String, Object> properties) {
        properties.put(VENDOR, "%04x".formatted(vendorId()));
        properties.put(DEVICE, "%04x".formatted(deviceId()));
        properties.put(SUBSYSTEM_VENDOR, "%04x".formatted(subsystemVendorId()));
        properties.put(SUBSYSTEM, "%04x".formatted(subsystemId()));
        properties.put(CLASS, "%06x".formatted(classCode()));
    }

    @Override
    DeviceAccess access() {
        return new PciFunctionAccess(this);
    }
}
