package net.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import net.linux.device.HostMemory;
import net.linux.device.HugePages;
import net.linux.device.IovaSpace;
import net.linux.device.OpenDevice;
import net.linux.device.Sysfs;
import net.linux.doctor.Examination;
import net.linux.vfio.Memlock;
import net.linux.vfio.VfioDevice;
import net.linux.vfio.VfioHost;

/** This machine. Its devices are listed; those that the configuration names are lent. */
final class LinuxHost implements DeviceHost, AutoCloseable {
    static final String NAME_OF_HOST = "linux";
    /** Where x86 has its interrupt messages. Intel SDM 3A, 12.11.1. */
    private static final long MESSAGES = 0xfee0_0000L;
    private static final long MESSAGES_LAST = 0xfeef_ffffL;
    private static final Pattern RESERVED = Pattern.compile("0x(\\p{XDigit}{1,16}) 0x(\\p{XDigit}{1,16}) .*");

    private final Machine machine;
    private final AllowList allowed;
    private final Path locks;
    private final LinuxPci pci;
    private final SysfsPlatform platform;
    private final Interfaces interfaces;
    private final PciIds ids;
    private final VfioHost vfio;
    private final HostMemory memory;
    private final Optional<Watch> watch;
    private final List<HostListener> listeners = new CopyOnWriteArrayList<>();

    /**
     * @param allowed devices that drivers may have
     * @param locks directory for locks
     */
    LinuxHost(Machine machine, AllowList allowed, Path locks) {
        this.machine = machine;
        this.allowed = allowed;
        this.locks = locks;
        interfaces = new Interfaces(machine.sysfs(), machine.proc());
        ids = new PciIds(machine.idLists());
        platform = new SysfsPlatform(machine.sysfs());
        vfio = new VfioHost(machine.fds(), machine.mappings(), machine.dev(), machine.sysfs(), addresses(machine.sysfs()));
        memory = new HostMemory(machine.mappings(), new HugePages(machine.sysfs()), vfio);
        pci = new LinuxPci(machine, allowed, interfaces, locks, new ByVfio());
        watch = allowed.isEmpty() ? Optional.empty() : Optional.of(new Watch(machine.fds(), pci::listing, this::changed, this::wanted));
    }

    /** Functions that vfio-pci has. */
    private final class ByVfio implements LinuxPci.Way {
        @Override
        public String kernelDriver() {
            return "vfio-pci";
        }

        @Override
        public OpenDevice open(Path directory, String name) {
            VfioDevice device = vfio.open(directory, name);
            watch.ifPresent(w -> w.add(name, device.requestEvent()));
            return device;
        }

        @Override
        public void closing(String name) {
            watch.ifPresent(w -> w.remove(name));
        }
    }

    private static IovaSpace addresses(Path sysfs) {
        IovaSpace addresses = new IovaSpace();
        addresses.reserve(MESSAGES, MESSAGES_LAST);
        Path groups = sysfs.resolve("kernel/iommu_groups");
        for (String group : Sysfs.names(groups)) {
            Sysfs.text(groups.resolve(group).resolve("reserved_regions")).ifPresent(t -> t.lines().forEach(line -> {
                Matcher m = RESERVED.matcher(line);
                if (m.matches()) {
                    addresses.reserve(Long.parseUnsignedLong(m.group(1), 16), Long.parseUnsignedLong(m.group(2), 16));
                }
            }));
        }
        return addresses;
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
        return memory.allocate(request);
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
        return new Examination(machine.sysfs(), machine.dev(), locks, Memlock.now(), LinuxHost.class.getModule().isNativeAccessEnabled(), patients);
    }

    /** Nobody uses the host any more: its devices were released, its memory closed. */
    @Override
    public void close() {
        watch.ifPresent(Watch::close);
        vfio.close();
    }

    /** Why no driver may have the device of this directory. */
    static String restriction(Path directory) {
        return "listed only: " + Sysfs.linkName(directory.resolve("driver")).map(d -> "the kernel's driver " + d + " has it, and ").orElse("")
                + "drivers are not let onto this machine's own devices";
    }
}
