package net.pci;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;
import net.pci.bus.FakePci;

/** A host whose devices are scripted. What happens is written into a log that driver, pool and registrar share. */
final class FakeHost implements DeviceHost, PlatformAccess {
    final List<String> log = new CopyOnWriteArrayList<>();
    final FakePci pci = new FakePci(log, 7);
    final List<Node> nodes = new CopyOnWriteArrayList<>();
    final List<HostListener> listeners = new CopyOnWriteArrayList<>();
    final List<DmaMemory> memory = new CopyOnWriteArrayList<>();
    /** NUMA nodes that memory was asked of, in order; its devices are on node 1. */
    final List<Integer> askedNodes = new CopyOnWriteArrayList<>();
    /** Which has no memory. */
    int emptyNode = 7;
    /** Of platform devices. */
    boolean releaseStopsDma = true;
    private final String name;

    FakeHost(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<PciAccess> pci() {
        return Optional.of(pci);
    }

    @Override
    public Optional<PlatformAccess> platform() {
        return Optional.of(this);
    }

    @Override
    public DmaMemory allocateDma(DmaRequest request) {
        askedNodes.add(request.node());
        if (request.bytes() > 1 << 20 || request.node() == emptyNode) {
            throw new DevException(DevError.NO_MEMORY, "no " + request.bytes() + " bytes for " + request.purpose());
        }
        Arena arena = Arena.ofShared();
        MemorySegment segment = arena.allocate(request.bytes(), request.alignment());
        DmaMemory m = new DmaMemory() {
            @Override
            public MemorySegment segment() {
                return segment;
            }

            @Override
            public long pageSize() {
                return 4096;
            }

            @Override
            public long iova(long offset) {
                return segment.address() + offset;
            }

            @Override
            public void close() {
                log.add("memory freed");
                memory.remove(this);
                arena.close();
            }
        };
        memory.add(m);
        return m;
    }

    @Override
    public Map<String, Object> describe(String deviceName) {
        return Map.of(Device.NUMA_NODE, 1);
    }

    @Override
    public AutoCloseable subscribe(HostListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void changed() {
        listeners.forEach(HostListener::changed);
    }

    void removed(String device) {
        listeners.forEach(l -> l.removed(device));
    }

    void failed(String device, String reason) {
        listeners.forEach(l -> l.failed(device, reason));
    }

    @Override
    public boolean releaseStopsDma(String node) {
        return releaseStopsDma;
    }

    @Override
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public void acquire(String node) {
        log.add("acquire");
    }

    @Override
    public void release(String node) {
        log.add("release");
    }

    @Override
    public Mmio mapRegion(String node, int region) {
        return pci.mapBar(null, region, 0, 4096);
    }

    @Override
    public List<Interrupt> openInterrupts(String node, int count) {
        return new ArrayList<>(pci.openInterrupts(null, count));
    }
}
