package net.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
import net.linux.device.OpenDevice;
import net.linux.device.Sysfs;
import net.linux.doctor.Examination;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This machine. Its devices are listed; those that the configuration names are lent. */
final class LinuxHost implements DeviceHost, AutoCloseable {
    static final String NAME_OF_HOST = "linux";
    private static final Logger LOG = LoggerFactory.getLogger(LinuxHost.class);

    private final AllowList allowed;
    private final Path locks;
    private final LinuxPci pci;
    private final SysfsPlatform platform;
    private final Interfaces interfaces;
    private final PciIds ids;
    private final Access access;
    private final Optional<Watch> watch;
    private final List<HostListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param allowed devices that drivers may have
     * @param locks directory for locks
     * @param access how these are had
     */
    LinuxHost(Machine machine, AllowList allowed, Path locks, Access access) {
        this.allowed = allowed;
        this.locks = locks;
        interfaces = new Interfaces(machine.sysfs(), machine.proc());
        ids = new PciIds(machine.idLists());
        platform = new SysfsPlatform(machine.sysfs());
        this.access = access;
        pci = new LinuxPci(machine, allowed, interfaces, locks, access, new Ear());
        watch = allowed.isEmpty() ? Optional.empty() : Optional.of(new Watch(machine.fds(), this::look, this::changed, this::wanted));
    }

    /** Hears of requests as long as anything is lent. */
    private final class Ear implements LinuxPci.Ear {
        @Override
        public void listen(String name, OpenDevice device) {
            device.requestEvent().ifPresent(event -> watch.ifPresent(w -> w.add(name, event)));
        }

        @Override
        public void stop(String name) {
            watch.ifPresent(w -> w.remove(name));
        }
    }

    /** What there is now; and whether devices may go on with what they have. */
    private Object look() {
        boolean well = access.obstacle().isEmpty();
        access.check();
        if (well && !access.obstacle().isEmpty()) {
            LOG.error("All devices are let go of: {}. Start again; if it comes again, use VFIO", access.obstacle());
            pci.held().forEach(device -> listeners.forEach(l -> l.removed(device)));
        }
        return pci.listing();
    }

    @Override
    public String name() {
        return NAME_OF_HOST;
    }

    /** Devices may be had, so there is memory for them. */
    boolean lends() {
        return !allowed.isEmpty();
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
        if (!lends()) {
            throw new DevException(DevError.UNSUPPORTED, "no DMA memory for %s: host %s only lists devices; name those to drive in 'devices' of net.linux, or take a"
                    .formatted(request.purpose(), NAME_OF_HOST) + " pool of another host");
        }
        return access.memory().allocate(request);
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
        SysfsPci sysfs = pci.sysfs();
        ids.name(sysfs.read(function, 0, 2), sysfs.read(function, 2, 2)).ifPresent(n -> facts.put(Device.PRODUCT, n));
        return sysfs.directory(function);
    }

    private static boolean isPci(String deviceName) {
        return SysfsPci.FUNCTION.matcher(deviceName).matches();
    }

    @Override
    public AutoCloseable subscribe(HostListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void changed() {
        listeners.forEach(HostListener::changed);
    }

    private void wanted(String device) {
        pci.wanted(device);
        listeners.forEach(l -> l.removed(device));
    }

    /** What stands between the machine and the devices that the configuration names. */
    Examination examination() {
        List<Examination.Patient> patients = new ArrayList<>();
        for (PciAddress f : pci.sysfs().functions()) {
            if (allowed.has(f.toString(), pci.sysfs().read(f, 0, Integer.BYTES))) {
                List<String> traffic = allowed.isForced(f.toString()) ? List.of() : interfaces.carryingTraffic(pci.sysfs().directory(f));
                patients.add(new Examination.Patient(f.toString(), pci.sysfs().directory(f), traffic, true));
            }
        }
        for (PlatformAccess.Node n : platform.nodes()) {
            if (allowed.has(n.name(), -1)) {
                patients.add(new Examination.Patient(n.name(), platform.directory(n.name()), interfaces.carryingTraffic(platform.directory(n.name())), n.dmaCoherent()));
            }
        }
        return new Examination(locks, LinuxHost.class.getModule().isNativeAccessEnabled(), access.findings(), patients);
    }

    /** Nobody uses the host any more: its devices were released, its memory closed. */
    @Override
    public void close() {
        watch.ifPresent(Watch::close);
        access.close();
    }

    /** Why no driver may have the device of this directory. */
    static String restriction(Path directory) {
        return "listed only: " + Sysfs.linkName(directory.resolve("driver")).map(d -> "the kernel's driver " + d + " has it, and ").orElse("")
                + "drivers are not let onto this machine's own devices";
    }
}
