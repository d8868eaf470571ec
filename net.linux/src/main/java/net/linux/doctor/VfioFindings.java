package net.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.linux.device.HugePages;
import net.linux.device.Sysfs;
import net.linux.doctor.Examination.Patient;
import net.linux.vfio.Memlock;

/** What VFIO needs. */
public final class VfioFindings implements AccessFindings {
    /** Less locked memory than this is too little for the pools of two cards. */
    private static final long ENOUGH_LOCKED = 64L << 20;

    private final Path sysfs;
    private final Path dev;
    private final Memlock memlock;

    /**
     * @param sysfs where sysfs is mounted
     * @param dev where device files are
     * @param memlock what may be locked
     */
    public VfioFindings(Path sysfs, Path dev, Memlock memlock) {
        this.sysfs = sysfs;
        this.dev = dev;
        this.memlock = memlock;
    }

    @Override
    public List<Finding> machine() {
        return List.of(iommu(), vfio(), lockedMemory(), hugePages());
    }

    private Finding iommu() {
        int groups = Sysfs.names(sysfs.resolve("kernel/iommu_groups")).size();
        return groups > 0 ? Finding.good("IOMMU", groups + " groups")
                : Finding.bad("IOMMU", "it is off, or there is none: turn VT-d, AMD-Vi or SMMU on in the firmware, and on Intel boot with intel_iommu=on",
                        "sed -i 's/GRUB_CMDLINE_LINUX=\"/&intel_iommu=on /' /etc/default/grub && update-grub && reboot");
    }

    private Finding vfio() {
        boolean driver = Files.isDirectory(sysfs.resolve("bus/pci/drivers/vfio-pci"));
        if (driver && !Files.isDirectory(sysfs.resolve("module/vfio_iommu_type1")) && !Files.exists(dev.resolve("iommu"))) {
            return Finding.bad("VFIO", "the module vfio_iommu_type1 is not loaded", "modprobe vfio_iommu_type1");
        }
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

    @Override
    public List<Finding> device(Patient p, List<Patient> all) {
        List<Finding> found = new ArrayList<>(AccessFindings.platform(p, sysfs, "vfio-platform"));
        Optional<String> group = Sysfs.linkName(p.directory().resolve("iommu_group"));
        if (group.isEmpty()) {
            return found; // the IOMMU is off, which is said above
        }
        Path members = sysfs.resolve("kernel/iommu_groups").resolve(group.get()).resolve("devices");
        for (String member : Sysfs.names(members)) {
            Optional<String> driver = Examination.driver(members.resolve(member));
            boolean own = all.stream().anyMatch(o -> o.name().equals(member));
            if (!own && driver.isPresent() && !driver.get().startsWith("vfio") && !driver.get().equals("pcieport")) {
                found.add(Finding.bad(p.name(), "IOMMU group %s is not viable: %s in it is the kernel's (%s)".formatted(group.get(), member, driver.get()),
                        "echo %s > /sys/bus/pci/devices/%s/driver/unbind".formatted(member, member)));
            }
        }
        Path file = dev.resolve("vfio").resolve(group.get());
        if (Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file))) {
            found.add(Finding.bad(p.name(), file + " is not " + Examination.USER + "'s", "chown " + Examination.USER + " " + file));
        }
        return found;
    }
}
