package net.linux;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
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
import net.linux.device.Signal;
import net.linux.device.Sysfs;
import net.linux.doctor.Examination;
import net.linux.sys.Libc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This machine. Its devices are listed; those that the configuration names are lent. */
final class LinuxHost implements DeviceHost, AutoCloseable {
    static final String NAME_OF_HOST = "linux";
    private static final Logger LOG = LoggerFactory.getLogger(LinuxHost.class);

    private final AllowList allowed;
    private final Path locks;
    private final SysfsPci functions;
    private final SysfsPlatform nodes;
    private final Lender pciLender;
    private final Lender platformLender;
    private final LinuxPci pci;
    private final LinuxPlatform platform;
    private final Path buses;
    private final Interfaces interfaces;
    private final PciIds ids;
    private final Access access;
    private final Aborts aborts = new Aborts();
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
        this.access = access;
        buses = machine.sysfs().resolve("bus");
        functions = new SysfsPci(machine.sysfs());
        nodes = new SysfsPlatform(machine.sysfs());
        pciLender = new Lender(buses.resolve("pci"), machine, allowed, locks, access, access.pci(), new Requests());
        platformLender = new Lender(buses.resolve("platform"), machine, allowed, locks, access, access.platform(), new Requests());
        pci = new LinuxPci(functions, pciLender);
        platform = new LinuxPlatform(nodes, platformLender);
        watch = allowed.isEmpty() ? Optional.empty() : Optional.of(new Watch(machine.fds(), this::look, this::changed, this::heard));
    }

    /** Hears of requests as long as anything is lent. */
    private final class Requests implements Ear {
        @Override
        public void listen(String name, OpenDevice device) {
            aborts.begin(name, device);
            watch.ifPresent(w -> w.add(name, device.signals()));
        }

        @Override
        public void stop(String name) {
            aborts.end(name);
            watch.ifPresent(w -> w.remove(name));
        }
    }

    /** What there is now; and whether devices may go on with what they have. */
    private Object look() {
        boolean well = access.obstacle().isEmpty();
        access.check();
        if (well && !access.obstacle().isEmpty()) {
            LOG.error("All devices are let go of: {}. Start again; if it comes again, use VFIO", access.obstacle());
            Stream.of(pciLender, platformLender).flatMap(l -> l.held().stream()).forEach(device -> listeners.forEach(l -> l.removed(device)));
        }
        pciLender.held().forEach(name -> pciLender.open(name).filter(device -> aborts.isNew(name, device)).ifPresent(device -> failed(name,
                "what it wanted to read was answered with an abort: its driver has given it an address where it has no memory; 'dmesg | grep -i -e DMAR -e AMD-Vi'")));
        return List.of(Lender.listing(buses.resolve("pci/devices")), Lender.listing(buses.resolve("platform/devices")));
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
        refuseUnlessLent(request.purpose());
        return access.memory().allocate(request);
    }

    @Override
    public DmaMemory mapDma(String purpose, MemorySegment memory) {
        refuseUnlessLent(purpose);
        return access.memory().map(purpose, memory);
    }

    private void refuseUnlessLent(String purpose) {
        if (!lends()) {
            throw new DevException(DevError.UNSUPPORTED, "no DMA memory for %s: host %s only lists devices; name those to drive in 'devices' of net.linux, or take a"
                    .formatted(purpose, NAME_OF_HOST) + " pool of another host");
        }
    }

    @Override
    public Map<String, Object> describe(String deviceName) {
        Map<String, Object> facts = new LinkedHashMap<>();
        Path directory = isPci(deviceName) ? describePci(PciAddress.parse(deviceName), facts) : nodes.directory(deviceName);
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
        ids.name(functions.read(function, 0, 2), functions.read(function, 2, 2)).ifPresent(n -> facts.put(Device.PRODUCT, n));
        return functions.directory(function);
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

    private void heard(String device, Signal signal) {
        switch (signal) {
            case REQUEST -> {
                pciLender.wanted(device);
                platformLender.wanted(device);
                listeners.forEach(l -> l.removed(device));
            }
            case ERROR -> failed(device, "the kernel reports an error of the device, or of the bus to it, that it could not correct: 'dmesg | grep -i aer'");
        }
    }

    private void failed(String device, String reason) {
        listeners.forEach(l -> l.failed(device, reason));
    }

    /** What stands between the machine and the devices that the configuration names. */
    Examination examination() {
        List<Examination.Patient> patients = new ArrayList<>();
        for (PciAddress f : functions.functions()) {
            if (allowed.has(f.toString(), functions.read(f, 0, Integer.BYTES))) {
                patients.add(patient(f.toString(), functions.directory(f), true));
            }
        }
        for (PlatformAccess.Node n : nodes.nodes()) {
            if (allowed.has(n.name(), -1)) {
                patients.add(patient(n.name(), nodes.directory(n.name()), n.dmaCoherent()));
            }
        }
        return new Examination(locks, Libc.isAllowed(), access.findings(), patients);
    }

    private Examination.Patient patient(String name, Path directory, boolean coherent) {
        List<String> traffic = allowed.isForced(name) ? List.of() : interfaces.carryingTraffic(directory);
        return new Examination.Patient(name, directory, traffic, interfaces.relieving(directory), coherent);
    }

    /** Nobody uses the host any more: its devices were released, its memory closed. */
    @Override
    public void close() {
        watch.ifPresent(Watch::close);
        access.close();
    }
}
