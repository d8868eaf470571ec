package net.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * What everything is wired to comes and goes under traffic. This class uses no type of {@code net.api}: it would be restarted with it.
 */
public class ApiIT extends RuntimeIT {
    private static final String API = "net.api";
    private static final String DRIVER = "net.driver.virtio";
    private static final String[] ALL = {API, "net.pool", "net.pci", "net.linux", "net.sim", "net.app", "net.shell"};
    private static final String CARD = "net.api.NetDriverOps";
    private static final String DEVICE = "net.api.device.Device";
    private static final String MANAGER = "net.api.device.DeviceManager";
    private static final String POOL = "net.api.NetBufPool";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Longer than an application waits by itself, and much shorter than the device manager waits for a new version. */
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(1);

    @Override
    public void look() {
        // The world of the other classes is made of what is to go here.
        assertEquals(System.getProperty("hotnic.framework"), context.getBundle(0).getSymbolicName());
    }

    private String rate = "20k";

    private interface Condition {
        boolean isTrue() throws Exception;
    }

    private void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.isTrue()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("in vain waited for: " + what + "\n" + bundles() + devices());
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    public void stoppedUpdatedRefreshedAndUninstalledUnderTraffic() throws Exception {
        install(DRIVER);
        startAll();
        bundle(DRIVER).start();
        traffic();

        bundle(API).stop();
        assertFlows("it has no code that runs");
        bundle(API).start();

        update(API, "0.1.1");
        assertFlows("what was wired stays wired until somebody refreshes");
        refresh();
        traffic();

        // Some are wired to the new one now, and some to the old one.
        update(API, "0.1.2");
        update("net.pool", "0.1.2");
        await("pool and manager do not see each other, or they do", () -> services(CARD) == CARDS || devices().stream().allMatch(d -> d.contains("idle")));
        refresh();
        traffic();
        update(DRIVER, "0.1.2");
        update(API, "0.1.3");
        update("net.pci", "0.1.3");
        update("net.sim", "0.1.3");
        refresh();
        traffic();

        bundle(API).uninstall();
        assertFlows("what was wired stays wired until somebody refreshes");
        refresh();
        await("nothing of ours is left", () -> services(CARD) + services(POOL) == 0 && devices().isEmpty() && threads().isEmpty());
        for (Bundle b : context.getBundles()) {
            boolean ours = List.of(ALL).contains(b.getSymbolicName()) || DRIVER.equals(b.getSymbolicName());
            assertTrue(b + " is not active", !ours || b.getState() == Bundle.INSTALLED);
        }
        install(API);
        startAll();
        bundle(DRIVER).start();
        traffic();
        bundle(DRIVER).uninstall();
    }

    @Test
    public void applicationsGoOnWhileTheDriverOfVirtioCardsIsUpdated() throws Exception {
        // Their rings hold 256 frames, and a busy machine may let a sink wait for seconds.
        assertApplicationsGoOn(DRIVER, "virtio", "1af4", 256, "100");
    }

    @Test
    public void applicationsGoOnWhileTheDriverOf82599sIsUpdated() throws Exception {
        assertApplicationsGoOn("net.driver.ixgbe", "82599", "8086", 2048, "700");
    }

    /** @param rate so many frames a second that a ring holds what comes in more than two of them */
    private void assertApplicationsGoOn(String driver, String kind, String vendor, int ring, String framesASecond) throws Exception {
        startAll();
        run("net:stop all"); // what another test's generator sent would be a stream of its own
        Configuration cards = configure("net.sim", Map.of("kinds", kind));
        Configuration rings = configure("net.pci", Map.of("rxRingSize", ring));
        await("cards of that kind", () -> references(DEVICE, "(&(device.host=sim)(pci.vendor=" + vendor + "))").length == CARDS);
        await("rings of that size", () -> references(MANAGER, "(rxRingSize=" + ring + ")").length == 1);
        install(driver);
        try {
            assertApplicationsGoOn(driver, framesASecond);
        } finally {
            run("net:stop all");
            bundle(driver).uninstall();
            cards.delete();
            rings.delete();
            // Configurations are told on threads of their own: what comes next would see cards attached anew.
            await("cards and rings as they were", () -> references(DEVICE, "(&(device.host=sim)(pci.vendor=1af4))").length == CARDS
                    && references(MANAGER, "(&(rxRingSize=*)(!(rxRingSize=256)))").length == 0);
        }
    }

    private void assertApplicationsGoOn(String driver, String framesASecond) throws Exception {
        bundle(driver).start();
        rate = framesASecond;
        traffic();
        for (int i = 1; i <= 3; i++) {
            update(driver, "0.2." + i);
            assertFlows("the driver is back");
        }
        awayForLong(driver);
        assertFlows("the driver is back after a while");
        assertEquals("streams: the generator never began anew", 1, counter("sink", "streams"));
        assertEquals("lost", 0, counter("sink", "lost"));
        assertEquals("late and duplicate", 0, counter("sink", "late") + counter("sink", "duplicate"));
        assertEquals("thrown away", 0, counter("gen", "abandoned"));
    }

    /** An update that takes longer than an application waits for a card of which nobody says that it comes back. */
    private void awayForLong(String driver) throws Exception {
        bundle(driver).stop(Bundle.STOP_TRANSIENT); // as an update stops it
        await("updating", () -> devices().stream().allMatch(d -> d.contains(" updating ")));
        long end = System.nanoTime() + AWAY_NANOS;
        await("some time", () -> System.nanoTime() - end > 0);
        bundle(driver).start();
    }

    private Configuration configure(String pid, Map<String, Object> properties) throws Exception {
        ServiceReference<ConfigurationAdmin> r = context.getServiceReference(ConfigurationAdmin.class);
        Configuration c = context.getService(r).getConfiguration(pid, "?");
        c.update(new Hashtable<>(properties));
        return c;
    }

    // ---- traffic ----

    /** Starts a generator and a sink, when there are cards, and sees frames arrive. */
    private void traffic() throws Exception {
        await("attached cards", () -> services(CARD) == CARDS);
        if (apps().isEmpty()) {
            List<String> cards = new ArrayList<>();
            for (ServiceReference<?> r : references(CARD)) {
                cards.add((String) r.getProperty("device.address"));
            }
            run("net:gen --rate " + rate + " --to " + cards.get(1) + " " + cards.get(0));
        }
        assertFlows("cards are attached");
    }

    private void assertFlows(String why) throws Exception {
        long before = received();
        await("frames, because " + why, () -> received() > before + 50);
        assertEquals(CARDS, services(CARD));
    }

    private long received() throws Exception {
        return counter("sink", "received");
    }

    /** Of the application of that kind; 0 if there is none. */
    private long counter(String kind, String name) throws Exception {
        for (Object app : apps()) {
            if (app.toString().contains(" " + kind + " ")) {
                return (long) app.getClass().getMethod("counter", String.class).invoke(app, name);
            }
        }
        return 0;
    }

    private List<?> apps() throws Exception {
        return (List<?>) run("net:apps");
    }

    private Object run(String command) throws Exception {
        ServiceReference<CommandProcessor> r = context.getServiceReference(CommandProcessor.class);
        try (CommandSession session = context.getService(r).createSession(InputStream.nullInputStream(), System.out, System.err)) {
            return session.execute(command);
        } finally {
            context.ungetService(r);
        }
    }

    // ---- services, bundles, threads ----

    private ServiceReference<?>[] references(String type) throws Exception {
        return references(type, null);
    }

    private ServiceReference<?>[] references(String type, String filter) throws Exception {
        ServiceReference<?>[] all = context.getAllServiceReferences(type, filter);
        return all == null ? new ServiceReference<?>[0] : all;
    }

    private int services(String type) throws Exception {
        return references(type).length;
    }

    /** Simulated cards, with their states. */
    private List<String> devices() throws Exception {
        return Arrays.stream(references(DEVICE, "(&(device.host=sim)(pci.class=0200*))"))
                .map(r -> r.getProperty("device.address") + " " + r.getProperty("device.state") + " " + r.getProperty("device.reason")).toList();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(n -> n.startsWith("net-") || n.startsWith("sim-") || n.startsWith("hotnic")).toList();
    }

    private Bundle bundle(String name) {
        for (Bundle b : context.getBundles()) {
            if (name.equals(b.getSymbolicName())) {
                return b;
            }
        }
        throw new AssertionError("no bundle " + name);
    }

    private String bundles() {
        StringBuilder text = new StringBuilder();
        for (Bundle b : context.getBundles()) {
            text.append("  ").append(b.getSymbolicName()).append(' ').append(b.getVersion()).append(" state ").append(b.getState()).append('\n');
        }
        return text.toString();
    }

    private void install(String module) throws Exception {
        try (InputStream in = Files.newInputStream(Jars.of(module))) {
            context.installBundle("api-test:" + module, in);
        }
    }

    private void startAll() throws BundleException {
        for (String name : ALL) {
            bundle(name).start();
        }
    }

    private void update(String name, String version) throws BundleException {
        bundle(name).update(Jars.with(Jars.of(name), Map.of("Bundle-Version", version)));
    }

    private void refresh() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(null, event -> done.countDown());
        await("refreshed bundles", () -> done.getCount() == 0);
    }
}
