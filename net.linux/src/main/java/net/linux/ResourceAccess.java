package net.linux;

import java.nio.file.Path;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PciAddress;
import net.linux.device.HugePages;
import net.linux.device.Memory;
import net.linux.device.Sysfs;
import net.linux.doctor.AccessFindings;
import net.linux.doctor.ResourceFindings;
import net.linux.resource.HugeFiles;
import net.linux.resource.Pagemap;
import net.linux.resource.PhysicalMemory;
import net.linux.resource.ResourceDevice;
import net.linux.resource.UioDevice;

/**
 * Devices by their files in sysfs, with nothing between them and the machine's memory: unsafe. A process that is killed leaves them running, so its memory
 * stays allocated until the next one has brought them to rest.
 */
final class ResourceAccess implements Access {
    private final Machine machine;
    private final Path locks;
    private final HugeFiles files;
    private final PhysicalMemory memory;
    private volatile String obstacle = "";

    /** @param locks directory of the locks, which tell whether a killed process has left devices running */
    ResourceAccess(Machine machine, Path locks) {
        this.machine = machine;
        this.locks = locks;
        files = new HugeFiles(machine.fds(), machine.mappings(), machine.proc());
        memory = new PhysicalMemory(files, new Pagemap(machine.proc().resolve("self/pagemap")), new HugePages(machine.sysfs()));
    }

    @Override
    public Way pci() {
        return new Way("", "", (directory, name) -> {
            refuseTranslated(directory, name);
            return new ResourceDevice(machine.fds(), machine.mappings(), machine.attributes(), directory, name,
                    new SysfsPci(machine.sysfs()).bars(PciAddress.parse(name)));
        });
    }

    @Override
    public Way platform() {
        String otherwise = "; a kernel without it (CONFIG_UIO_PDRV_GENIRQ) drives platform devices through vfio-platform only";
        return new Way("uio_pdrv_genirq", otherwise, (directory, name) -> {
            refuseTranslated(directory, name);
            return new UioDevice(machine.fds(), machine.mappings(), machine.dev(), directory, name);
        });
    }

    private static void refuseTranslated(Path directory, String name) {
        Sysfs.linkName(directory.resolve("iommu_group")).ifPresent(group -> {
            String type = Sysfs.text(directory.resolve("iommu_group/type")).orElse("unknown");
            if (!type.equals("identity")) {
                throw new DevException(DevError.UNSUPPORTED, "%s cannot be driven without VFIO: the IOMMU translates its addresses (group %s, type %s). Leave"
                        .formatted(name, group, type) + " 'access' of net.linux at vfio, which is safe");
            }
        });
    }

    /** Memory of killed processes that no device is left running in may go. */
    @Override
    public void rested() {
        Set<String> keep = FunctionLock.processes(locks);
        files.removeLeft(keep::contains);
    }

    @Override
    public String obstacle() {
        return obstacle;
    }

    @Override
    public void check() {
        if (obstacle.isEmpty()) {
            obstacle = memory.moved();
        }
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public AccessFindings findings() {
        return new ResourceFindings(machine.sysfs(), machine.proc(), FunctionLock.abandoned(locks));
    }
}
