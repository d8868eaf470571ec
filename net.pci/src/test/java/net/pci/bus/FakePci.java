package net.pci.bus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.PciAccess;

/** A scripted hierarchy of PCI functions. What happens is written into a log. */
public class FakePci implements PciAccess {
    public static final Window IO = new Window(Window.Kind.IO, 0xc000, 0x4000);
    public static final Window MEMORY = new Window(Window.Kind.MEMORY_32, 0xe000_0000L, 0x1000_0000L);
    public static final Window WIDE = new Window(Window.Kind.MEMORY_64, 0x80_0000_0000L, 0x10_0000_0000L);

    public final List<String> log;
    public final Map<String, String> restrictions = new HashMap<>();
    public final Set<PciAddress> acquired = new HashSet<>();
    public final Map<String, FakeMmio> mapped = new HashMap<>();
    public final List<FakeInterrupt> interrupts = new ArrayList<>();
    public final Set<PciAddress> read = new HashSet<>();
    public List<Window> windows = List.of();
    public boolean managesInterrupts;
    public int messages = 8;
    public String busy = "";
    /** Done when a function is acquired. */
    public Runnable acquiring = () -> { };
    /** Done when anything is read. */
    public volatile Runnable reading = () -> { };
    /** Done when an interrupt is closed. */
    public Runnable closing = () -> { };
    private final Map<Integer, FakeFunction> root = new TreeMap<>();
    private final int lastBus;

    public FakePci(List<String> log, int lastBus) {
        this.log = log;
        this.lastBus = lastBus;
    }

    /** Puts a function on the root bus. */
    public synchronized FakePci with(int device, int function, FakeFunction f) {
        root.put(device << 3 | function, f);
        return this;
    }

    public synchronized void remove(int device, int function) {
        root.remove(device << 3 | function);
    }

    public synchronized boolean contains(FakeFunction f) {
        return root.containsValue(f);
    }

    @Override
    public List<Root> roots() {
        return List.of(new Root(0, 0, lastBus));
    }

    @Override
    public List<Window> windows() {
        return windows;
    }

    private FakeFunction find(PciAddress a) {
        Map<Integer, FakeFunction> bus = a.bus() == 0 ? root : behind(root, a.bus());
        return bus == null ? null : bus.get(a.device() << 3 | a.function());
    }

    /** Goes down the bridges as a configuration request does. */
    private static Map<Integer, FakeFunction> behind(Map<Integer, FakeFunction> here, int bus) {
        for (FakeFunction f : here.values()) {
            int numbers = (f.get16(ConfigSpace.HEADER_TYPE) & 0x7f) == 1 ? f.get32(ConfigSpace.BUS_NUMBERS) : 0;
            int secondary = numbers >>> 8 & 0xff;
            int subordinate = numbers >>> 16 & 0xff;
            if (secondary != 0 && bus == secondary) {
                return f.behind();
            }
            if (secondary != 0 && bus > secondary && bus <= subordinate) {
                return behind(f.behind(), bus);
            }
        }
        return null;
    }

    @Override
    public synchronized int read(PciAddress function, int offset, int width) {
        read.add(function);
        reading.run();
        FakeFunction f = find(function);
        return f == null ? width == 4 ? -1 : (1 << 8 * width) - 1 : f.read(offset, width);
    }

    @Override
    public synchronized void write(PciAddress function, int offset, int width, int value) {
        FakeFunction f = find(function);
        if (f != null) {
            int before = f.command();
            f.write(offset, width, value);
            int after = f.command();
            note(before, after, ConfigSpace.COMMAND_MASTER, "dma");
            note(before, after, ConfigSpace.COMMAND_MEMORY, "memory");
        }
    }

    private void note(int before, int after, int bit, String what) {
        if ((before & bit) != (after & bit) && !acquired.isEmpty()) {
            log.add(what + ((after & bit) != 0 ? " on" : " off"));
        }
    }

    @Override
    public String restriction(PciAddress function) {
        return restrictions.getOrDefault(function.toString(), "");
    }

    @Override
    public void acquire(PciAddress function) {
        if (!busy.isEmpty()) {
            throw new DevException(DevError.RESOURCE_BUSY, busy);
        }
        acquired.add(function);
        log.add("acquire");
        acquiring.run();
    }

    @Override
    public void release(PciAddress function) {
        acquired.remove(function);
        log.add("release");
    }

    @Override
    public Mmio mapBar(PciAddress function, int bar, long address, long size) {
        log.add("map " + bar);
        return mapped.computeIfAbsent(function + " " + bar, k -> new FakeMmio(size));
    }

    @Override
    public boolean managesInterrupts() {
        return managesInterrupts;
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress function, int count) {
        List<Interrupt> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(newInterrupt());
        }
        return all;
    }

    @Override
    public Message openMessage(PciAddress function) {
        if (interrupts.size() >= messages) {
            throw new DevException(DevError.NO_MEMORY, "no message left");
        }
        int n = interrupts.size();
        return new Message(0xfee0_0000L + 0x10 * n, 0x40 + n, newInterrupt());
    }

    private FakeInterrupt newInterrupt() {
        FakeInterrupt i = new FakeInterrupt(log, () -> closing.run());
        interrupts.add(i);
        return i;
    }

    /** An interrupt that only knows whether it is closed. */
    public static final class FakeInterrupt implements Interrupt {
        private final List<String> log;
        private final Runnable closing;
        public volatile boolean closed;

        FakeInterrupt(List<String> log, Runnable closing) {
            this.log = log;
            this.closing = closing;
        }

        @Override
        public boolean await(long timeoutNanos) {
            return false;
        }

        @Override
        public void close() {
            closed = true;
            log.add("interrupt closed");
            closing.run();
        }
    }

    /** Registers that remember. */
    public static class FakeMmio implements Mmio {
        private final byte[] bytes;
        public final List<String> writes = new ArrayList<>();

        FakeMmio(long size) {
            bytes = new byte[(int) size];
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read8(long offset) {
            return bytes[(int) offset] & 0xff;
        }

        @Override
        public int read16(long offset) {
            return read8(offset) | read8(offset + 1) << 8;
        }

        @Override
        public int read32(long offset) {
            return read16(offset) | read16(offset + 2) << 16;
        }

        @Override
        public void write8(long offset, int value) {
            bytes[(int) offset] = (byte) value;
        }

        @Override
        public void write16(long offset, int value) {
            write8(offset, value);
            write8(offset + 1, value >>> 8);
        }

        @Override
        public void write32(long offset, int value) {
            writes.add("0x%x=0x%x".formatted(offset, value));
            write16(offset, value);
            write16(offset + 2, value >>> 16);
        }
    }
}
