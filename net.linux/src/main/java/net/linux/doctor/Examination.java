package net.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.linux.device.HugePages;
import net.linux.device.Sysfs;
import net.linux.vfio.Memlock;

/** Looks at the machine, and changes nothing. */
public final class Examination {
    /** Less locked memory than this is too little for the pools of two cards. */
    private static final long ENOUGH_LOCKED = 64L << 20;
    private static final String USER = System.getProperty("user.name");

    private final Path sysfs;
    private final Path dev;
    private final Path locks;
    private final Memlock memlock;
    private final boolean nativeAccess;
    private final List<Patient> patients;

    /**
     * A device that the configuration names.
     *
     * @param name its address, or the name of its node
     * @param directory the device's, in sysfs
     * @param traffic interfaces that carry the machine's traffic, in words; empty if it may be taken
     * @param coherent its DMA is coherent with the caches
     */
    public record Patient(String name, Path directory, List<String> traffic, boolean coherent) {
    }

    /**
     * @param sysfs where sysfs is mounted
     * @param dev where device files are
     * @param locks where locks are
     * @param memlock what may be locked
     * @param nativeAccess java.lang.foreign is allowed
     * @param patients the devices that the configuration names and that are there
     */
    public Examination(Path sysfs, Path dev, Path locks, Memlock memlock, boolean nativeAccess, List<Patient> patients) {
        this.sysfs = sysfs;
        this.dev = dev;
        this.locks = locks;
        this.memlock = memlock;
        this.nativeAccess = nativeAccess;
        this.patients = patients;
    }

    /** Everything, first what the rest depends on. */
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>(List.of(nativeAccess(), iommu(), vfio(), lockedMemory(), hugePages(), locks()));
        if (patients.isEmpty()) {
            all.add(Finding.fair("devices", "the configuration of net.linux names no device that is there", "echo 'devices=[\"0000:03:00.0\"]' > conf/net.linux.config"));
        }
        patients.forEach(p -> device(p, all));
        return all;
    }

    private Finding nativeAccess() {
        return nativeAccess ? Finding.good("native access", "calls of the operating system are allowed")
                : Finding.bad("native access", "the virtual machine warns of every bundle that calls the operating system, and a later one will refuse it",
                        "java --enable-native-access=ALL-UNNAMED ...");
    }

    private Finding iommu() {
        int groups = Sysfs.names(sysfs.resolve("kernel/iommu_groups")).size();
        return groups > 0 ? Finding.good("IOMMU", groups + " groups")
                : Finding.bad("IOMMU", "it is off, or there is none: turn VT-d, AMD-Vi or SMMU on in the firmware, and on Intel boot with intel_iommu=on",
                        "sed -i 's/GRUB_CMDLINE_LINUX=\"/&intel_iommu=on /' /etc/default/grub && update-grub && reboot");
    }

    private Finding vfio() {
        boolean driver = Files.isDirectory(sysfs.resolve("bus/pci/drivers/vfio-pci"));
        if (driver && Files.exists(dev.resolve("vfio/vfio"))) {
            String unsafe = Sysfs.text(sysfs.resolve("module/vfio_iommu_type1/parameters/allow_unsafe_interrupts")).orElse("N");
            return unsafe.equals("Y") ? Finding.fair("VFIO", "devices may send any interrupt: allow_unsafe_interrupts is on",
                    "echo N > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts") : Finding.good("VFIO", "loaded");
        }
        return Finding.bad("VFIO", driver ? dev.resolve("vfio/vfio") + " is not there" : "the module vfio-pci is not loaded", "modprobe vfio-pci");
    }

    private Finding lockedMemory() {
        return memlock.forbids(ENOUGH_LOCKED) ? Finding.bad("memlock", memlock.advice(), "ulimit -l unlimited")
                : Finding.good("memlock", memlock.exempt() ? "no limit (CAP_IPC_LOCK)" : memlock.limit() == Long.MAX_VALUE ? "no limit"
                        : memlock.limit() / 1024 + " KiB");
    }

    private Finding hugePages() {
        HugePages pages = new HugePages(sysfs);
        return pages.pools(-1).stream().anyMatch(p -> p.free() > 0) ? Finding.good("huge pages", pages.describe(-1))
                : Finding.fair("huge pages", pages.describe(-1) + ": pools are made of pages of 4 KiB", "sysctl vm.nr_hugepages=64");
    }

    private Finding locks() {
        return Files.isWritable(locks) || !Files.exists(locks) && locks.getParent() != null && Files.isWritable(locks.getParent())
                ? Finding.good("locks", locks.toString())
                : Finding.bad("locks", locks + " cannot be written by " + USER, "install -d -o " + USER + " " + locks);
    }

    private void device(Patient p, List<Finding> all) {
        all.add(p.traffic.isEmpty() ? Finding.good(p.name, "in nobody's use: " + driver(p.directory).map(d -> "bound to " + d).orElse("no driver is bound"))
                : Finding.bad(p.name, String.join(", ", p.traffic) + " carries this machine's traffic; name it in 'force' to take it all the same",
                        "ip address flush dev " + p.traffic.getFirst().split(" ")[0]));
        group(p, all);
        if (!p.coherent) {
            all.add(Finding.bad(p.name, "its DMA is not coherent with the processor's caches, which Java cannot flush: it cannot be driven from here",
                    "use the kernel's driver"));
        }
    }

    private void group(Patient p, List<Finding> all) {
        Optional<String> group = Sysfs.linkName(p.directory.resolve("iommu_group"));
        if (group.isEmpty()) {
            return; // the IOMMU is off, which is said above
        }
        Path members = sysfs.resolve("kernel/iommu_groups").resolve(group.get()).resolve("devices");
        for (String member : Sysfs.names(members)) {
            Optional<String> driver = driver(members.resolve(member));
            boolean own = patients.stream().anyMatch(o -> o.name.equals(member));
            if (!own && driver.isPresent() && !driver.get().startsWith("vfio") && !driver.get().equals("pcieport")) {
                all.add(Finding.bad(p.name, "IOMMU group %s is not viable: %s in it is the kernel's (%s)".formatted(group.get(), member, driver.get()),
                        "echo %s > /sys/bus/pci/devices/%s/driver/unbind".formatted(member, member)));
            }
        }
        Path file = dev.resolve("vfio").resolve(group.get());
        if (Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file))) {
            all.add(Finding.bad(p.name, file + " is not " + USER + "'s", "chown " + USER + " " + file));
        }
    }

    private static Optional<String> driver(Path directory) {
        return Sysfs.linkName(directory.resolve("driver"));
    }
}
