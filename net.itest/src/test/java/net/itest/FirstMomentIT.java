package net.itest;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.api.device.Device;
import net.api.driver.DriverLocator;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * The first moment of the runtime as it was exported, with its bundles, start levels and properties: what the files of the folder {@code conf} say holds before
 * anything is done. Drivers are left out, so that there is something to locate; so is what takes hold of the process and its terminal.
 */
public class FirstMomentIT {
    private static final Pattern WITHOUT = Pattern.compile("jar/(net[.]driver|net[.]launch|org[.]apache[.]felix[.]gogo[.]jline).*");
    private static final Pattern LEVEL = Pattern.compile("([^;,]+);[^,]*startlevel=(\\d+)");
    private static final String SERVICE = "(" + Constants.OBJECTCLASS + "=%s)";

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    /** What was installed after the start, and how every locator was configured that there ever was. */
    private final List<String> installed = new CopyOnWriteArrayList<>();
    private final List<Object> policies = new CopyOnWriteArrayList<>();
    private Path conf;
    private Framework framework;

    @Before
    public void aFolderOfConfigurations() throws IOException {
        conf = folder.newFolder("conf").toPath();
        Files.writeString(conf.resolve("net.locate.cfg"), "policy = off\n");
    }

    @After
    public void stop() throws BundleException, InterruptedException {
        if (framework != null) {
            framework.stop();
            framework.waitForStop(TimeUnit.SECONDS.toMillis(30));
        }
    }

    @Test
    public void whoWantsNothingLocatedIsObeyedFromTheFirstMomentOn() throws Exception {
        start();
        await("cards without driver", () -> cards("idle") == RuntimeIT.CARDS);
        await("a locator", () -> !policies.isEmpty());
        assertEquals(List.of("off"), policies);
        // Nothing but that has held it back.
        Files.delete(conf.resolve("net.locate.cfg"));
        await("the drivers that the repository has", () -> cards("attached") == RuntimeIT.CARDS);
        assertEquals(List.of("off", "automatic"), policies);
        assertEquals(List.of("hotnic.locate:net.driver.virtio"), installed);
    }

    /** A folder that is written while it is read loses what it says. */
    @Test
    public void theFilesOfAConfigurationAreReadAndNotWritten() throws Exception {
        FileTime longAgo = FileTime.fromMillis(0);
        Path file = Files.writeString(conf.resolve("net.sim.cfg"), "cards = 4\n");
        Files.setLastModifiedTime(file, longAgo);
        start();
        await("a locator", () -> !policies.isEmpty());
        // Those who hear of configurations hear of this one after the other.
        Files.delete(conf.resolve("net.locate.cfg"));
        await("the locator without configuration", () -> policies.getLast().equals("automatic"));
        assertEquals(longAgo, Files.getLastModifiedTime(file));
        await("what it asks for", () -> cards("attached") == 4);
    }

    private void start() throws Exception {
        try (JarFile runtime = new JarFile(Path.of(System.getProperty("hotnic.top"), "cnf/target/run.jar").toFile())) {
            Properties launcher = new Properties();
            try (InputStream in = runtime.getInputStream(runtime.getEntry("launcher.properties"))) {
                launcher.load(in);
            }
            framework = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow().newFramework(properties(launcher));
            framework.init();
            BundleContext context = framework.getBundleContext();
            AllServiceListener locators = e -> {
                if (e.getType() == ServiceEvent.REGISTERED) {
                    policies.add(e.getServiceReference().getProperty("policy"));
                }
            };
            context.addServiceListener(locators, SERVICE.formatted(DriverLocator.class.getName()));
            Map<String, Integer> levels = levels(launcher.getProperty("launch.runbundles.attrs"));
            int level = Integer.parseInt(launcher.getProperty("launch.startlevel.default"));
            for (String jar : launcher.getProperty("launch.bundles").split(",")) {
                if (!WITHOUT.matcher(jar).matches()) {
                    Bundle bundle = context.installBundle(jar, runtime.getInputStream(runtime.getEntry(jar)));
                    bundle.adapt(BundleStartLevel.class).setStartLevel(levels.getOrDefault(bundle.getSymbolicName(), level));
                    bundle.start();
                }
            }
            SynchronousBundleListener bundles = e -> {
                if (e.getType() == BundleEvent.INSTALLED) {
                    installed.add(e.getBundle().getLocation().replaceAll(":[^:]*$", ""));
                }
            };
            context.addBundleListener(bundles);
        }
        framework.start();
    }

    private Map<String, String> properties(Properties launcher) throws IOException {
        Map<String, String> properties = new HashMap<>();
        launcher.stringPropertyNames().stream().filter(name -> !name.startsWith("launch.")).forEach(name -> properties.put(name, launcher.getProperty(name)));
        properties.put("felix.fileinstall.dir", conf.toString());
        properties.put("felix.fileinstall.tmpdir", folder.newFolder("tmp").toString());
        properties.put("hotnic.repositories", LocateIT.index().toString());
        properties.put(Constants.FRAMEWORK_STORAGE, folder.newFolder("bundles").toString());
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "org.slf4j;version=2.0.20,org.slf4j;version=1.7.36");
        return properties;
    }

    /** Of bundles that do not have the default. */
    private static Map<String, Integer> levels(String attributes) {
        Map<String, Integer> levels = new HashMap<>();
        Matcher m = LEVEL.matcher(attributes);
        while (m.find()) {
            levels.put(m.group(1), Integer.valueOf(m.group(2)));
        }
        return levels;
    }

    private int cards(String state) {
        return count(Device.class.getName(), "(&" + World.CARDS + "(" + Device.STATE + "=" + state + "))");
    }

    /** Whoever sees their classes. */
    private int count(String type, String filter) {
        try {
            Object[] found = framework.getBundleContext().getAllServiceReferences(type, filter);
            return found == null ? 0 : found.length;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        World.await(what, condition, this);
    }

    /** For messages. */
    @Override
    public String toString() {
        return "%s, locators %s, installed %s".formatted(Stream.of(framework.getBundleContext().getBundles()).map(b -> b + " state " + b.getState()).toList(), policies,
                installed);
    }
}
