package net.linux.resource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.device.PciBar;
import net.api.host.MmioWindow;
import net.linux.device.Attributes;
import net.linux.device.Sysfs;
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

    /**
     * Takes a function that no driver of the kernel has.
     *
     * @param directory the function's, in sysfs
     * @param name its address
     * @param bars where the kernel has put them
     * @throws DevException UNSUPPORTED or IO, with what is in the way
     */
    public ResourceDevice(Descriptors fds, Mappings mappings, Attributes attributes, Path directory, String name, List<PciBar> bars) {
        super(fds, open(fds, directory, "config"), name);
        this.fds = fds;
        this.mappings = mappings;
        this.attributes = attributes;
        this.directory = directory;
        this.name = name;
        this.bars = bars;
        try {
            masterOff();
            enable();
            reset();
        } catch (IOException e) {
            fds.close(file().fd());
            throw new DevException(DevError.IO, "%s cannot be enabled: %s; 'dmesg | tail' says why".formatted(name, e), e);
        } catch (RuntimeException e) {
            fds.close(file().fd());
            throw e;
        }
    }

    private static int open(Descriptors fds, Path directory, String file) {
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
        int command = file().read(COMMAND, 2);
        if (command != MmioWindow.ones(2) && (command & BUS_MASTER) != 0) {
            file().write(COMMAND, 2, command & ~BUS_MASTER);
            int now = file().read(COMMAND, 2);
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

    /**
     * Out of D3, and with its resources routed. The kernel counts who wants that. No driver of it has the function, so what it has counted is of a process that
     * was killed: that is taken over, or the driver that comes afterwards would find the function enabled, and not turn on what was turned off here.
     */
    private void enable() throws IOException {
        if (Sysfs.number(directory.resolve("enable")).orElse(0) == 0) {
            attribute("enable", "1");
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
    protected long configAt() {
        return 0;
    }

    @Override
    protected Mmio open(int region, long size) {
        PciBar bar = bars.stream().filter(b -> b.index() == region && b.size() >= size).findFirst()
                .orElseThrow(() -> new DevException(DevError.IO, "BAR %d of %s has not 0x%x bytes; there are %s".formatted(region, name, size, bars)));
        long lead = bar.address() & PAGE - 1; // what is smaller than a page may begin within one
        return mapped(region, "BAR", lead, size, (bytes, arena) -> {
            int file = open(fds, directory, "resource" + region);
            try {
                return mappings.map(file, 0, bytes, arena);
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
    protected void rest() {
        try {
            masterOff();
            reset();
            attribute("enable", "0");
        } catch (IOException e) {
            LOG.warn("{}: {}", name, e.toString());
        }
    }
}
