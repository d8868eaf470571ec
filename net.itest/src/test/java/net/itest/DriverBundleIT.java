package net.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.device.DeviceEvents;
import net.api.device.DeviceManager;
import net.api.driver.NetDriver;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;

/** The bundle of a driver comes, changes and goes while everything else stays up. */
public class DriverBundleIT extends RuntimeIT {
    private static final String NEXT_VERSION = "0.1.1";
    private Map<String, Object> devices;

    /** The runtime without any driver, and two simulated cards waiting for one. */
    @Before
    public void withoutDriver() {
        removeDrivers();
        world.await("two simulated devices", () -> world.devices().size() == CARDS);
        world.awaitIdle(CARDS);
        devices = world.devices();
    }

    @After
    public void removeDrivers() {
        for (Bundle b : world.context.getBundles()) {
            if (String.valueOf(b.getSymbolicName()).startsWith(World.DRIVER)) {
                world.uninstall(b);
            }
        }
    }

    @Test
    public void devicesStayAndCardsComeAndGo() {
        Bundle driver = world.install(World.DRIVER);
        assertTrue("installed is not started", world.cards().isEmpty());
        world.start(driver);
        world.awaitAttached(CARDS);
        assertEquals("cards are registered by the driver's bundle", CARDS, world.references(NetDriverOps.class, null).stream()
                .filter(r -> r.getBundle() == driver).count());
        flowOnce();
        world.stop(driver);
        world.awaitIdle(CARDS);
        world.awaitEveryBufferHome();
        world.start(driver);
        world.awaitAttached(CARDS);
        flowOnce();
        world.uninstall(driver);
        world.awaitIdle(CARDS);
        world.awaitEveryBufferHome();
        assertEquals("the services of the devices are the same ones all the time", devices, world.devices());
    }

    @Test
    public void stopUnderTrafficGivesEveryBufferBack() {
        Bundle driver = world.install(World.DRIVER);
        for (int round = 0; round < 10; round++) {
            world.start(driver);
            world.awaitAttached(CARDS);
            endUnderTraffic(() -> world.stop(driver));
        }
        world.start(driver);
        world.awaitAttached(CARDS);
        endUnderTraffic(() -> world.uninstall(driver));
        assertEquals(devices, world.devices());
    }

    private void endUnderTraffic(Runnable end) {
        List<NetDriverOps> cards = world.cards();
        try (Pump there = new Pump(cards.get(0), cards.get(1)); Pump back = new Pump(cards.get(1), cards.get(0))) {
            there.awaitFlow(world);
            back.awaitFlow(world);
            end.run();
            there.awaitEnd();
            back.awaitEnd();
        }
        world.awaitIdle(CARDS);
        world.awaitEveryBufferHome();
    }

    @Test
    public void updateUnderTrafficAttachesTheNewVersion() {
        Bundle driver = world.install(World.DRIVER);
        world.start(driver);
        world.awaitAttached(CARDS);
        assertEquals(Set.of(driver.getVersion().toString()), new HashSet<>(world.cards(NetDriverOps.DRIVER_VERSION).values()));
        updateUnderTraffic(driver);
        world.awaitAttached(CARDS);
        assertEquals(NEXT_VERSION, driver.getVersion().toString());
        assertEquals(Set.of(NEXT_VERSION), new HashSet<>(world.cards(NetDriverOps.DRIVER_VERSION).values()));
        flowOnce();
        assertEquals(devices, world.devices());
    }

    @Test
    public void theCardRunsOnWhileItsDriverIsUpdatedAndRefreshed() {
        Bundle driver = world.install(World.DRIVER);
        world.start(driver);
        world.awaitAttached(CARDS);
        List<String> swaps = new CopyOnWriteArrayList<>();
        List<String> others = new CopyOnWriteArrayList<>();
        EventHandler handler = e -> (e.getTopic().equals(DeviceEvents.SWAPPED) ? swaps : others).add("%s %s from %s warm %s".formatted(e.getTopic(),
                e.getProperty("device.address"), e.getProperty(DeviceEvents.FROM_DRIVER), e.getProperty(DeviceEvents.WARM)));
        ServiceRegistration<EventHandler> heard = world.context.registerService(EventHandler.class, handler,
                new Hashtable<>(Map.of(EventConstants.EVENT_TOPIC, DeviceEvents.ALL)));
        List<NetPort> ports = world.ports();
        try (NumberedPump pump = new NumberedPump(ports.get(0), ports.get(1))) {
            pump.awaitFlow(world, 1000);
            others.clear();
            world.update(driver, Jars.with(Jars.of(World.DRIVER), Map.of("Bundle-Version", NEXT_VERSION)));
            world.await("updated", () -> swaps.size() == CARDS);
            pump.awaitFlow(world, 1000);
            world.refresh(driver);
            world.await("refreshed", () -> swaps.size() == 2 * CARDS);
            pump.awaitFlow(world, 1000);
            pump.settle(world);
        } finally {
            heard.unregister();
        }
        assertEquals("nothing but swaps: " + others, List.of(), others);
        assertTrue("all warm: " + swaps, swaps.stream().allMatch(t -> t.endsWith("warm true")));
        assertEquals(Set.of(NEXT_VERSION), new HashSet<>(world.cards(NetDriverOps.DRIVER_VERSION).values()));
        ports.clear();
        world.uninstall(driver);
        world.awaitIdle(CARDS);
        world.awaitEveryBufferHome();
    }

    @Test
    public void aDriverThatIsStoppedUninstalledOrDoesNotStartAgainLeavesNoCardRunning() throws Exception {
        Bundle driver = world.install(World.DRIVER);
        world.start(driver);
        world.awaitAttached(CARDS);
        world.stop(driver);
        assertEquals("idle at once\n" + world, CARDS, world.devices("idle"));
        world.start(driver);
        world.awaitAttached(CARDS);
        driver.uninstall();
        assertEquals("idle at once\n" + world, CARDS, world.devices("idle"));
        world.refresh();
        Bundle again = world.install(World.DRIVER);
        world.start(again);
        world.awaitAttached(CARDS);
        try {
            again.update(Jars.with(Jars.of(World.DRIVER), Map.of("Require-Bundle", "no.such.bundle")));
        } catch (BundleException e) {
            // Felix tells who updates, Equinox tells framework listeners.
            assertTrue(e.getMessage(), e.getMessage().contains("no.such.bundle"));
        }
        assertEquals("for a moment\n" + world, CARDS, world.devices("updating"));
        world.awaitIdle(CARDS);
        world.awaitEveryBufferHome();
    }

    private void updateUnderTraffic(Bundle driver) {
        List<NetDriverOps> cards = world.cards();
        try (Pump pump = new Pump(cards.get(0), cards.get(1))) {
            pump.awaitFlow(world);
            world.update(driver, Jars.with(Jars.of(World.DRIVER), Map.of("Bundle-Version", NEXT_VERSION)));
            pump.awaitEnd();
        }
    }

    @Test
    public void nothingIsLeftBehind() {
        List<String> threads = World.threads();
        int memory = world.dmaInUse();
        List<WeakReference<ClassLoader>> loaders = uninstalledAfterUse(true);
        loaders.addAll(uninstalledAfterUse(false));
        assertTrue("no service of the driver", world.references(NetDriver.class, null).isEmpty());
        world.awaitEveryBufferHome();
        assertEquals("pieces of DMA memory", memory, world.dmaInUse());
        for (int i = 0; i < loaders.size(); i++) {
            world.awaitCollected("class loader " + i + " of the updated driver, its update, and the uninstalled one", loaders.get(i));
        }
        world.await("no more threads than " + threads, () -> threads.containsAll(World.threads()));
        assertEquals(devices, world.devices());
    }

    /** Gives the class loaders of its versions. */
    private List<WeakReference<ClassLoader>> uninstalledAfterUse(boolean afterUpdate) {
        Bundle driver = world.install(World.DRIVER);
        world.start(driver);
        world.awaitAttached(CARDS);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>(List.of(world.loader(driver)));
        assertNotNull(loaders.getFirst().get());
        flowOnce();
        if (afterUpdate) {
            updateUnderTraffic(driver);
            world.refresh();
            world.awaitAttached(CARDS);
            loaders.add(world.loader(driver));
        }
        world.uninstall(driver);
        world.awaitIdle(CARDS);
        return loaders;
    }

    @Test
    public void ofTwoBundlesForTheSameCardTheHigherVersionIsTaken() {
        Bundle older = world.install(World.DRIVER);
        Bundle newer = world.install("test:newer", Jars.with(Jars.of(World.DRIVER),
                Map.of("Bundle-SymbolicName", World.DRIVER + ".newer", "Bundle-Version", "0.2.0")));
        world.start(older);
        world.awaitAttached(CARDS);
        world.start(newer);
        DeviceManager manager = world.service(DeviceManager.class);
        String address = devices.keySet().iterator().next();
        assertEquals("a card that works is left alone", older.getVersion().toString(), world.cards(NetDriverOps.DRIVER_VERSION).get(address));
        manager.detach(address);
        manager.attach(address);
        assertEquals("0.2.0", world.cards(NetDriverOps.DRIVER_VERSION).get(address));
        world.stop(newer);
        world.awaitAttached(CARDS);
        assertEquals(older.getVersion().toString(), world.cards(NetDriverOps.DRIVER_VERSION).get(address));
        world.stop(older);
        world.awaitIdle(CARDS);
    }

    @Test
    public void theBetterMatchBeatsTheRankingAndTheRankingBeatsTheVersion() {
        Bundle driver = world.install(World.DRIVER);
        DeviceManager manager = world.service(DeviceManager.class);
        String address = devices.keySet().iterator().next();
        try (FakeDriver byDevice = new FakeDriver(world.context, "by-device", manager.device(address), false, 10);
                FakeDriver bySubsystem = new FakeDriver(world.context, "by-subsystem", manager.device(address), true, -10)) {
            world.start(driver);
            world.awaitAttached(CARDS);
            manager.detach(address);
            manager.attach(address);
            assertEquals("by-subsystem", manager.device(address).status().driver());
            bySubsystem.close();
            world.await("attached again", () -> manager.device(address).status().driver().equals("by-device"));
            byDevice.close();
            world.await("attached again", () -> manager.device(address).status().driver().equals("virtio-net"));
            assertEquals("every fake instance was stopped", 0, byDevice.running() + bySubsystem.running());
        }
        flowOnce();
    }

    private void flowOnce() {
        List<NetDriverOps> cards = world.cards();
        try (Pump pump = new Pump(cards.get(0), cards.get(1))) {
            pump.awaitFlow(world);
        }
    }
}
