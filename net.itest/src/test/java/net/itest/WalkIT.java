package net.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.api.device.PciDevice;
import net.api.driver.NetDriver;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A random walk over everything that can be done to bundles, drivers and cards, under traffic: after each step the runtime is where it should be. Two cards of
 * each kind are on a cable. The seed is printed; {@code -Dhotnic.seed=N} repeats the walk, {@code -Dhotnic.seconds=N} says how long it is.
 */
public class WalkIT extends RuntimeIT {
    /** What is swapped: the cards of a kind, and the bundle that drives them. */
    private enum Kind {
        VIRTIO("net.driver.virtio", 0x1af4),
        IXGBE("net.driver.ixgbe", 0x8086);

        private final String driver;
        private final int vendor;

        Kind(String driver, int vendor) {
            this.driver = driver;
            this.vendor = vendor;
        }

        private boolean is(Device card) {
            return ((PciDevice) card).vendorId() == vendor;
        }
    }

    private static final String KINDS = "virtio,virtio,82599,82599";
    private static final int PAIR = 2;
    private static final int CARDS = PAIR * Kind.values().length;
    private static final long SEED = Long.getLong("hotnic.seed", System.nanoTime());
    /** On each of two frameworks. */
    private static final long NANOS = TimeUnit.SECONDS.toNanos(Long.getLong("hotnic.seconds", Boolean.getBoolean("hotnic.long") ? 300 : 15));
    private static final String[] VERSIONS = {"0.1.0", "0.2.0", "0.3.0"};
    /** What may be updated alone; who updates {@code net.api} has to refresh, and that ends this test: see {@link ApiIT}. */
    private static final String[] INFRASTRUCTURE = {"net.pool", "net.pci", "net.sim", "net.app", "net.shell"};

    private final Random random = new Random(SEED);
    private final List<String> steps = new ArrayList<>();
    private PortPump pump;

    @Before
    public void plugIn() throws Exception {
        world.service(ConfigurationAdmin.class).getConfiguration("net.sim", "?").update(new Hashtable<>(Map.of("cards", CARDS, "kinds", KINDS)));
        world.await("two cards of each kind", () -> world.devices().size() == CARDS);
    }

    @Test
    public void afterEveryStepTheRuntimeIsWhereItShouldBe() throws Exception {
        System.out.println("random walk: seed " + SEED + " (to repeat it: -Dhotnic.seed=" + SEED + ")");
        long end = System.nanoTime() + NANOS;
        int count = 0;
        try (PortPump p = new PortPump(context)) {
            pump = p;
            for (Kind k : Kind.values()) {
                driver(k, 0).start();
            }
            check();
            for (; System.nanoTime() - end < 0; count++) {
                step();
                check();
            }
        } catch (Throwable t) {
            System.out.println("random walk: failed after " + steps);
            throw t;
        }
        System.out.println("random walk: " + count + " steps");
        assertTrue("steps", count > 10);
        end();
    }

    /** Everything is taken away: nothing stays. */
    private void end() throws Exception {
        for (Bundle b : context.getBundles()) {
            if (List.of(Kind.values()).stream().anyMatch(k -> k.driver.equals(b.getSymbolicName()))) {
                world.uninstall(b);
            }
        }
        world.stop(world.bundle("net.app"));
        world.stop(world.bundle("net.pool"));
        world.await("no DMA memory in use", () -> world.dmaInUse() == 0);
        world.stop(world.bundle("net.pci"));
        world.stop(world.bundle("net.sim"));
        world.await("no threads of ours", () -> World.threads().isEmpty());
    }

    // ---- steps ----

    private interface Step {
        void run() throws Exception;
    }

    private void step() throws Exception {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        int i = random.nextInt(VERSIONS.length);
        String driver = kind.driver + " " + i;
        String other = VERSIONS[random.nextInt(VERSIONS.length)];
        String infrastructure = INFRASTRUCTURE[random.nextInt(INFRASTRUCTURE.length)];
        switch (random.nextInt(15)) {
            case 0 -> named("start " + driver, () -> driver(kind, i).start());
            case 1 -> named("stop " + driver, () -> driver(kind, i).stop());
            case 2 -> named("update " + driver, () -> driver(kind, i).update(jar(kind, i)));
            case 3 -> named("uninstall " + driver, () -> driver(kind, i).uninstall());
            case 4 -> named("refresh", this::refresh);
            case 5, 6, 7 -> named("swap to " + other, () -> manager().swap(card(), other));
            case 8 -> named("detach", () -> manager().detach(card()));
            case 9 -> named("attach", () -> manager().attach(card()));
            case 10 -> named("unplug", () -> {
                String card = card();
                run("sim:unplug " + card.substring(card.indexOf('/') + 1));
            });
            case 11 -> named("plug", () -> {
                manager().rescan();
                if (world.devices().size() < CARDS) {
                    run("sim:plug");
                }
            });
            case 12 -> named("stop and start " + infrastructure, () -> {
                world.bundle(infrastructure).stop();
                world.bundle(infrastructure).start();
            });
            case 13 -> named("stop and start net.api", () -> {
                world.bundle("net.api").stop();
                world.bundle("net.api").start();
            });
            default -> named("update " + infrastructure, () -> {
                try (InputStream in = Files.newInputStream(Jars.of(infrastructure))) {
                    world.bundle(infrastructure).update(in);
                }
            });
        }
    }

    /** Not where the bundle that this test runs in would be restarted too. */
    private void refresh() {
        FrameworkWiring wiring = context.getBundle(0).adapt(FrameworkWiring.class);
        if (wiring.getDependencyClosure(wiring.getRemovalPendingBundles()).contains(context.getBundle())) {
            steps.add("(left out: it would end the test)");
        } else {
            world.refresh();
        }
    }

    /** What cannot be done is refused with a reason; nothing else may happen. */
    private void named(String what, Step step) throws Exception {
        steps.add(what);
        try {
            step.run();
        } catch (DevException e) {
            assertTrue("a reason", !e.getMessage().isBlank());
            steps.add("(refused: " + e.getMessage() + ")");
        } catch (BundleException e) {
            throw new AssertionError(what, e);
        }
    }

    private static InputStream jar(Kind kind, int i) {
        return Jars.with(Jars.of(kind.driver), Map.of("Bundle-Version", VERSIONS[i]));
    }

    private Bundle driver(Kind kind, int i) throws BundleException {
        return context.installBundle("test:" + kind.driver + i, jar(kind, i));
    }

    private DeviceManager manager() {
        return world.service(DeviceManager.class);
    }

    /** One of the cards; a refusal if there is none. */
    private String card() {
        List<String> cards = List.copyOf(world.devices().keySet());
        if (cards.isEmpty()) {
            throw new DevException(DevError.INVALID_PARAM, "there is no card");
        }
        return cards.get(random.nextInt(cards.size()));
    }

    private void run(String command) throws Exception {
        try (CommandSession session = world.service(CommandProcessor.class).createSession(InputStream.nullInputStream(), System.out, System.err)) {
            session.execute(command);
        } catch (Exception e) {
            // Nothing to plug or unplug: refused in words.
            steps.add("(refused: " + e.getMessage() + ")");
        }
    }

    // ---- what holds after each ----

    private void check() {
        world.await("device manager, host and pool", () -> !world.references(DeviceManager.class, null).isEmpty()
                && !world.references(NetBufPool.class, "(" + NetBufPool.HOST + "=sim)").isEmpty());
        manager().rescan(); // takes its turn behind all that was asked for
        List<String> drivers = world.references(NetDriver.class, null).stream().map(r -> r.getBundle().getSymbolicName()).toList();
        world.await("every device settled", () -> settled(drivers));
        for (Kind kind : Kind.values()) {
            assertFlows(kind);
        }
        pump.pause(world);
        world.awaitEveryBufferHome();
        assertEquals("one card for each attached device", cards().stream().filter(WalkIT::isAttached).count(), world.references(NetDriverOps.class, null).size());
        world.references(NetDriverOps.class, null).forEach(r -> assertEquals("a card is an active bundle's", Bundle.ACTIVE, r.getBundle().getState()));
        pump.resume();
    }

    /** Where both ends of a cable are attached, each receives what the other sends. */
    private void assertFlows(Kind kind) {
        List<Device> pair = cards().stream().filter(d -> kind.is(d) && isAttached(d)).toList();
        if (pair.size() == PAIR) {
            for (Device d : pair) {
                long before = pump.received(d.address());
                world.await("frames on " + d, () -> pump.received(d.address()) > before + 10);
            }
        }
    }

    private List<Device> cards() {
        return world.devices().keySet().stream().map(a -> manager().device(a)).toList();
    }

    private static Kind kind(Device card) {
        return List.of(Kind.values()).stream().filter(k -> k.is(card)).findFirst().orElseThrow();
    }

    private static boolean isAttached(Device card) {
        return card.status().state() == DeviceState.ATTACHED;
    }

    /** Attached if there is a driver and the user has not detached it, else idle with a reason; as many cards as attached devices. */
    private boolean settled(List<String> drivers) {
        try {
            List<Device> devices = cards();
            return devices.stream().filter(WalkIT::isAttached).count() == world.references(NetDriverOps.class, null).size()
                    && devices.stream().allMatch(d -> isSettled(d.status(), drivers.contains(kind(d).driver)));
        } catch (DevException e) {
            return false; // one has just gone
        }
    }

    private static boolean isSettled(DeviceStatus s, boolean driven) {
        return switch (s.state()) {
            case ATTACHED -> driven;
            case IDLE -> !s.reason().isEmpty() && (!driven || s.reason().contains("by the user"));
            default -> false;
        };
    }
}
