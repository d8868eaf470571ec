package net.itest;

import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.EthernetAddress;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.device.Device;
import net.api.device.PciDevice;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import net.api.driver.DriverInstance;
import net.api.driver.NetDriver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** A driver that touches nothing, to see which one is chosen. */
final class FakeDriver implements NetDriver, AutoCloseable {
    private static final EthernetAddress MAC = EthernetAddress.parse("02:00:00:00:00:99");
    private final String name;
    private final List<DeviceMatch> matches;
    private final AtomicInteger running = new AtomicInteger();
    private ServiceRegistration<NetDriver> registration;

    FakeDriver(BundleContext context, String name, Device device, boolean bySubsystem, int ranking) {
        this.name = name;
        PciDevice pci = (PciDevice) device;
        matches = List.of(bySubsystem ? DeviceMatch.pci(pci.vendorId(), pci.deviceId(), pci.subsystemVendorId(), pci.subsystemId())
                : DeviceMatch.pci(pci.vendorId(), pci.deviceId()));
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Constants.SERVICE_RANKING, ranking);
        registration = context.registerService(NetDriver.class, this, properties);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<DeviceMatch> matches() {
        return matches;
    }

    @Override
    public DriverInstance attach(Attachment attachment) {
        String address = attachment.device().address();
        NetDriverOps ops = (NetDriverOps) Proxy.newProxyInstance(FakeDriver.class.getClassLoader(), new Class<?>[] {NetDriverOps.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "deviceName", "toString" -> address;
                    case "macAddress" -> MAC;
                    case "capabilities" -> new NetCapabilities(java.util.Set.of(), 1, 1, 68, 1500, 1, 0);
                    case "rxQueue", "txQueue" -> null; // who holds the port gets nothing here
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        running.incrementAndGet();
        return new DriverInstance() {
            @Override
            public NetDriverOps ops() {
                return ops;
            }

            @Override
            public void housekeep() {
                // Nothing can happen to it.
            }

            @Override
            public boolean stop() {
                running.decrementAndGet();
                return true;
            }
        };
    }

    /** Instances that were not stopped. */
    int running() {
        return running.get();
    }

    /** Takes the service away; again is no error. */
    @Override
    public void close() {
        if (registration != null) {
            registration.unregister();
            registration = null;
        }
    }
}
