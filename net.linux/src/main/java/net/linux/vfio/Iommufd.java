package net.linux.vfio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.Sysfs;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Devices with files of their own in an address space of iommufd: what Linux 6.6 and later can have in place of groups and containers. */
final class Iommufd implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(Iommufd.class);
    /** IOMMU_IOAS_MAP_FIXED_IOVA | WRITEABLE | READABLE. */
    private static final int FIXED_READ_WRITE = 7;

    private final Descriptors fds;
    private final Mappings mappings;
    private final Path dev;
    private final AddressSpace addresses;
    private int iommu = -1;
    private int space;

    /**
     * @param dev where devices are, {@code /dev}
     * @param addresses what is mapped as soon as there is a device
     */
    Iommufd(Descriptors fds, Mappings mappings, Path dev, AddressSpace addresses) {
        this.fds = fds;
        this.mappings = mappings;
        this.dev = dev;
        this.addresses = addresses;
    }

    /** The kernel has iommufd, and a file for this device; what the device's driver is must be bound already. */
    static boolean has(Path dev, Path directory) {
        return Files.exists(dev.resolve("iommu")) && file(dev, directory) != null;
    }

    private static Path file(Path dev, Path directory) {
        List<String> names = Sysfs.names(directory.resolve("vfio-dev"));
        Path file = names.isEmpty() ? null : dev.resolve("vfio/devices").resolve(names.getFirst());
        return file != null && Files.exists(file) ? file : null;
    }

    @Override
    public synchronized VfioDevice open(Path directory, String name) {
        Path file = file(dev, directory);
        if (file == null) {
            throw new DevException(DevError.UNSUPPORTED, "%s has no file in %s: modprobe vfio-pci".formatted(name, dev.resolve("vfio/devices")));
        }
        openSpace();
        int fd = DeviceFile.open(fds, file);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bind = Structs.of(Structs.BIND_IOMMUFD, arena);
            Structs.set(bind, Structs.BIND_IOMMUFD, "iommufd", iommu);
            Request.VFIO_DEVICE_BIND_IOMMUFD.on(fds, fd, bind);
            MemorySegment attach = Structs.of(Structs.ATTACH_PT, arena);
            Structs.set(attach, Structs.ATTACH_PT, "pt_id", space);
            Request.VFIO_DEVICE_ATTACH_IOMMUFD_PT.on(fds, fd, attach);
            addresses.activate(this);
        } catch (SystemCallException e) {
            fds.close(fd);
            throw new DevException(e.errno() == SystemCallException.EBUSY || e.errno() == SystemCallException.EINVAL ? DevError.RESOURCE_BUSY : DevError.IO,
                    "iommufd does not give %s: %s%s".formatted(name, e.getMessage(), e.errno() == SystemCallException.EPERM
                            ? ": the IOMMU does not remap interrupts" : ": another process has it, or the kernel drives others in its group"), e);
        } catch (RuntimeException e) {
            fds.close(fd);
            throw e;
        }
        return new VfioDevice(fds, mappings, fd, name, () -> { });
    }

    private void openSpace() {
        if (iommu >= 0) {
            return;
        }
        int fd = DeviceFile.open(fds, dev.resolve("iommu"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment alloc = Structs.of(Structs.IOAS_ALLOC, arena);
            Request.IOMMU_IOAS_ALLOC.on(fds, fd, alloc);
            space = Structs.getInt(alloc, Structs.IOAS_ALLOC, "out_ioas_id");
            iommu = fd;
        } catch (SystemCallException e) {
            fds.close(fd);
            throw new DevException(DevError.IO, e.getMessage(), e);
        }
    }

    @Override
    public void map(Mapping m) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment map = Structs.of(Structs.IOAS_MAP, arena);
            Structs.set(map, Structs.IOAS_MAP, "flags", FIXED_READ_WRITE);
            Structs.set(map, Structs.IOAS_MAP, "ioas_id", space);
            Structs.set(map, Structs.IOAS_MAP, "user_va", m.memory().address());
            Structs.set(map, Structs.IOAS_MAP, "length", m.memory().byteSize());
            Structs.set(map, Structs.IOAS_MAP, "iova", m.iova());
            Request.IOMMU_IOAS_MAP.on(fds, iommu, map);
        }
    }

    @Override
    public void unmap(Mapping m) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment unmap = Structs.of(Structs.IOAS_UNMAP, arena);
            Structs.set(unmap, Structs.IOAS_UNMAP, "ioas_id", space);
            Structs.set(unmap, Structs.IOAS_UNMAP, "iova", m.iova());
            Structs.set(unmap, Structs.IOAS_UNMAP, "length", m.memory().byteSize());
            Request.IOMMU_IOAS_UNMAP.on(fds, iommu, unmap);
        } catch (SystemCallException e) {
            LOG.warn("{} stays mapped until the process ends: {}", m.purpose(), e.getMessage());
        }
    }

    @Override
    public String ranges() {
        return "what 'cat /sys/kernel/iommu_groups/*/reserved_regions' does not keep for itself";
    }

    @Override
    public synchronized void close() {
        if (iommu >= 0) {
            fds.close(iommu);
            iommu = -1;
            addresses.deactivate();
        }
    }
}
