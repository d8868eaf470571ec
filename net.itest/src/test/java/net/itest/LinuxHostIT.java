package net.itest;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.host.DeviceHost;
import org.junit.Test;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;

/** The machine's own devices are listed as the configuration says, and nobody may have them. */
public class LinuxHostIT extends RuntimeIT {
    private static final String LINUX = "(" + DeviceHost.NAME + "=linux)";

    @Test
    public void theConfigurationTurnsTheListOffAndOn() throws IOException, InvalidSyntaxException {
        world.await("the host", () -> world.references(DeviceHost.class, LINUX).size() == 1);
        Configuration configuration = world.service(ConfigurationAdmin.class).getConfiguration("net.linux", "?");
        configuration.update(properties("enabled", "false"));
        world.await("no host", () -> world.references(DeviceHost.class, LINUX).isEmpty());
        configuration.update(properties("sysfs", "/sys"));
        world.await("the host", () -> world.references(DeviceHost.class, LINUX).size() == 1);
        AtomicInteger gone = new AtomicInteger();
        context.addServiceListener(event -> {
            if (event.getType() == ServiceEvent.UNREGISTERING) {
                gone.incrementAndGet();
            }
        }, LINUX);
        configuration.update(properties("sysfs", "relative/path"));
        awaitDispatch();
        configuration.update(properties("enabled", "perhaps"));
        awaitDispatch();
        assertEquals("wrong values change nothing", 0, gone.get());
        configuration.update(properties("sysfs", "/sys/bus/.."));
        world.await("another host", () -> gone.get() == 1 && world.references(DeviceHost.class, LINUX).size() == 1);
        configuration.delete();
        world.await("the host again", () -> gone.get() == 2 && world.references(DeviceHost.class, LINUX).size() == 1);
        assertEquals("it lends no memory", null, world.references(DeviceHost.class, LINUX).getFirst().getProperty(DeviceHost.DMA));
    }

    /** Listeners, Declarative Services among them, are told on one thread and in order: when a later change was told, the earlier ones were acted upon. */
    private void awaitDispatch() throws IOException {
        CountDownLatch told = new CountDownLatch(1);
        ServiceRegistration<ConfigurationListener> listener = context.registerService(ConfigurationListener.class, event -> {
            if (event.getPid().equals("net.itest.marker") && event.getType() == ConfigurationEvent.CM_DELETED) {
                told.countDown();
            }
        }, null);
        Configuration marker = world.service(ConfigurationAdmin.class).getConfiguration("net.itest.marker", "?");
        marker.update(properties("x", "y"));
        marker.delete();
        world.await("the marker", () -> told.getCount() == 0);
        listener.unregister();
    }

    private static Dictionary<String, Object> properties(String name, Object value) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(name, value);
        return properties;
    }
}
