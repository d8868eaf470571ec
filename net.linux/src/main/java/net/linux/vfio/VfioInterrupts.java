package net.linux.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.linux.device.EventInterrupt;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The interrupts of a device of VFIO: events that the kernel signals. */
final class VfioInterrupts {
    private static final Logger LOG = LoggerFactory.getLogger(VfioInterrupts.class);
    /** VFIO_IRQ_INFO_AUTOMASKED: a level, off from each signal until it is unmasked. */
    private static final int MASKED_BY_SIGNAL = 4;
    /** VFIO_IRQ_SET_DATA_NONE, _DATA_EVENTFD, _ACTION_UNMASK, _ACTION_TRIGGER. */
    private static final int DATA_NONE = 1;
    private static final int DATA_EVENTFD = 4;
    private static final int ACTION_UNMASK = 16;
    private static final int ACTION_TRIGGER = 32;

    private final Descriptors fds;
    private final int fd;
    private final String name;
    /** Indices that signal now. */
    private final List<Integer> on = new ArrayList<>();

    /** @param fd the device, which somebody else closes */
    VfioInterrupts(Descriptors fds, int fd, String name) {
        this.fds = fds;
        this.fd = fd;
        this.name = name;
    }

    /** What an index has, and how it behaves. */
    private record Info(int count, int flags) {
        static final Info NONE = new Info(0, 0);
    }

    private Info info(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = Structs.of(Structs.IRQ_INFO, arena);
            Structs.set(info, Structs.IRQ_INFO, "index", index);
            Request.VFIO_DEVICE_GET_IRQ_INFO.on(fds, fd, info);
            return new Info(Structs.getInt(info, Structs.IRQ_INFO, "count"), Structs.getInt(info, Structs.IRQ_INFO, "flags"));
        } catch (SystemCallException e) {
            return Info.NONE;
        }
    }

    /** Signals by this event if the device has the index; false if not. */
    boolean listen(int index, EventInterrupt event) {
        boolean there = info(index).count > 0;
        if (there) {
            set(index, List.of(event), ACTION_TRIGGER);
        }
        return there;
    }

    /**
     * All interrupts of one index, such as MSI-X.
     *
     * @throws DevException UNSUPPORTED if there are none
     */
    synchronized List<Interrupt> vectors(int index, int count) {
        int there = Math.min(count, info(index).count);
        if (there < 1) {
            throw new DevException(DevError.UNSUPPORTED, name + " has no MSI-X interrupts");
        }
        List<EventInterrupt> events = new ArrayList<>();
        try {
            while (events.size() < there) {
                events.add(new EventInterrupt(fds, this::silence));
            }
            set(index, events, ACTION_TRIGGER);
            on.add(index);
            return List.copyOf(events);
        } catch (SystemCallException e) {
            throw failed(there, events, e);
        }
    }

    /**
     * The first interrupt of each index from 0 on, as platform devices have them. One that is a level is off from each signal until somebody waits again: the
     * driver has quieted the device by then.
     *
     * @throws DevException UNSUPPORTED if there are none
     */
    synchronized List<Interrupt> lines(int count) {
        List<EventInterrupt> events = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                int index = i;
                Info info = info(index);
                if (info.count < 1) {
                    break;
                }
                EventInterrupt event = new EventInterrupt(fds, this::silence, (info.flags & MASKED_BY_SIGNAL) == 0 ? () -> { } : () -> unmask(index));
                events.add(event);
                set(index, List.of(event), ACTION_TRIGGER);
                on.add(index);
            }
        } catch (SystemCallException e) {
            throw failed(count, events, e);
        }
        if (events.isEmpty()) {
            throw new DevException(DevError.UNSUPPORTED, name + " has no interrupts");
        }
        return List.copyOf(events);
    }

    private DevException failed(int count, List<EventInterrupt> events, SystemCallException e) {
        events.forEach(EventInterrupt::close);
        return new DevException(DevError.IO, "%d interrupts of %s: %s".formatted(count, name, e.getMessage()), e);
    }

    private synchronized void unmask(int index) {
        if (on.contains(index)) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment set = set(index, 1, DATA_NONE | ACTION_UNMASK, 0, arena);
                Request.VFIO_DEVICE_SET_IRQS.on(fds, fd, set);
            } catch (SystemCallException e) {
                LOG.debug("{}: interrupt {} could not be unmasked: {}", name, index, e.getMessage());
            }
        }
    }

    private void set(int index, List<EventInterrupt> events, int action) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = set(index, events.size(), (events.isEmpty() ? DATA_NONE : DATA_EVENTFD) | action, (long) events.size() * Integer.BYTES, arena);
            for (int i = 0; i < events.size(); i++) {
                set.set(JAVA_INT, Structs.IRQ_SET.byteSize() + (long) i * Integer.BYTES, events.get(i).descriptor());
            }
            Request.VFIO_DEVICE_SET_IRQS.on(fds, fd, set);
        }
    }

    private static MemorySegment set(int index, int count, int flags, long more, Arena arena) {
        MemorySegment set = Structs.of(Structs.IRQ_SET, more, arena);
        Structs.set(set, Structs.IRQ_SET, "flags", flags);
        Structs.set(set, Structs.IRQ_SET, "index", index);
        Structs.set(set, Structs.IRQ_SET, "count", count);
        return set;
    }

    /** No more interrupts, before the first of their events closes. */
    synchronized void silence() {
        for (int index : on) {
            try {
                set(index, List.of(), ACTION_TRIGGER);
            } catch (SystemCallException e) {
                LOG.debug("{}: interrupt {} could not be turned off: {}", name, index, e.getMessage());
            }
        }
        on.clear();
    }
}
