package net.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.Device;
import net.api.device.PciDevice;
import net.api.host.DeviceHost;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** What a test sees of the runtime, and does to its bundles. Everything that takes time is waited for, thirty seconds at most. */
final class World {
    static final String DRIVER = "net.driver.virtio";
    /** The simulated network cards, without the bridge that leads to one of them. */
    static final String CARDS = "(" + Device.HOST + "=sim)(|(" + PciDevice.CLASS + "=0200*)(" + Device.BUS + "=" + Device.PLATFORM + "))";
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    final BundleContext context;

    World(BundleContext context) {
        this.context = context;
    }

    /** Waits for a condition, and fails with all that is known if it does not come true. */
    void await(String what, BooleanSupplier condition) {
        await(what, condition, this);
    }

    /** @param known what a message says besides */
    static void await(String what, BooleanSupplier condition, Object known) {
        long deadline = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("in vain waited for: " + what + "\n" + known);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    // ---- services ----

    <S> List<ServiceReference<S>> references(Class<S> type, String filter) {
        try {
            return List.copyOf(context.getServiceReferences(type, filter));
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The devices that are simulated cards: address to id of the service. */
    Map<String, Object> devices() {
        Map<String, Object> found = new TreeMap<>();
        references(Device.class, "(&" + CARDS + ")").forEach(r -> found.put((String) r.getProperty(Device.ADDRESS), r.getProperty(Constants.SERVICE_ID)));
        return found;
    }

    /** How many of them are in this state. */
    int devices(String state) {
        return references(Device.class, "(&" + CARDS + "(" + Device.STATE + "=" + state + "))").size();
    }

    /** The attached cards: address to a property. */
    Map<String, Object> cards(String property) {
        Map<String, Object> found = new TreeMap<>();
        references(NetDriverOps.class, null).forEach(r -> found.put((String) r.getProperty(NetDriverOps.DEVICE), r.getProperty(property)));
        return found;
    }

    /** The cards in order of their address. Callers let go of them before they look for what is left of a driver. */
    List<NetDriverOps> cards() {
        Map<String, NetDriverOps> found = new TreeMap<>();
        references(NetDriverOps.class, null).forEach(r -> {
            NetDriverOps ops = context.getService(r);
            if (ops != null) {
                found.put(ops.deviceName(), ops);
            }
        });
        return new ArrayList<>(found.values());
    }

    /** The ports in order of their address. */
    List<NetPort> ports() {
        return new ArrayList<>(references(NetPort.class, null).stream().map(context::getService).sorted(Comparator.comparing(NetPort::device)).toList());
    }

    /** The one service of this type. */
    <S> S service(Class<S> type) {
        await("service " + type.getName(), () -> context.getServiceReference(type) != null);
        return context.getService(context.getServiceReference(type));
    }

    void awaitAttached(int count) {
        await(count + " attached cards", () -> devices("attached") == count && references(NetDriverOps.class, null).size() == count);
    }

    void awaitIdle(int count) {
        await(count + " idle devices", () -> devices("idle") == count && references(NetDriverOps.class, null).isEmpty());
    }

    /** No application holds a buffer: all are free, in a cache, or in the rings of attached cards, and none was given back wrongly. */
    void awaitEveryBufferHome() {
        await("every buffer free, cached or with a device", () -> references(NetBufPool.class, null).stream().map(context::getService)
                .allMatch(pool -> pool == null || pool.statistics().inUse() == inFlight()));
        references(NetBufPool.class, null).forEach(r -> assertEquals("misused buffers", 0, context.getService(r).statistics().misuse()));
    }

    private int inFlight() {
        return references(Device.class, "(&" + CARDS + ")").stream().map(context::getService).filter(d -> d != null)
                .mapToInt(d -> d.status().buffersInFlight()).sum();
    }

    /** Pieces of DMA memory that the simulated host has lent and not got back. Its class is not exported, so it is asked by name. */
    int dmaInUse() {
        try {
            // All, whoever they are wired to: nothing but its name is needed of the type.
            Object host = context.getService(context.getAllServiceReferences(DeviceHost.class.getName(), "(" + DeviceHost.NAME + "=sim)")[0]);
            return (int) host.getClass().getMethod("dmaInUse").invoke(host);
        } catch (ReflectiveOperationException | InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    // ---- bundles ----

    Bundle bundle(String name) {
        for (Bundle b : context.getBundles()) {
            if (name.equals(b.getSymbolicName())) {
                return b;
            }
        }
        return null;
    }

    Bundle install(String module) {
        try {
            return install("test:" + module, Files.newInputStream(Jars.of(module)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Bundle install(String location, InputStream jar) {
        try {
            return context.installBundle(location, jar);
        } catch (BundleException e) {
            throw new AssertionError(location, e);
        }
    }

    void start(Bundle bundle) {
        try {
            bundle.start();
        } catch (BundleException e) {
            throw new AssertionError("start of " + bundle, e);
        }
    }

    void stop(Bundle bundle) {
        try {
            bundle.stop();
        } catch (BundleException e) {
            throw new AssertionError("stop of " + bundle, e);
        }
    }

    void update(Bundle bundle, InputStream jar) {
        try {
            bundle.update(jar);
        } catch (BundleException e) {
            throw new AssertionError("update of " + bundle, e);
        }
    }

    /** Uninstalls, and lets the framework drop what it still wires to it. */
    void uninstall(Bundle bundle) {
        try {
            bundle.uninstall();
            refresh();
        } catch (BundleException e) {
            throw new AssertionError("uninstall of " + bundle, e);
        }
    }

    /** These bundles, or without any those that wait for it. */
    void refresh(Bundle... bundles) {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(bundles.length == 0 ? null : List.of(bundles), event -> done.countDown());
        await("refreshed bundles", () -> done.getCount() == 0);
    }

    /** To see whether anything keeps the bundle's classes. */
    WeakReference<ClassLoader> loader(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        assertNotNull(bundle + " is resolved", wiring);
        return new WeakReference<>(wiring.getClassLoader());
    }

    void awaitCollected(String what, WeakReference<?> reference) {
        await(what + " collected", () -> {
            System.gc();
            return reference.get() == null;
        });
    }

    /** Names of threads that are ours. */
    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(n -> n.startsWith("net-") || n.startsWith("sim-")
                || n.startsWith("hotnic")).sorted().toList();
    }

    /** For messages: bundles, devices, cards, pools. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Bundle b : context.getBundles()) {
            if (b.getSymbolicName() != null && b.getSymbolicName().startsWith("net.")) {
                text.append("  bundle ").append(b.getSymbolicName()).append(' ').append(b.getVersion()).append(" state ").append(b.getState()).append('\n');
            }
        }
        for (ServiceReference<Device> r : references(Device.class, "(" + Device.HOST + "=sim)")) {
            Device d = context.getService(r);
            text.append("  device ").append(r.getProperty(Device.ADDRESS)).append(' ').append(d == null ? "gone" : d.status()).append('\n');
        }
        references(NetDriverOps.class, null).forEach(r -> text.append("  card ").append(r.getProperty(NetDriverOps.DEVICE)).append('\n'));
        for (ServiceReference<NetBufPool> r : references(NetBufPool.class, null)) {
            NetBufPool p = context.getService(r);
            text.append("  pool ").append(p == null ? "gone" : p.name() + " " + p.statistics()).append('\n');
        }
        return text.append("  threads ").append(threads()).toString();
    }
}
