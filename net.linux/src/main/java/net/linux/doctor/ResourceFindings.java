package net.linux.doctor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.api.DevException;
import net.linux.device.HugePages;
import net.linux.device.Sysfs;
import net.linux.doctor.Examination.Patient;
import net.linux.resource.HugeFiles;
import net.linux.resource.HugeFiles.Mount;
import net.linux.resource.Pagemap;

/** What the way without VFIO needs, and that it is unsafe. */
public final class ResourceFindings implements AccessFindings {
    private static final long PAGE = 4096;
    private static final long ENOUGH = 64L << 20;

    private final Path sysfs;
    private final Path proc;
    private final List<String> abandoned;

    /**
     * @param sysfs where sysfs is mounted
     * @param proc where procfs is mounted
     * @param abandoned devices that killed processes have left, by the kernel's names
     */
    public ResourceFindings(Path sysfs, Path proc, List<String> abandoned) {
        this.sysfs = sysfs;
        this.proc = proc;
        this.abandoned = abandoned;
    }

    @Override
    public List<Finding> machine() {
        List<Finding> all = new ArrayList<>(List.of(
                Finding.bad("access", "unsafe-sysfs: devices reach all of this machine's memory, and write to it until they are reset; they are polled,"
                        + " there are no interrupts", "sed -i '/^access/d' conf/net.linux.config"),
                addresses(), hugePages()));
        List<Path> left = HugeFiles.left(proc);
        if (!left.isEmpty()) {
            all.add(Finding.fair("left memory", "%d files of a process that was killed wait until its devices are taken again".formatted(left.size()), free(left)));
        }
        return all;
    }

    /** Only what no device writes to any more may be freed. The kernel turns bus mastering off when it disables a function: Documentation/PCI/pci.rst. */
    private String free(List<Path> left) {
        List<Path> running = new ArrayList<>();
        for (String device : abandoned) {
            Path function = sysfs.resolve("bus/pci/devices").resolve(device);
            if (Files.exists(sysfs.resolve("bus/platform/devices").resolve(device))) {
                return "a start with " + device + ", which only its driver can stop";
            }
            // A driver of the kernel that has it has stopped it.
            if (Files.exists(function) && Examination.driver(function).isEmpty()) {
                running.add(function);
            }
        }
        return running.stream().map(f -> "echo 0 > " + f.resolve("enable") + " && ").collect(Collectors.joining())
                + left.stream().map(Path::toString).collect(Collectors.joining(" ", "rm ", ""));
    }

    private Finding addresses() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment here = arena.allocate(PAGE, PAGE);
            here.fill((byte) 0);
            new Pagemap(proc.resolve("self/pagemap")).physical(here.address());
            return Finding.good("addresses", "the kernel tells where memory is");
        } catch (DevException e) {
            return Finding.bad("addresses", e.getMessage(), "sudo ./run");
        }
    }

    private Finding hugePages() {
        HugePages pages = new HugePages(sysfs);
        List<Mount> mounts = HugeFiles.mounts(proc);
        if (mounts.isEmpty()) {
            return Finding.bad("huge pages", "no hugetlbfs is mounted", "mkdir -p /dev/hugepages && mount -t hugetlbfs none /dev/hugepages");
        }
        boolean some = pages.pools(-1).stream().anyMatch(p -> p.free() > 0 && mounts.stream().anyMatch(m -> m.page() == p.bytes()));
        return some ? Finding.good("huge pages", pages.describe(-1))
                : Finding.bad("huge pages", pages.describe(-1) + ": without VFIO there is no other memory for devices",
                        pages.command(mounts.getLast().page(), ENOUGH));
    }

    @Override
    public List<Finding> device(Patient p, List<Patient> all) {
        String type = Sysfs.text(p.directory().resolve("iommu_group/type")).orElse("identity");
        return type.equals("identity") ? AccessFindings.platform(p, sysfs, "uio_pdrv_genirq")
                : List.of(Finding.bad(p.name(), "the IOMMU translates what it reaches (type " + type + "): it can only be driven by VFIO",
                        "sed -i '/^access/d' conf/net.linux.config"));
    }
}
