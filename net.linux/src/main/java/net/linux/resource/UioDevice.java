package net.linux.resource;

import java.nio.file.Path;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
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
    private final String name;
    private final Path maps;

    /**
     * Takes a device that a driver of UIO is bound to.
     *
     * @param dev where devices are, {@code /dev}
     * @param directory the device's, in sysfs
     * @param name what the kernel calls it
     * @throws DevException UNSUPPORTED or IO, with what is in the way
     */
    public UioDevice(Descriptors fds, Mappings mappings, Path dev, Path directory, String name) {
        String file = file(directory, name);
        super(fds, open(fds, dev.resolve(file), name), name);
        this.mappings = mappings;
        this.name = name;
        maps = directory.resolve("uio").resolve(file).resolve("maps");
    }

    private static String file(Path directory, String name) {
        List<String> files = Sysfs.names(directory.resolve("uio"));
        if (files.isEmpty()) {
            throw new DevException(DevError.IO, "UIO has no file for " + name + ": 'dmesg | tail' says why");
        }
        return files.getFirst();
    }

    private static int open(Descriptors fds, Path file, String name) {
        try {
            return fds.open(file.toString());
        } catch (SystemCallException e) {
            throw new DevException(e.errno() == SystemCallException.EACCES ? DevError.UNSUPPORTED : DevError.IO,
                    "%s: %s; without VFIO devices are driven by root only".formatted(name, e.getMessage()), e);
        }
    }

    /** None: all ones. */
    @Override
    protected long configAt() {
        return -1;
    }

    @Override
    protected Mmio open(int region, long size) {
        Path map = maps.resolve("map" + region);
        long there = Sysfs.number(map.resolve("size")).orElse(0);
        long lead = Sysfs.number(map.resolve("offset")).orElse(0);
        if (there < size) {
            throw new DevException(DevError.IO, "register window %d of %s has 0x%x bytes in UIO, not 0x%x".formatted(region, name, there, size));
        }
        // A map is chosen by the page that the mapping begins with.
        return mapped(region, "register window", lead, size, (bytes, arena) -> mappings.map(file().fd(), region * PAGE, bytes, arena));
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
}
