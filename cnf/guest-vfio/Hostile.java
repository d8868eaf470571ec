import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import net.api.device.DmaMemory;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** For the guest: the machine's devices once more, with pools whose device addresses nobody has mapped. */
public final class Hostile implements BundleActivator {
    private static final long NOWHERE = 1L << 37;

    private ServiceTracker<DeviceHost, ?> tracker;

    @Override
    public void start(BundleContext context) throws Exception {
        tracker = new ServiceTracker<DeviceHost, Object>(context, context.createFilter("(&(host.name=linux)(host.dma=true))"), null) {
            @Override
            public Object addingService(ServiceReference<DeviceHost> reference) {
                return context.registerService(DeviceHost.class, new Liar(context.getService(reference)),
                        FrameworkUtil.asDictionary(Map.of(DeviceHost.NAME, "hostile", DeviceHost.DMA, true)));
            }
        };
        tracker.open();
    }

    @Override
    public void stop(BundleContext context) {
        tracker.close();
    }

    private record Liar(DeviceHost real) implements DeviceHost {
        @Override
        public String name() {
            return "hostile";
        }

        @Override
        public Optional<PciAccess> pci() {
            return real.pci();
        }

        @Override
        public DmaMemory allocateDma(DmaRequest request) {
            DmaMemory memory = real.allocateDma(request);
            return request.purpose().startsWith("pool ") ? new Elsewhere(memory) : memory;
        }

        @Override
        public AutoCloseable subscribe(HostListener listener) {
            return real.subscribe(listener);
        }
    }

    private record Elsewhere(DmaMemory memory) implements DmaMemory {
        @Override
        public MemorySegment segment() {
            return memory.segment();
        }

        @Override
        public long pageSize() {
            return memory.pageSize();
        }

        @Override
        public long iova(long offset) {
            return memory.iova(offset) + NOWHERE;
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
