package net.linux;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.device.DmaMemory;
import net.api.device.PciAddress;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;

/** This machine. Its devices are listed, and no driver is let onto them. */
final class LinuxHost implements DeviceHost {
    static final String NAME_OF_HOST = "linux";

    private final SysfsPci pci;
    private final SysfsPlatform platform;
    private final Interfaces interfaces;
    private final PciIds ids;

    /**
     * @param sysfs where sysfs is mounted
     * @param proc where procfs is mounted
     * @param idLists where a list of PCI ids may be
     */
    LinuxHost(Path sysfs, Path proc, List<Path> idLists) {
        pci = new SysfsPci(sysfs);
        platform = new SysfsPlatform(sysfs);
        interfaces = new Interfaces(sysfs, proc);
        ids = new PciIds(idLists);
    }

    @Override
    public String name() {
        return NAME_OF_HOST;
    }

    @Override
    public Optional<PciAccess> pci() {
        return Optional.of(pci);
    }

    @Override
    public Optional<PlatformAccess> platform() {
        return Optional.of(platform);
    }

    @Override
    public DmaMemory allocateDma(DmaRequest request) {
        throw new DevException(DevError.UNSUPPORTED, "no DMA memory for %s: host %s only lists devices; take a pool of the host whose devices you use"
                .formatted(request.purpose(), NAME_OF_HOST));
    }

    @Override
    public Map<String, Object> describe(String deviceName) {
        Map<String, Object> facts = new LinkedHashMap<>();
        Path directory = isPci(deviceName) ? describePci(PciAddress.parse(deviceName), facts) : platform.directory(deviceName);
        Sysfs.linkName(directory.resolve("driver")).ifPresent(d -> facts.put(Device.KERNEL_DRIVER, d));
        Sysfs.linkName(directory.resolve("iommu_group")).ifPresent(g -> Sysfs.number(g).ifPresent(n -> facts.put(Device.IOMMU_GROUP, n)));
        // -1 of a machine without NUMA is no number here.
        Sysfs.number(directory.resolve("numa_node")).ifPresent(n -> facts.put(Device.NUMA_NODE, n));
        List<String> names = interfaces.of(directory);
        if (!names.isEmpty()) {
            facts.put(Device.KERNEL_INTERFACES, names.toArray(String[]::new));
        }
        return facts;
    }

    private Path describePci(PciAddress function, Map<String, Object> facts) {
        ids.name(pci.read(function, 0, 2), pci.read(function, 2, 2)).ifPresent(n -> facts.put(Device.PRODUCT, n));
        return pci.directory(function);
    }

    private static boolean isPci(String deviceName) {
        return SysfsPci.FUNCTION.matcher(deviceName).matches();
    }

    /** Nothing comes: sysfs gives no notice of changes, the device manager's rescan finds them. */
    @Override
    public AutoCloseable subscribe(HostListener listener) {
        return () -> { };
    }

    /** Why no driver may have the device of this directory. */
    static String restriction(Path directory) {
        return "listed only: " + Sysfs.linkName(directory.resolve("driver")).map(d -> "the kernel's driver " + d + " has it, and ").orElse("")
                + "drivers are not let onto this machine's own devices";
    }
}
