package net.linux.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.host.MmioWindow;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What devices that are had by a file have alike: configuration space in the file, windows that are mapped, and an end, after which nothing uses the file's
 * number, which is another file's by then.
 */
public abstract class FileDevice implements OpenDevice {
    private static final Logger LOG = LoggerFactory.getLogger(FileDevice.class);
    private static final long PAGE = 4096;

    private final Descriptors fds;
    private final int fd;
    private final String name;
    private final FileRegisters file;
    private final Map<Integer, MappedMmio> mapped = new HashMap<>();
    private boolean closed;

    /**
     * @param fd closed with the device
     * @param name what the kernel calls it
     */
    protected FileDevice(Descriptors fds, int fd, String name) {
        this.fds = fds;
        this.fd = fd;
        this.name = name;
        file = new FileRegisters(fds, fd, name);
    }

    /** Where configuration space is in the file; negative if there is none. */
    protected abstract long configAt();

    /** The file, until {@link #close}. */
    protected final FileRegisters file() {
        return file;
    }

    @Override
    public final synchronized int configRead(int offset, int width) {
        return closed || configAt() < 0 ? MmioWindow.ones(width) : file.read(configAt() + offset, width);
    }

    @Override
    public final synchronized void configWrite(int offset, int width, int value) {
        if (!closed && configAt() >= 0) {
            file.write(configAt() + offset, width, value);
        }
    }

    @Override
    public final synchronized Mmio map(int region, long size) {
        if (closed) {
            throw new DevException(DevError.BAD_STATE, name + " was let go of: none of its registers are mapped");
        }
        try {
            return open(region, size);
        } catch (SystemCallException e) {
            throw new DevException(DevError.IO, "region %d of %s: %s".formatted(region, name, e.getMessage()), e);
        }
    }

    /**
     * As {@link #map}, of a device that is open.
     *
     * @throws SystemCallException what the kernel refuses
     */
    protected abstract Mmio open(int region, long size);

    /**
     * A window in memory: the one that there is, or a new one.
     *
     * @param kind of window, for messages
     * @param lead bytes in front of the window in its first page
     * @param map maps so many bytes, whole pages
     */
    protected final Mmio mapped(int region, String kind, long lead, long size, Mapper map) {
        return mapped.computeIfAbsent(region, r -> new MappedMmio("%s %d of %s".formatted(kind, r, name),
                arena -> map.map((lead + size + PAGE - 1) & -PAGE, arena).asSlice(lead, size)));
    }

    /** Maps whole pages of a device. */
    protected interface Mapper {
        /** So many bytes, until the arena closes. */
        MemorySegment map(long bytes, Arena arena);
    }

    @Override
    public final synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        step("its interrupts stay on", this::silence);
        mapped.values().forEach(m -> step("its registers stay mapped", m::close));
        step("it may not be at rest", this::rest);
        fds.close(fd);
        step("what it shares with others is not given back", this::closed);
    }

    /** What fails of an end keeps nothing else from it. */
    private void step(String failure, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.warn("{}: {}: {}", name, failure, e.toString());
        }
    }

    /** No more interrupts: before registers are unmapped. */
    protected void silence() {
    }

    /** Brings it to rest: after they were, and before the file is closed. */
    protected void rest() {
    }

    /** After the file was closed. */
    protected void closed() {
    }
}
