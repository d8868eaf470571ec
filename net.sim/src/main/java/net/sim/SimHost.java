package net.sim;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;

/**
 * A machine made of models: PCI functions on a root bus and behind root ports, devices of a device tree, memory that they reach under device addresses,
 * interrupts, and cables. There is no firmware: buses have no numbers and BARs no addresses before somebody gives them. All methods from any thread.
 */
public final class SimHost implements DeviceHost, PciAccess, AutoCloseable {
    private final String name;
    private final Engine engine;
    private final DmaSpace dma;
    private final Messages messages;
    private final PciTree tree = new PciTree();
    private final SimPci pci;
    private final SimPlatform platform;
    private final List<HostListener> listeners = new CopyOnWriteArrayList<>();

    /** What functions on its own buses see of it. */
    private final Machine machine = new Machine() {
        @Override
        public SimHost host() {
            return SimHost.this;
        }

        @Override
        public DmaSpace.Window memory(long iova, long length) {
            return dma.find(iova, length);
        }

        @Override
        public boolean keepsVectors() {
            return false;
        }

        @Override
        public void message(int vector, long address, int data) {
            messages.write(address, data);
        }
    };

    /** @param name first part of its devices' addresses, such as {@code sim} */
    public SimHost(String name) {
        this.name = name;
        engine = new Engine(name);
        dma = new DmaSpace(engine);
        messages = new Messages(engine);
        pci = new SimPci(name, engine, tree, messages);
        platform = new SimPlatform(this, engine, dma);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<PciAccess> pci() {
        return Optional.of(this);
    }

    @Override
    public Optional<PlatformAccess> platform() {
        return Optional.of(platform);
    }

    /**
     * Puts a device that a device tree describes at the first free place.
     *
     * @throws DevException NO_MEMORY if there is no place left; BAD_STATE if it is plugged in already
     */
    public void plug(PlatformFunction function) {
        engine.locked(() -> platform.plug(function));
        listeners.forEach(HostListener::changed);
    }

    /**
     * Takes such a device away without warning: it reads all ones at once, and the listeners are told. It can be plugged in again.
     *
     * @throws DevException BAD_STATE if it is not plugged in here
     */
    public void unplug(PlatformFunction function) {
        String[] name = new String[1];
        engine.locked(() -> name[0] = platform.unplug(function));
        for (HostListener l : listeners) {
            l.removed(name[0]);
            l.changed();
        }
    }

    /**
     * Puts a function into the first free slot.
     *
     * @param behindPort behind a root port, on a bus of its own
     * @throws DevException NO_MEMORY if there is no slot left; BAD_STATE if it is plugged in already
     */
    public void plug(PciFunction function, boolean behindPort) {
        engine.locked(() -> {
            int slot = tree.freeSlot(behindPort);
            if (slot < 0) {
                throw new DevException(DevError.NO_MEMORY, "all %d slots of host %s are taken: unplug something first".formatted(PciTree.SLOTS, name));
            }
            put(function, slot, behindPort, 0);
        });
        listeners.forEach(HostListener::changed);
    }

    /**
     * Puts a function where one wants it.
     *
     * @param slot device number on the root bus, 1 to 31
     * @param behindPort behind a root port at that number, on a bus of its own
     * @param number function number, 0 to 7; functions other than 0 are found only if there is a function 0
     * @throws DevException ALREADY_EXISTS if something is there; INVALID_PARAM if there is no such place; BAD_STATE if it is plugged in already
     */
    public void plug(PciFunction function, int slot, boolean behindPort, int number) {
        engine.locked(() -> put(function, slot, behindPort, number));
        listeners.forEach(HostListener::changed);
    }

    private void put(PciFunction function, int slot, boolean behindPort, int number) {
        checkFree(function);
        tree.put(function, slot, behindPort, number);
        function.plug(machine);
        tree.route();
    }

    private static void checkFree(PciFunction function) {
        if (function.isPlugged()) {
            throw new DevException(DevError.BAD_STATE, "the function is plugged into host " + function.host().name() + " already: unplug it first");
        }
    }

    /**
     * Gives a function to a machine outside of this program, such as a virtual machine: its registers, memory and interrupts are there, its cables are here.
     *
     * @param listener is told of its interrupts
     * @return the slot; closing it takes the function back
     * @throws DevException BAD_STATE if the function is plugged in or lent already
     */
    public ForeignSlot lend(PciFunction function, ForeignSlot.Listener listener) {
        ForeignSlot slot = new ForeignSlot(this, function, listener);
        engine.locked(() -> {
            checkFree(function);
            slot.plug();
        });
        return slot;
    }

    /**
     * Pulls a function out without warning: it reads all ones at once, and the listeners are told. It can be plugged in again.
     *
     * @throws DevException BAD_STATE if it is not plugged in here
     */
    public void unplug(PciFunction function) {
        PciAddress[] address = new PciAddress[1];
        engine.locked(() -> {
            if (function.machine() != machine) {
                throw new DevException(DevError.BAD_STATE, "the function is not plugged into host " + name);
            }
            address[0] = tree.address(function);
            function.unplug();
            tree.remove(function);
            tree.route();
        });
        for (HostListener l : listeners) {
            if (address[0] != null) {
                l.removed(address[0].toString());
            }
            l.changed();
        }
    }

    /** Where a function is; empty if it is not plugged in here, or if the bridge above it has no bus number yet. */
    public Optional<PciAddress> address(PciFunction function) {
        engine.lock();
        try {
            return function.machine() == machine ? Optional.ofNullable(tree.address(function)) : Optional.empty();
        } finally {
            engine.unlock();
        }
    }

    /** The functions that are plugged in, by slot, without root ports. */
    public List<PciFunction> functions() {
        engine.lock();
        try {
            return tree.functions();
        } finally {
            engine.unlock();
        }
    }

    /** The network cards that are plugged in: PCI functions by slot, then what a device tree describes, by place. */
    public List<CardModel> cards() {
        engine.lock();
        try {
            return Stream.concat(tree.functions().stream(), platform.functions().stream()).filter(CardModel.class::isInstance).map(CardModel.class::cast).toList();
        } finally {
            engine.unlock();
        }
    }

    /**
     * Joins two ports.
     *
     * @throws DevException BAD_STATE if one of them has a cable already; INVALID_PARAM if they are the same
     */
    public Cable connect(Port a, Port b) {
        return Cable.connect(engine, a, b);
    }

    /**
     * A port with a Java program behind it, to be cabled to a card.
     *
     * @param capacity frames that wait on either side at most; those beyond are lost and counted
     */
    public Endpoint endpoint(String name, int capacity) {
        return new Endpoint(engine, name, capacity);
    }

    Engine engine() {
        return engine;
    }

    /** The engine's thread, for those who measure what it does. */
    public Thread engineThread() {
        return engine.thread();
    }

    /** Interrupt messages that went nowhere, for a wrong address or wrong data. */
    public long strayMessages() {
        engine.lock();
        try {
            return messages.strays();
        } finally {
            engine.unlock();
        }
    }

    /** Pieces of DMA memory that users have and did not close. */
    public int dmaInUse() {
        engine.lock();
        try {
            return dma.open();
        } finally {
            engine.unlock();
        }
    }

    @Override
    public DmaMemory allocateDma(DmaRequest request) {
        request.refuseNode(name);
        engine.lock();
        try {
            return dma.allocate(request);
        } finally {
            engine.unlock();
        }
    }

    @Override
    public DmaMemory mapDma(String purpose, MemorySegment memory) {
        engine.lock();
        try {
            return dma.map(purpose, memory);
        } finally {
            engine.unlock();
        }
    }

    @Override
    public AutoCloseable subscribe(HostListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    // ---- PciAccess ----

    @Override
    public List<Root> roots() {
        return pci.roots();
    }

    @Override
    public List<Window> windows() {
        return pci.windows();
    }

    @Override
    public int read(PciAddress function, int offset, int width) {
        return pci.read(function, offset, width);
    }

    @Override
    public void write(PciAddress function, int offset, int width, int value) {
        pci.write(function, offset, width, value);
    }

    @Override
    public void acquire(PciAddress function) {
        pci.acquire(function);
    }

    @Override
    public void release(PciAddress function) {
        pci.release(function);
    }

    @Override
    public Mmio mapBar(PciAddress function, int bar, long address, long size) {
        return pci.mapBar(function, bar, address, size);
    }

    @Override
    public boolean managesInterrupts() {
        return pci.managesInterrupts();
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress function, int count) {
        return pci.openInterrupts(function, count);
    }

    @Override
    public Message openMessage(PciAddress function) {
        return pci.openMessage(function);
    }

    /**
     * Waits until all DMA memory is closed, and then stops.
     *
     * @param timeoutNanos longest wait in nanoseconds
     * @return pieces of memory that were still in use after that time; they stay valid for their users
     */
    public int close(long timeoutNanos) {
        engine.locked(dma::close);
        long start = System.nanoTime();
        boolean interrupted = false;
        while (dmaInUse() > 0 && System.nanoTime() - start < timeoutNanos && !interrupted) {
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        engine.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return dmaInUse();
    }

    /** As {@link #close(long)} with five seconds. */
    @Override
    public void close() {
        close(5_000_000_000L);
    }
}
