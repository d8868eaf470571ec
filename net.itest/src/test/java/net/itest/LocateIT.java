package net.itest;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import net.api.NetDriverOps;
import net.api.device.DeviceManager;
import net.api.driver.DriverEvents;
import net.api.driver.DriverLocator;
import net.api.driver.NetDriver;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;

/** A runtime without drivers finds those that its devices need in a repository: the index that the build made. */
public class LocateIT extends RuntimeIT {
    private static final String INDEX = "cnf/target/index.xml";
    private static final String LOCATE = "net.locate";
    private static final String SIM = "net.sim";
    private static final String DRIVERS = "net.driver.";
    /** Any bundle that the runtime does not have. */
    private static final String NEEDED = "net.hw";

    @Override
    Option more() {
        // Equinox has a resolver among its services.
        Option resolver = System.getProperty("hotnic.framework").contains("felix") ? bundle(Jars.onClassPath("org.apache.felix.resolver")) : composite();
        return composite(resolver, bundle(Jars.onClassPath("org.osgi.service.repository")),
                bundle(Jars.of(LOCATE).toUri().toString()), frameworkProperty("hotnic.repositories").value(index().toString()));
    }

    static Path index() {
        return Path.of(System.getProperty("hotnic.top"), INDEX);
    }

    /** No card, no driver, and a locator that knows of nothing. */
    @Before
    public void empty() {
        reset();
    }

    @After
    public void reset() {
        world.stop(world.bundle(LOCATE));
        world.stop(world.bundle(SIM));
        for (Bundle b : context.getBundles()) {
            if (String.valueOf(b.getSymbolicName()).startsWith(DRIVERS)) {
                world.uninstall(b);
            }
        }
        configure(LOCATE, null);
        configure(SIM, null);
        world.await("no driver", () -> world.references(NetDriver.class, null).isEmpty());
        world.start(world.bundle(LOCATE));
    }

    private void configure(String pid, Dictionary<String, Object> properties) {
        try {
            Configuration c = world.service(ConfigurationAdmin.class).getConfiguration(pid, "?");
            if (properties == null) {
                c.delete();
            } else {
                c.update(properties);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void configure(String key, Object value, String policy) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(key, value);
        properties.put("policy", policy);
        configure(LOCATE, properties);
        // Its defaults are properties too: only the values tell that it is the one with this configuration.
        String path = value instanceof String[] several ? several[0] : value.toString();
        world.await("the locator is configured", () -> !world.references(DriverLocator.class, "(&(policy=" + policy + ")(" + key + "=" + path + "))").isEmpty());
    }

    private List<String> reasons() {
        DeviceManager manager = world.service(DeviceManager.class);
        return world.devices().keySet().stream().map(a -> manager.device(a).status().reason()).toList();
    }

    private void awaitReason(String part) {
        world.await("cards that are idle because " + part, () -> {
            List<String> reasons = reasons();
            return reasons.size() == CARDS && reasons.stream().allMatch(r -> r.contains(part));
        });
    }

    private String run(String command) throws Exception {
        // Configuration Admin tells late that there is no configuration any more: then the locator is made anew, and for a moment there are no commands.
        AtomicReference<Object> answer = new AtomicReference<>();
        world.await("a command of that name: " + command, () -> {
            try (CommandSession session = world.service(CommandProcessor.class).createSession(InputStream.nullInputStream(), System.out, System.err)) {
                answer.set(session.execute(command));
            } catch (CommandNotFoundException e) {
                return false;
            } catch (Exception e) {
                answer.set(e);
            }
            return true;
        });
        if (answer.get() instanceof Exception e) {
            throw e;
        }
        return String.valueOf(answer.get());
    }

    @Test
    public void aVirtioCardThatIsPluggedInGetsItsDriverAndFramesPass() {
        assertFirstFrame("virtio", "net.driver.virtio");
    }

    @Test
    public void an82599ThatIsPluggedInGetsItsDriverAndFramesPass() {
        assertFirstFrame("82599", "net.driver.ixgbe");
    }

    @Test
    public void anFxmacThatIsPluggedInGetsItsDriverAndFramesPass() {
        assertFirstFrame("fxmac", "net.driver.fxmac");
    }

    private void assertFirstFrame(String kind, String driver) {
        configure(SIM, new Hashtable<>(Map.of("kinds", kind)));
        long begun = System.nanoTime();
        world.start(world.bundle(SIM));
        world.awaitAttached(CARDS);
        List<NetDriverOps> cards = world.cards();
        try (Pump pump = new Pump(cards.get(0), cards.get(1))) {
            world.await("the first frame", () -> pump.received() > 0);
            System.out.printf("first frame %d ms after a card, %s, was plugged into a runtime without drivers%n", (System.nanoTime() - begun) / 1_000_000, kind);
            pump.awaitFlow(world);
        }
        assertTrue(world.bundle(driver).getLocation().startsWith("hotnic.locate:"));
    }

    @Test
    public void whatIsInstalledAndTakenAwayIsAnEventWithItsDuration() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        EventHandler handler = e -> heard.add("%s %s on %s from %s, %b".formatted(e.getTopic(), e.getProperty(EventConstants.BUNDLE_SYMBOLICNAME),
                e.getProperty(DriverEvents.DEVICE), e.getProperty(DriverEvents.REPOSITORY), (long) e.getProperty(DriverEvents.DURATION) > 0));
        ServiceRegistration<EventHandler> hears = context.registerService(EventHandler.class, handler,
                new Hashtable<>(Map.of(EventConstants.EVENT_TOPIC, DriverEvents.ALL)));
        try {
            world.start(world.bundle(SIM));
            world.awaitAttached(CARDS);
            world.await("the event of installing", () -> heard.size() == 1);
            String card = world.devices().keySet().stream().filter(a -> heard.getFirst().contains(a)).findFirst().orElse("no card");
            run("net:unlocate net.driver.virtio");
            world.await("the event of taking away", () -> heard.size() == 2);
            assertEquals(List.of(DriverEvents.INSTALLED + " net.driver.virtio on " + card + " from cnf, true",
                    DriverEvents.UNINSTALLED + " net.driver.virtio on null from null, true"), heard);
        } finally {
            hears.unregister();
        }
    }

    @Test
    public void whoWantsToBeAskedIsToldWhatThereIs() throws Exception {
        configure("repositories", new String[] {index().toString()}, "ask");
        world.start(world.bundle(SIM));
        awaitReason("bundle net.driver.virtio");
        assertEquals(null, world.bundle(World.DRIVER));
        String card = world.devices().keySet().iterator().next();
        assertTrue(run("net:locate").contains(card + ": bundle net.driver.virtio"));
        assertTrue(run("net:_complete_locate [net:locate x] 1").contains(card));
        assertTrue(run("net:locate " + card).contains("installed bundle net.driver.virtio"));
        assertTrue(run("net:_complete_locate [net:unlocate x] 1").contains("net.driver.virtio:"));
        world.awaitAttached(CARDS);
    }

    @Test
    public void whoDoesNotWantIsLeftAlone() {
        configure("repositories", new String[] {index().toString()}, "off");
        world.start(world.bundle(SIM));
        awaitReason("no driver matches");
        assertTrue(reasons().toString(), reasons().stream().allMatch(r -> r.equals("no driver matches")));
    }

    @Test
    public void aBundleWithAnotherDigestThanTheIndexSaysIsNotInstalled() throws IOException {
        Path changed = Files.createTempFile(index().getParent(), "changed", ".xml");
        try {
            Files.writeString(changed, Files.readString(index()).replaceAll("(name=\"osgi.content\" value=\")[0-9A-F]{4}", "$1" + "0000"));
            configure("repositories", new String[] {changed.toString()}, "automatic");
            world.start(world.bundle(SIM));
            awaitReason("the repository says 0000");
            assertEquals(null, world.bundle(World.DRIVER));
        } finally {
            Files.delete(changed);
        }
    }

    @Test
    public void aBundleThatNobodyTrustedHasSignedIsNotInstalledWhereThatIsWanted() throws Exception {
        Path keys = Files.createTempFile(index().getParent(), "trusted", ".p12");
        try {
            java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
            store.load(null, null);
            try (var out = Files.newOutputStream(keys)) {
                store.store(out, new char[0]);
            }
            configure("trusted", keys.toString(), "automatic");
            world.start(world.bundle(SIM));
            awaitReason("is not signed by anybody who is trusted");
            assertEquals(null, world.bundle(World.DRIVER));
        } finally {
            Files.delete(keys);
        }
    }

    @Test
    public void aFolderIsARepositoryToo() throws IOException {
        Path folder = Files.createTempDirectory(index().getParent(), "folder");
        Path jar = folder.resolve("driver.jar");
        try {
            Files.copy(Jars.of(World.DRIVER), jar, StandardCopyOption.REPLACE_EXISTING);
            configure("repositories", new String[] {"/nowhere/index.xml", folder.toString()}, "automatic");
            world.start(world.bundle(SIM));
            world.awaitAttached(CARDS);
        } finally {
            Files.deleteIfExists(jar);
            Files.delete(folder);
        }
    }

    @Test
    public void whatTheDriverNeedsIsInstalledWithItOrNothingIs() throws IOException {
        Path folder = Files.createTempDirectory(index().getParent(), "needs");
        Path driver = folder.resolve("driver.jar");
        Path needed = folder.resolve("needed.jar");
        try {
            Files.copy(Jars.with(Jars.of(World.DRIVER), Map.of("Require-Bundle", NEEDED)), driver);
            configure("repositories", new String[] {folder.toString()}, "automatic");
            world.start(world.bundle(SIM));
            awaitReason("needs what is not there");
            assertEquals(null, world.bundle(World.DRIVER));
            Files.copy(Jars.of(NEEDED), needed);
            world.stop(world.bundle(SIM));
            world.start(world.bundle(SIM));
            world.awaitAttached(CARDS);
            assertTrue(world.bundle(NEEDED).getLocation().startsWith("hotnic.locate:"));
            assertEquals(Bundle.ACTIVE, world.bundle(NEEDED).getState());
        } finally {
            Files.deleteIfExists(driver);
            Files.deleteIfExists(needed);
            Files.delete(folder);
            if (world.bundle(NEEDED) != null) {
                world.uninstall(world.bundle(NEEDED));
            }
        }
    }

    @Test
    public void whatTheUserTookAwayDoesNotComeBackByItself() throws Exception {
        world.start(world.bundle(SIM));
        world.awaitAttached(CARDS);
        world.uninstall(world.bundle(World.DRIVER));
        awaitReason("bundle net.driver.virtio");
        assertEquals(null, world.bundle(World.DRIVER));
        run("net:locate " + world.devices().keySet().iterator().next());
        world.awaitAttached(CARDS);
        world.stop(world.bundle(World.DRIVER));
        awaitReason("is not started");
        world.start(world.bundle(World.DRIVER));
        world.awaitAttached(CARDS);
        run("net:unlocate net.driver.virtio");
        world.awaitIdle(CARDS);
        assertEquals(null, world.bundle(World.DRIVER));
    }

    @Test
    public void onlyWhatWasLocatedIsUnlocated() {
        world.install(World.DRIVER);
        try {
            run("net:unlocate net.driver.virtio");
            throw new AssertionError("a bundle that somebody else installed was uninstalled");
        } catch (Exception e) {
            assertTrue(e.toString(), e.toString().contains("'net.driver.virtio' is no bundle from a repository; from repositories came none"));
        }
        assertFalse(Stream.of(context.getBundles()).noneMatch(b -> World.DRIVER.equals(b.getSymbolicName())));
    }
}
