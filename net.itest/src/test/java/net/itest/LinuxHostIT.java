package net.itest;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import net.api.host.DeviceHost;
import org.junit.Test;
import org.osgi.framework.Constants;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The machine's own devices are listed as the configuration says, and nobody may have them. */
public class LinuxHostIT extends RuntimeIT {
    private static final String LINUX = "(" + DeviceHost.NAME + "=linux)";

    @Test
    public void theConfigurationTurnsTheListOffAndOn() throws IOException {
        world.await("the host", () -> world.references(DeviceHost.class, LINUX).size() == 1);
        Configuration configuration = world.service(ConfigurationAdmin.class).getConfiguration("net.linux", "?");
        configuration.update(properties("enabled", "false"));
        world.await("no host", () -> world.references(DeviceHost.class, LINUX).isEmpty());
        configuration.update(properties("sysfs", "/sys"));
        world.await("the host", () -> world.references(DeviceHost.class, LINUX).size() == 1);
        Object id = world.references(DeviceHost.class, LINUX).getFirst().getProperty(Constants.SERVICE_ID);
        configuration.update(properties("sysfs", "relative/path"));
        configuration.update(properties("enabled", "perhaps"));
        configuration.delete();
        world.await("the host", () -> world.references(DeviceHost.class, LINUX).size() == 1);
        assertEquals("wrong values change nothing", id, world.references(DeviceHost.class, LINUX).getFirst().getProperty(Constants.SERVICE_ID));
        assertEquals("it lends no memory", null, world.references(DeviceHost.class, LINUX).getFirst().getProperty(DeviceHost.DMA));
    }

    private static Dictionary<String, Object> properties(String name, Object value) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(name, value);
        return properties;
    }
}
