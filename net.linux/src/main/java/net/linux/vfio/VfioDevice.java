package net.linux.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.MmioWindow;
import net.linux.device.EventInterrupt;
import net.linux.device.FileDevice;
import net.linux.device.Signal;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;

/** A device's descriptor. Opening resets the device where it can be reset; so does the kernel when it is closed, with bus mastering off. */
public final class VfioDevice extends FileDevice {
    /** VFIO_DEVICE_FLAGS_RESET and _PCI. */
    private static final int CAN_RESET = 1;
    private static final int IS_PCI = 2;
    /** VFIO_PCI_CONFIG_REGION_INDEX; BARs are 0 to 5. */
    private static final int CONFIG_REGION = 7;
    /** VFIO_PCI_MSIX_IRQ_INDEX, _ERR_IRQ_INDEX (PCI Express only: advanced error reporting), _REQ_IRQ_INDEX. */
    private static final int MSIX = 2;
    private static final int ERROR = 3;
    private static final int REQUEST = 4;
    /** VFIO_REGION_INFO_FLAG_MMAP and _CAPS; VFIO_REGION_INFO_CAP_SPARSE_MMAP: only parts may be mapped. */
    private static final int CAN_MAP = 4;
    private static final int HAS_CAPS = 8;
    private static final int SPARSE = 1;
    private static final long ROOM_FOR_CAPS = 1024;
    private final Descriptors fds;
    private final Mappings mappings;
    private final int fd;
    private final String name;
    private final Runnable afterClose;
    private final boolean pci;
    private final long configOffset;
    private final Map<Integer, MmioWindow> windows = new ConcurrentHashMap<>();
    private final VfioInterrupts interrupts;
    private final Map<Signal, EventInterrupt> events = new EnumMap<>(Signal.class);

    /**
     * @param fd closed with the device, also when that cannot be had
     * @throws DevException IO with what the kernel refuses
     */
    VfioDevice(Descriptors fds, Mappings mappings, int fd, String name, Runnable afterClose) {
        super(fds, fd, name);
        this.fds = fds;
        this.mappings = mappings;
        this.fd = fd;
        this.name = name;
        this.afterClose = afterClose;
        this.interrupts = new VfioInterrupts(fds, fd, name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = Structs.of(Structs.DEVICE_INFO, arena);
            Request.VFIO_DEVICE_GET_INFO.on(fds, fd, info);
            int flags = Structs.getInt(info, Structs.DEVICE_INFO, "flags");
            pci = (flags & IS_PCI) != 0;
            configOffset = pci ? Structs.getLong(regionInfo(CONFIG_REGION, arena), Structs.REGION_INFO, "offset") : -1;
            if ((flags & CAN_RESET) != 0) {
                Request.VFIO_DEVICE_RESET.on(fds, fd, 0);
            }
            if (pci) {
                listen(Signal.REQUEST, REQUEST);
                listen(Signal.ERROR, ERROR);
            }
        } catch (SystemCallException e) {
            events.values().forEach(EventInterrupt::close);
            fds.close(fd);
            throw new DevException(DevError.IO, "VFIO does not give %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    private void listen(Signal signal, int index) {
        EventInterrupt event = new EventInterrupt(fds, () -> { });
        events.put(signal, event);
        if (!interrupts.listen(index, event)) {
            events.remove(signal).close();
        }
    }

    @Override
    public Map<Signal, Integer> signals() {
        Map<Signal, Integer> signals = new EnumMap<>(Signal.class);
        events.forEach((signal, event) -> signals.put(signal, event.descriptor()));
        return signals;
    }

    private MemorySegment regionInfo(int index, Arena arena) {
        MemorySegment info = Structs.of(Structs.REGION_INFO, ROOM_FOR_CAPS, arena);
        Structs.set(info, Structs.REGION_INFO, "index", index);
        Request.VFIO_DEVICE_GET_REGION_INFO.on(fds, fd, info);
        return info;
    }

    @Override
    protected long configAt() {
        return configOffset;
    }

    @Override
    protected Mmio open(int region, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = regionInfo(region, arena);
            long there = Structs.getLong(info, Structs.REGION_INFO, "size");
            if (there < size) {
                throw new DevException(DevError.IO, "region %d of %s has 0x%x bytes, not 0x%x".formatted(region, name, there, size));
            }
            long offset = Structs.getLong(info, Structs.REGION_INFO, "offset");
            String kind = pci ? "BAR" : "register window";
            if ((Structs.getInt(info, Structs.REGION_INFO, "flags") & CAN_MAP) != 0 && !isSparse(info)) {
                return mapped(region, kind, 0, size, (bytes, a) -> mappings.map(fd, offset, bytes, a));
            }
            return windows.computeIfAbsent(region, r -> new Window(kind + " " + region + " of " + name, size, offset));
        }
    }

    private static boolean isSparse(MemorySegment info) {
        int at = (Structs.getInt(info, Structs.REGION_INFO, "flags") & HAS_CAPS) == 0 ? 0 : Structs.getInt(info, Structs.REGION_INFO, "cap_offset");
        while (at > 0 && at + 8 <= info.byteSize()) {
            if ((info.get(JAVA_INT, at) & 0xffff) == SPARSE) {
                return true;
            }
            int next = info.get(JAVA_INT, at + 4L);
            at = next > at ? next : 0;
        }
        return false;
    }

    /** A region that cannot be mapped, as one that is smaller than a page or holds the MSI-X table of an old kernel: each access is a call. */
    private final class Window extends MmioWindow {
        private final long offset;

        Window(String name, long size, long offset) {
            super(name, size);
            this.offset = offset;
        }

        @Override
        protected int read(long at, int width) {
            return file().read(offset + at, width);
        }

        @Override
        protected void write(long at, int width, int value) {
            file().write(offset + at, width, value);
        }
    }

    @Override
    public List<Interrupt> interrupts(int count) {
        return pci ? interrupts.vectors(MSIX, count) : interrupts.lines(count);
    }

    @Override
    public boolean isAtRest() {
        return true;
    }

    /** The IOMMU lets it reach what is mapped, and when that is no more, nothing. */
    @Override
    public boolean closingStopsDma() {
        return true;
    }

    @Override
    protected void silence() {
        interrupts.silence();
    }

    @Override
    protected void rest() {
        windows.values().forEach(MmioWindow::close);
        events.values().forEach(EventInterrupt::close);
    }

    @Override
    protected void closed() {
        afterClose.run();
    }
}
