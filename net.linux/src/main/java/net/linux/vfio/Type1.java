package net.linux.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.StringJoiner;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.Sysfs;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups in a container with the IOMMU model that is called type 1: VFIO as every kernel has it. */
final class Type1 implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(Type1.class);
    /** VFIO_API_VERSION, VFIO_TYPE1v2_IOMMU, VFIO_GROUP_FLAGS_VIABLE, VFIO_DMA_MAP_FLAG_READ | WRITE. */
    private static final int API_VERSION = 0;
    private static final int TYPE1_V2 = 3;
    private static final int VIABLE = 1;
    private static final int READ_WRITE = 3;
    /** VFIO_IOMMU_INFO_CAPS; VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE: header of 8 bytes, count, reserved, then pairs of first and last address. */
    private static final int CAPS = 2;
    private static final int IOVA_RANGE = 1;
    private static final int MOST_RANGES = 64;

    private final Descriptors fds;
    private final Mappings mappings;
    private final Path dev;
    private final Path sysfs;
    private final AddressSpace space;
    private final Map<Integer, Group> groups = new HashMap<>();
    private int container = -1;

    private static final class Group {
        private int fd;
        private int devices;
    }

    /**
     * @param dev where devices are, {@code /dev}
     * @param sysfs where sysfs is mounted
     * @param space what is mapped as soon as there is a group
     */
    Type1(Descriptors fds, Mappings mappings, Path dev, Path sysfs, AddressSpace space) {
        this.fds = fds;
        this.mappings = mappings;
        this.dev = dev;
        this.sysfs = sysfs;
        this.space = space;
    }

    @Override
    public synchronized VfioDevice open(Path directory, String name) {
        OptionalInt number = Sysfs.linkName(directory.resolve("iommu_group")).map(Sysfs::number).orElse(OptionalInt.empty());
        if (number.isEmpty()) {
            throw VfioHost.noGroup(name, "");
        }
        openContainer();
        Group group = groups.get(number.getAsInt());
        if (group == null) {
            group = enter(number.getAsInt(), name);
            groups.put(number.getAsInt(), group);
        }
        group.devices++;
        try (Arena arena = Arena.ofConfined()) {
            int fd = Request.VFIO_GROUP_GET_DEVICE_FD.on(fds, group.fd, arena.allocateFrom(name));
            return new VfioDevice(fds, mappings, fd, name, () -> leave(number.getAsInt()));
        } catch (SystemCallException e) {
            leave(number.getAsInt());
            throw new DevException(e.errno() == SystemCallException.EBUSY ? DevError.RESOURCE_BUSY : DevError.IO, "VFIO does not give %s: %s".formatted(name,
                    e.getMessage()), e);
        } catch (RuntimeException e) {
            leave(number.getAsInt());
            throw e;
        }
    }

    private void openContainer() {
        if (container >= 0) {
            return;
        }
        int fd = DeviceFile.open(fds, dev.resolve("vfio/vfio"));
        try {
            int version = Request.VFIO_GET_API_VERSION.on(fds, fd, 0);
            if (version != API_VERSION || Request.VFIO_CHECK_EXTENSION.on(fds, fd, TYPE1_V2) == 0) {
                throw new DevException(DevError.UNSUPPORTED, "this kernel's VFIO has version %d%s: version %d with a type 1 IOMMU is needed; modprobe"
                        .formatted(version, version == API_VERSION ? " without a type 1 IOMMU" : "", API_VERSION) + " vfio_iommu_type1");
            }
            container = fd;
        } catch (SystemCallException e) {
            throw new DevException(DevError.IO, "VFIO gives no container: " + e.getMessage(), e);
        } finally {
            if (container < 0) {
                fds.close(fd);
            }
        }
    }

    /** A group is one to the IOMMU: all of its devices are in user space, or none. */
    private Group enter(int number, String name) {
        Group group = new Group();
        group.fd = DeviceFile.open(fds, dev.resolve("vfio/" + number));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = Structs.of(Structs.GROUP_STATUS, arena);
            Request.VFIO_GROUP_GET_STATUS.on(fds, group.fd, status);
            if ((Structs.getInt(status, Structs.GROUP_STATUS, "flags") & VIABLE) == 0) {
                throw new DevException(DevError.RESOURCE_BUSY, "%s cannot be had: IOMMU group %d is not viable, because the kernel drives others in it: %s. Bind all"
                        .formatted(name, number, members(number)) + " of them to vfio-pci, or none to a driver");
            }
            Request.VFIO_GROUP_SET_CONTAINER.on(fds, group.fd, arena.allocateFrom(JAVA_INT, container));
            if (groups.isEmpty()) {
                Request.VFIO_SET_IOMMU.on(fds, container, TYPE1_V2);
                space.activate(this);
            }
            return group;
        } catch (SystemCallException e) {
            fds.close(group.fd);
            throw new DevException(DevError.UNSUPPORTED, "IOMMU group %d of %s: %s%s".formatted(number, name, e.getMessage(), e.errno() == SystemCallException.EPERM
                    ? ": the IOMMU does not remap interrupts; if every device is trusted: echo 1 > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts"
                    : ""), e);
        } catch (RuntimeException e) {
            fds.close(group.fd);
            throw e;
        }
    }

    private String members(int number) {
        StringJoiner members = new StringJoiner(", ");
        Path devices = sysfs.resolve("kernel/iommu_groups/" + number + "/devices");
        for (String device : Sysfs.names(devices)) {
            Sysfs.linkName(devices.resolve(device).resolve("driver")).ifPresent(d -> members.add(device + " (" + d + ")"));
        }
        return members.toString();
    }

    private synchronized void leave(int number) {
        Group group = groups.get(number);
        if (group != null && --group.devices == 0) {
            groups.remove(number);
            if (groups.isEmpty()) {
                space.deactivate(); // with its last group a container loses its IOMMU, and all mappings: nobody maps any more meanwhile
            }
            fds.close(group.fd);
        }
    }

    @Override
    public void map(Mapping m) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment map = Structs.of(Structs.DMA_MAP, arena);
            Structs.set(map, Structs.DMA_MAP, "flags", READ_WRITE);
            Structs.set(map, Structs.DMA_MAP, "vaddr", m.memory().address());
            Structs.set(map, Structs.DMA_MAP, "iova", m.iova());
            Structs.set(map, Structs.DMA_MAP, "size", m.memory().byteSize());
            Request.VFIO_IOMMU_MAP_DMA.on(fds, container, map);
        }
    }

    @Override
    public void unmap(Mapping m) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment unmap = Structs.of(Structs.DMA_UNMAP, arena);
            Structs.set(unmap, Structs.DMA_UNMAP, "iova", m.iova());
            Structs.set(unmap, Structs.DMA_UNMAP, "size", m.memory().byteSize());
            Request.VFIO_IOMMU_UNMAP_DMA.on(fds, container, unmap);
        } catch (SystemCallException e) {
            LOG.warn("{} stays mapped until the container is closed: {}", m.purpose(), e.getMessage());
        }
    }

    @Override
    public String ranges() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = Structs.of(Structs.IOMMU_INFO, MOST_RANGES * 2L * Long.BYTES, arena);
            Request.VFIO_IOMMU_GET_INFO.on(fds, container, info);
            if ((Structs.getInt(info, Structs.IOMMU_INFO, "flags") & CAPS) == 0) {
                return "addresses that it does not tell";
            }
            StringJoiner ranges = new StringJoiner(", ");
            int at = Structs.getInt(info, Structs.IOMMU_INFO, "cap_offset");
            while (at > 0 && at + 16 <= info.byteSize()) {
                if (info.get(JAVA_INT, at) << 16 >>> 16 == IOVA_RANGE) {
                    int count = info.get(JAVA_INT, at + 8L);
                    for (int i = 0; i < count && at + 32L + 16L * i <= info.byteSize(); i++) {
                        ranges.add("0x%x-0x%x".formatted(info.get(JAVA_LONG, at + 16L + 16L * i), info.get(JAVA_LONG, at + 24L + 16L * i)));
                    }
                }
                int next = info.get(JAVA_INT, at + 4L);
                at = next > at ? next : 0;
            }
            return ranges.toString();
        } catch (SystemCallException e) {
            return "addresses that it does not tell: " + e.getMessage();
        }
    }

    @Override
    public synchronized void close() {
        if (container >= 0) {
            fds.close(container);
            container = -1;
        }
    }
}
