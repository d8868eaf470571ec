package net.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.MmioWindow;
import net.api.host.PciAccess;

/** The PCI functions of a simulated host as their user sees them: configuration space, BARs, messages. */
final class SimPci implements PciAccess {
    private static final List<Root> ROOTS = List.of(new Root(0, 0, 0x3f));
    private static final List<Window> WINDOWS = List.of(new Window(Window.Kind.MEMORY_32, 0xe000_0000L, 0x1000_0000L),
            new Window(Window.Kind.MEMORY_64, 0x80_0000_0000L, 0x80_0000_0000L));

    private final String name;
    private final Engine engine;
    private final PciTree tree;
    private final Messages messages;
    private final Map<PciAddress, Hold> holds = new HashMap<>();

    /** What somebody has acquired, and mapped. */
    private record Hold(PciFunction function, List<BarMmio> mapped) {
    }

    /** @param name of the host */
    SimPci(String name, Engine engine, PciTree tree, Messages messages) {
        this.name = name;
        this.engine = engine;
        this.tree = tree;
        this.messages = messages;
    }

    @Override
    public List<Root> roots() {
        return ROOTS;
    }

    @Override
    public List<Window> windows() {
        return WINDOWS;
    }

    @Override
    public int read(PciAddress function, int offset, int width) {
        checkConfig(offset, width);
        engine.lock();
        try {
            PciFunction f = tree.at(function);
            return f == null || offset + width > ConfigSpace.SIZE ? MmioWindow.ones(width) : f.configRead(offset, width);
        } finally {
            engine.unlock();
        }
    }

    @Override
    public void write(PciAddress function, int offset, int width, int value) {
        checkConfig(offset, width);
        engine.locked(() -> {
            PciFunction f = tree.at(function);
            if (f != null && offset + width <= ConfigSpace.SIZE) {
                f.configWrite(offset, width, value);
                tree.route();
            }
        });
    }

    private static void checkConfig(int offset, int width) {
        if (width != 1 && width != 2 && width != 4 || offset < 0 || offset % width != 0) {
            throw new DevException(DevError.INVALID_PARAM, "configuration space has no %d bytes at 0x%x: 1, 2 or 4 aligned ones".formatted(width, offset));
        }
    }

    @Override
    public void acquire(PciAddress function) {
        engine.locked(() -> {
            if (holds.containsKey(function)) {
                throw new DevException(DevError.RESOURCE_BUSY, name + "/" + function + " is acquired already: release it first");
            }
            PciFunction f = tree.at(function);
            if (f == null) {
                throw new DevException(DevError.IO, "there is nothing at " + name + "/" + function + " any more");
            }
            holds.put(function, new Hold(f, new ArrayList<>()));
        });
    }

    @Override
    public void release(PciAddress function) {
        engine.locked(() -> {
            Hold hold = holds.remove(function);
            if (hold != null) {
                hold.mapped().forEach(BarMmio::close);
            }
        });
    }

    @Override
    public Mmio mapBar(PciAddress function, int bar, long address, long size) {
        engine.lock();
        try {
            Hold hold = holds.get(function);
            if (hold == null) {
                throw new DevException(DevError.BAD_STATE, name + "/" + function + " must be acquired before BAR " + bar + " is mapped");
            }
            long has = bar < 0 || bar > 5 ? 0 : hold.function().barSize(bar);
            if (has == 0 || size < 1 || size > has) {
                throw new DevException(DevError.INVALID_PARAM, "%s/%s has no BAR %d of %d bytes; that BAR has %d".formatted(name, function, bar, size, has));
            }
            BarMmio mmio = new BarMmio(engine, hold.function(), bar, address, size);
            hold.mapped().add(mmio);
            return mmio;
        } finally {
            engine.unlock();
        }
    }

    @Override
    public boolean managesInterrupts() {
        return false;
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress function, int count) {
        throw new DevException(DevError.UNSUPPORTED, "host " + name + " leaves MSI-X tables to its user: openMessage");
    }

    @Override
    public Message openMessage(PciAddress function) {
        engine.lock();
        try {
            return messages.open(name + "/" + function);
        } finally {
            engine.unlock();
        }
    }
}
