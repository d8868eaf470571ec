package net.linux.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;

/** What the kernel answers to VFIO's requests, by linux/vfio.h and Documentation/driver-api/vfio.rst, for functions with one BAR, configuration space and MSI-X. */
final class FakeVfio implements Descriptors {
    private static final int FIRST = 1000;

    /** Files that cannot be opened, with the error. */
    final Map<String, Integer> refused = new HashMap<>();
    /** Requests that fail, with the error. */
    final Map<String, Integer> failing = new HashMap<>();
    /** Open files: descriptor to path. */
    final Map<Integer, String> open = new TreeMap<>();
    /** What is mapped now: device address to size. */
    final Map<Long, Long> mapped = new TreeMap<>();
    final List<String> requests = new ArrayList<>();
    final byte[] config = new byte[256];
    int flagsOfGroups = 1;
    int flagsOfBar = 4;
    int vectors = 3;
    /** What the machine has: 2 for PCI, 4 for platform devices, whose interrupts are levels. */
    int kind = 2;
    /** Levels that are off until they are unmasked. */
    final List<Integer> unmasked = new ArrayList<>();
    /** Vectors to events. */
    final Map<Integer, List<Integer>> interrupts = new HashMap<>();
    private final Map<String, Integer> groups = new HashMap<>();
    private int next = FIRST;

    @Override
    public int open(String path) {
        if (refused.containsKey(path)) {
            throw new SystemCallException("open(" + path + ")", refused.get(path));
        }
        open.put(next, path);
        return next++;
    }

    @Override
    public void close(int fd) {
        if (fd < FIRST) {
            SYSTEM.close(fd);
            return;
        }
        String path = open.remove(fd);
        if (path == null) {
            throw new AssertionError("descriptor " + fd + " is not open");
        }
        requests.add("close " + path);
        groups.remove(path);
        if (groups.isEmpty()) {
            mapped.clear(); // a container without groups has no IOMMU
        }
    }

    @Override
    public int ioctl(int fd, int request, String what, MemorySegment argument) {
        if (!open.containsKey(fd)) {
            throw new SystemCallException(what, 9);
        }
        requests.add(what);
        if (failing.containsKey(what)) {
            throw new SystemCallException(what, failing.get(what));
        }
        switch (Request.valueOf(what)) {
            case VFIO_CHECK_EXTENSION -> {
                return 1;
            }
            case VFIO_GROUP_GET_STATUS -> argument.set(JAVA_INT, 4, flagsOfGroups);
            case VFIO_GROUP_SET_CONTAINER -> groups.put(open.get(fd), argument.get(JAVA_INT, 0));
            case VFIO_GROUP_GET_DEVICE_FD -> {
                open.put(next, argument.getString(0));
                return next++;
            }
            case VFIO_DEVICE_GET_INFO -> fill(argument, 4, 1 | kind, 9, 5);
            case VFIO_DEVICE_GET_REGION_INFO -> region(argument);
            case VFIO_DEVICE_GET_IRQ_INFO -> {
                int index = argument.get(JAVA_INT, 8);
                if (index >= vectors && kind == 4) {
                    throw new SystemCallException(what, SystemCallException.EINVAL);
                }
                fill(argument, 4, kind == 4 && index == 0 ? 1 | 4 : 1);
                fill(argument, 12, kind == 4 || index != 2 ? 1 : vectors);
            }
            case VFIO_DEVICE_SET_IRQS -> {
                if (argument.get(JAVA_INT, 4) == (1 | 16)) {
                    unmasked.add(argument.get(JAVA_INT, 8));
                    return 0;
                }
                List<Integer> events = new ArrayList<>();
                for (int i = 0; i < argument.get(JAVA_INT, 16); i++) {
                    events.add(argument.get(JAVA_INT, 20 + 4L * i));
                }
                interrupts.put(argument.get(JAVA_INT, 8), events);
            }
            case VFIO_IOMMU_MAP_DMA -> mapped.put(argument.get(JAVA_LONG, 16), argument.get(JAVA_LONG, 24));
            case VFIO_IOMMU_UNMAP_DMA -> mapped.remove(argument.get(JAVA_LONG, 8));
            case VFIO_IOMMU_GET_INFO -> {
                fill(argument, 4, 2);
                fill(argument, 16, 24);
                fill(argument, 24, 1, 0, 1, 0);
                argument.set(JAVA_LONG, 40, 0x1000);
                argument.set(JAVA_LONG, 48, 0xffffffffL);
            }
            case IOMMU_IOAS_ALLOC -> argument.set(JAVA_INT, 8, 5);
            case IOMMU_IOAS_MAP -> mapped.put(argument.get(JAVA_LONG, 32), argument.get(JAVA_LONG, 24));
            case IOMMU_IOAS_UNMAP -> mapped.remove(argument.get(JAVA_LONG, 8));
            case VFIO_GET_API_VERSION, VFIO_SET_IOMMU, VFIO_DEVICE_RESET, VFIO_DEVICE_BIND_IOMMUFD, VFIO_DEVICE_ATTACH_IOMMUFD_PT -> { }
        }
        return 0;
    }

    private void region(MemorySegment info) {
        int index = info.get(JAVA_INT, 8);
        info.set(JAVA_INT, 4, index == 7 ? 3 : 3 | flagsOfBar);
        if ((flagsOfBar & 8) != 0) {
            fill(info, 12, 32);
            fill(info, 32, 1, 0); // one capability: only parts may be mapped
        }
        info.set(JAVA_LONG, 16, index == 7 ? config.length : index == 0 ? 0x4000 : 0);
        info.set(JAVA_LONG, 24, (long) index << 40);
    }

    private static void fill(MemorySegment s, long at, int... values) {
        for (int i = 0; i < values.length; i++) {
            s.set(JAVA_INT, at + 4L * i, values[i]);
        }
    }

    @Override
    public long read(int fd, MemorySegment into, long offset) {
        if (offset >>> 40 != 7 || !open.containsKey(fd)) {
            throw new SystemCallException("pread", SystemCallException.EIO);
        }
        long n = Math.max(0, Math.min(into.byteSize(), config.length - (offset & 0xffff)));
        if (n > 0) {
            MemorySegment.copy(MemorySegment.ofArray(config), offset & 0xffff, into, 0, n);
        }
        return n;
    }

    @Override
    public long write(int fd, MemorySegment from, long offset) {
        if (offset >>> 40 == 7) {
            MemorySegment.copy(from, 0, MemorySegment.ofArray(config), offset & 0xffff, from.byteSize());
        }
        requests.add("write %d bytes at 0x%x of region %d".formatted(from.byteSize(), offset & 0xffff, offset >>> 40));
        return from.byteSize();
    }

    @Override
    public int eventfd() {
        return SYSTEM.eventfd();
    }

    @Override
    public void signal(int eventfd) {
        SYSTEM.signal(eventfd);
    }

    @Override
    public long drain(int eventfd) {
        return SYSTEM.drain(eventfd);
    }

    @Override
    public long poll(int[] fds, int millis) {
        return SYSTEM.poll(fds, millis);
    }

    @Override
    public void stopWaiting(int fd) {
        SYSTEM.stopWaiting(fd);
    }

    /** A function's directory, in this group. */
    static Path function(Path sysfs, String name, int group, String driver) throws java.io.IOException {
        Path directory = java.nio.file.Files.createDirectories(sysfs.resolve("bus/pci/devices").resolve(name));
        Path members = java.nio.file.Files.createDirectories(sysfs.resolve("kernel/iommu_groups/" + group + "/devices"));
        java.nio.file.Files.createSymbolicLink(directory.resolve("iommu_group"), members.getParent());
        java.nio.file.Files.createSymbolicLink(directory.resolve("driver"), sysfs.resolve("bus/pci/drivers").resolve(driver));
        java.nio.file.Files.createSymbolicLink(members.resolve(name), directory);
        return directory;
    }
}
