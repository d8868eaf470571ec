package net.pci;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PlatformDevice;
import net.api.host.DeviceHost;
import net.api.host.PlatformAccess;

/** A device of a device tree. */
final class PlatformNode extends ListedDevice implements PlatformDevice {
    private final PlatformAccess platform;
    private final PlatformAccess.Node node;
    /** The same array each time, so that properties that did not change are equal. */
    private final String[] compatible;

    PlatformNode(DeviceHost host, PlatformAccess platform, PlatformAccess.Node node) {
        super(host, node.name());
        this.platform = platform;
        this.node = node;
        this.compatible = node.compatible().toArray(String[]::new);
    }

    @Override
    public String bus() {
        return PLATFORM;
    }

    @Override
    public String description() {
        return String.join(", ", node.compatible());
    }

    @Override
    public List<String> compatible() {
        return node.compatible();
    }

    @Override
    public boolean dmaCoherent() {
        return node.dmaCoherent();
    }

    @Override
    public Optional<byte[]> property(String name) {
        ByteBuffer value = node.properties().get(name);
        if (value == null) {
            return Optional.empty();
        }
        byte[] bytes = new byte[value.remaining()];
        value.get(value.position(), bytes);
        return Optional.of(bytes);
    }

    PlatformAccess.Node node() {
        return node;
    }

    @Override
    Class<? extends Device> type() {
        return PlatformDevice.class;
    }

    @Override
    String restriction() {
        return platform.restriction(node.name());
    }

    @Override
    void addIds(Map<String, Object> properties) {
        properties.put(COMPATIBLE, compatible);
    }

    @Override
    DeviceAccess access() {
        return new Access();
    }

    /** There is no bus to switch off: drivers stop DMA by the device's own registers. */
    private final class Access implements DeviceAccess {
        @Override
        public void acquire() {
            platform.acquire(node.name());
        }

        @Override
        public void prepare() {
        }

        @Override
        public Mmio map(int index) {
            if (index < 0 || index >= node.regions().size()) {
                throw new DevException(DevError.INVALID_PARAM, "%s has no register window %d, it has %d".formatted(address(), index, node.regions().size()));
            }
            return platform.mapRegion(node.name(), index);
        }

        @Override
        public void configWrite(int offset, int width, int value) {
            throw new DevException(DevError.UNSUPPORTED, address() + " is no PCI function and has no configuration space");
        }

        @Override
        public void enableDma() {
        }

        @Override
        public void disableDma() {
        }

        @Override
        public List<Interrupt> interrupts(int count, IntFunction<Mmio> windows) {
            int n = Math.min(count, node.interrupts());
            return n == 0 ? List.of() : platform.openInterrupts(node.name(), n);
        }

        @Override
        public void disableInterrupts() {
        }

        @Override
        public void disableDecode() {
        }

        @Override
        public void release() {
            platform.release(node.name());
        }

        @Override
        public boolean releaseStopsDma() {
            return platform.releaseStopsDma(node.name());
        }

        @Override
        public boolean isGone() {
            return platform.nodes().stream().noneMatch(n -> n.name().equals(node.name()));
        }
    }
}
