package net.linux.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.device.PciBar;
import net.api.host.MmioWindow;
import net.linux.device.Attributes;
import net.linux.device.FileRegisters;
import net.linux.device.MappedMmio;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PCI function by its files in sysfs: Documentation/PCI/sysfs-pci.rst of the kernel. When it is opened and when it is closed, bus mastering is turned off and
 * the function is reset, if the kernel knows how. There are no interrupts.
 */
public final class ResourceDevice extends PolledDevice {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceDevice.class);
    private static final long PAGE = 4096;
    /** PCI Local Bus 3.0, 6.2.2. */
    private static final int COMMAND = 4;
    private static final int BUS_MASTER = 4;

    private final Descriptors fds;
    private final Mappings mappings;
    private final Attributes attributes;
    private final Path directory;
    private final String name;
    private final List<PciBar> bars;
    private final int fd;
    private final FileRegisters config;
    private final Map<Integer, MappedMmio> mapped = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * Takes a function that no driver of the kernel has.
     *
     * @param directory the function's, in sysfs
     * @param name its address
     * @param bars where the kernel has put them
     * @throws DevException UNSUPPORTED or IO, with what is in the way
     */
    public ResourceDevice(Descriptors fds, Mappings mappings, Attributes attributes, Path directory, String name, List<PciBar> bars) {
        super(name);
        this.fds = fds;
        this.mappings = mappings;
        this.attributes = attributes;
        this.directory = directory;
        this.name = name;
        this.bars = bars;
        fd = open("config");
        config = new FileRegisters(fds, fd, name);
        try {
            masterOff();
            attribute("enable", "1"); // out of D3, and with its resources routed
            reset();
        } catch (IOException e) {
            fds.close(fd);
            throw new DevException(DevError.IO, "%s cannot be enabled: %s; 'dmesg | tail' says why".formatted(name, e), e);
        } catch (RuntimeException e) {
            fds.close(fd);
            throw e;
        }
    }

    private int open(String file) {
        try {
            return fds.open(directory.resolve(file).toString());
        } catch (SystemCallException e) {
            throw switch (e.errno()) {
                case SystemCallException.EACCES, SystemCallException.EPERM -> new DevException(DevError.UNSUPPORTED,
                        e.getMessage() + ": without VFIO devices are driven by root only, and not where the kernel is locked down (Secure Boot)", e);
                default -> new DevException(DevError.IO, e.getMessage(), e);
            };
        }
    }

    /** @throws DevException IO if the device goes on mastering the bus */
    private void masterOff() {
        int command = config.read(COMMAND, 2);
        if (command != MmioWindow.ones(2) && (command & BUS_MASTER) != 0) {
            config.write(COMMAND, 2, command & ~BUS_MASTER);
            int now = config.read(COMMAND, 2);
            if (now != MmioWindow.ones(2) && (now & BUS_MASTER) != 0) {
                throw new DevException(DevError.IO, name + " does not stop: its bus master bit stays on after it was turned off");
            }
        }
    }

    /** Writes an attribute that devices of some kinds do not have. */
    private void attribute(String attribute, String value) throws IOException {
        Path file = directory.resolve(attribute);
        if (Files.exists(file)) {
            attributes.write(file, value);
        }
    }

    /** With bus mastering off a function that was not reset is at rest as well. */
    private void reset() {
        try {
            attribute("reset", "1");
        } catch (IOException e) {
            LOG.warn("{} could not be reset: {}", name, e.toString());
        }
    }

    @Override
    public int configRead(int offset, int width) {
        return closed ? MmioWindow.ones(width) : config.read(offset, width);
    }

    @Override
    public void configWrite(int offset, int width, int value) {
        if (!closed) {
            config.write(offset, width, value);
        }
    }

    @Override
    public Mmio map(int region, long size) {
        PciBar bar = bars.stream().filter(b -> b.index() == region && b.size() >= size).findFirst()
                .orElseThrow(() -> new DevException(DevError.IO, "BAR %d of %s has not 0x%x bytes; there are %s".formatted(region, name, size, bars)));
        long lead = bar.address() & PAGE - 1; // what is smaller than a page may begin within one
        return mapped.computeIfAbsent(region, r -> {
            int file = open("resource" + r);
            try {
                return new MappedMmio("BAR " + r + " of " + name, a -> mappings.map(file, 0, (lead + size + PAGE - 1) & -PAGE, a).asSlice(lead, size));
            } catch (SystemCallException e) {
                throw new DevException(DevError.IO, "BAR %d of %s: %s".formatted(r, name, e.getMessage()), e);
            } finally {
                fds.close(file);
            }
        });
    }

    @Override
    public boolean isAtRest() {
        return true;
    }

    @Override
    public boolean closingStopsDma() {
        return true;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        mapped.values().forEach(MappedMmio::close);
        try {
            masterOff();
            reset();
            attribute("enable", "0");
        } catch (IOException | DevException e) {
            LOG.warn("{}: {}", name, e.toString());
        } finally {
            fds.close(fd);
        }
    }
}
