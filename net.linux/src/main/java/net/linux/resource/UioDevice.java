package net.linux.resource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.host.MmioWindow;
import net.linux.device.MappedMmio;
import net.linux.device.Sysfs;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;

/**
 * A platform device by UIO: Documentation/driver-api/uio-howto.rst of the kernel. Its windows are the maps of {@code /dev/uioN}. There are no interrupts, and
 * nothing here can stop it: its driver must.
 */
public final class UioDevice extends PolledDevice {
    private static final long PAGE = 4096;

    private final Mappings mappings;
    private final Descriptors fds;
    private final String name;
    private final Path maps;
    private final int fd;
    private final Map<Integer, MappedMmio> mapped = new ConcurrentHashMap<>();
    private boolean closed;

    /**
     * Takes a device that a driver of UIO is bound to.
     *
     * @param dev where devices are, {@code /dev}
     * @param directory the device's, in sysfs
     * @param name what the kernel calls it
     * @throws DevException UNSUPPORTED or IO, with what is in the way
     */
    public UioDevice(Descriptors fds, Mappings mappings, Path dev, Path directory, String name) {
        super(name);
        this.fds = fds;
        this.mappings = mappings;
        this.name = name;
        List<String> files = Sysfs.names(directory.resolve("uio"));
        if (files.isEmpty()) {
            throw new DevException(DevError.IO, "UIO has no file for " + name + ": 'dmesg | tail' says why");
        }
        maps = directory.resolve("uio").resolve(files.getFirst()).resolve("maps");
        try {
            fd = fds.open(dev.resolve(files.getFirst()).toString());
        } catch (SystemCallException e) {
            throw new DevException(e.errno() == SystemCallException.EACCES ? DevError.UNSUPPORTED : DevError.IO,
                    "%s: %s; without VFIO devices are driven by root only".formatted(name, e.getMessage()), e);
        }
    }

    /** None: all ones. */
    @Override
    public int configRead(int offset, int width) {
        return MmioWindow.ones(width);
    }

    @Override
    public void configWrite(int offset, int width, int value) {
        // There is none.
    }

    @Override
    public Mmio map(int region, long size) {
        Path map = maps.resolve("map" + region);
        long there = Sysfs.number(map.resolve("size")).orElse(0);
        long lead = Sysfs.number(map.resolve("offset")).orElse(0);
        if (there < size) {
            throw new DevException(DevError.IO, "register window %d of %s has 0x%x bytes in UIO, not 0x%x".formatted(region, name, there, size));
        }
        return mapped.computeIfAbsent(region, r -> {
            try {
                // A map is chosen by the page that the mapping begins with.
                return new MappedMmio("register window " + r + " of " + name,
                        a -> mappings.map(fd, r * PAGE, (lead + size + PAGE - 1) & -PAGE, a).asSlice(lead, size));
            } catch (SystemCallException e) {
                throw new DevException(DevError.IO, "register window %d of %s: %s".formatted(r, name, e.getMessage()), e);
            }
        });
    }

    /** What a killed process left running goes on until a driver resets it. */
    @Override
    public boolean isAtRest() {
        return false;
    }

    @Override
    public boolean closingStopsDma() {
        return false;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            mapped.values().forEach(MappedMmio::close);
            fds.close(fd);
        }
    }
}
