package net.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.MmioWindow;
import net.api.host.PlatformAccess;

/** The devices of a simulated host that a device tree describes. */
final class SimPlatform implements PlatformAccess {
    /** Where the first MAC of Phytium's E2000 is, and the next ones: its device tree. */
    private static final long BASE = 0x3200_c000L;
    private static final long STRIDE = 0x2000;
    private static final int PLACES = 16;

    private final SimHost host;
    private final Engine engine;
    private final DmaSpace dma;
    private final Map<String, PlatformFunction> functions = new TreeMap<>();
    private final Map<String, Hold> holds = new HashMap<>();

    /** What somebody has acquired, and mapped. */
    private record Hold(PlatformFunction function, List<Window> mapped) {
    }

    SimPlatform(SimHost host, Engine engine, DmaSpace dma) {
        this.host = host;
        this.engine = engine;
        this.dma = dma;
    }

    /** Puts a device at the first free place. Under the lock. */
    void plug(PlatformFunction function) {
        if (function.isPlugged()) {
            throw new DevException(DevError.BAD_STATE, "the device is plugged into host " + function.host().name() + " already: unplug it first");
        }
        for (int i = 0; i < PLACES; i++) {
            String name = "ethernet@%x".formatted(BASE + i * STRIDE);
            if (functions.putIfAbsent(name, function) == null) {
                function.plug(host, dma, name);
                return;
            }
        }
        throw new DevException(DevError.NO_MEMORY, "all %d places for devices of host %s are taken: unplug something first".formatted(PLACES, host.name()));
    }

    /** Takes a device away; gives its name. Under the lock. */
    String unplug(PlatformFunction function) {
        if (function.host() != host) {
            throw new DevException(DevError.BAD_STATE, "the device is not plugged into host " + host.name());
        }
        function.unplug();
        functions.remove(function.name());
        return function.name();
    }

    /** What is plugged in, by place. Under the lock. */
    List<PlatformFunction> functions() {
        return List.copyOf(functions.values());
    }

    @Override
    public List<Node> nodes() {
        engine.lock();
        try {
            return functions.values().stream().map(PlatformFunction::node).toList();
        } finally {
            engine.unlock();
        }
    }

    @Override
    public void acquire(String name) {
        engine.lock();
        try {
            if (holds.containsKey(name)) {
                throw new DevException(DevError.RESOURCE_BUSY, host.name() + "/" + name + " is acquired already: release it first");
            }
            PlatformFunction f = functions.get(name);
            if (f == null) {
                throw new DevException(DevError.IO, "there is nothing at " + host.name() + "/" + name + " any more");
            }
            holds.put(name, new Hold(f, new ArrayList<>()));
        } finally {
            engine.unlock();
        }
    }

    /** Resets the device, so that it does nothing any more. */
    @Override
    public void release(String name) {
        engine.lock();
        try {
            Hold hold = holds.remove(name);
            if (hold != null) {
                hold.mapped().forEach(Window::close);
                if (hold.function().answers()) {
                    hold.function().reset();
                }
            }
        } finally {
            engine.unlock();
        }
    }

    @Override
    public Mmio mapRegion(String name, int region) {
        engine.lock();
        try {
            Hold hold = held(name);
            if (region != 0) {
                throw new DevException(DevError.INVALID_PARAM, "%s/%s has one register window, not number %d".formatted(host.name(), name, region));
            }
            Window window = new Window(hold.function());
            hold.mapped().add(window);
            return window;
        } finally {
            engine.unlock();
        }
    }

    @Override
    public List<Interrupt> openInterrupts(String name, int count) {
        engine.lock();
        try {
            PlatformFunction f = held(name).function();
            List<Interrupt> opened = new ArrayList<>();
            for (int i = 0; i < Math.min(count, f.node().interrupts()); i++) {
                opened.add(f.openLine(i));
            }
            return opened;
        } finally {
            engine.unlock();
        }
    }

    private Hold held(String name) {
        Hold hold = holds.get(name);
        if (hold == null) {
            throw new DevException(DevError.BAD_STATE, host.name() + "/" + name + " must be acquired first");
        }
        return hold;
    }

    /** Registers of 32 bits; reads are all ones and writes are lost when the device is gone. */
    private final class Window extends MmioWindow {
        private final PlatformFunction function;

        Window(PlatformFunction function) {
            super("window of " + function.name(), function.windowSize());
            this.function = function;
        }

        @Override
        protected int read(long offset, int width) {
            engine.lock();
            try {
                return function.answers() && isWord(offset, width) ? function.read((int) offset) : ones(width);
            } finally {
                engine.unlock();
            }
        }

        @Override
        protected void write(long offset, int width, int value) {
            if (!function.answers() || width == 4 && function.doorbell((int) offset, value)) {
                return;
            }
            engine.lock();
            try {
                if (function.answers() && isWord(offset, width)) {
                    function.write((int) offset, value);
                }
            } finally {
                engine.unlock();
            }
        }

        private boolean isWord(long offset, int width) {
            if (width != 4) {
                function.narrowAccess(offset, width);
            }
            return width == 4;
        }
    }
}
