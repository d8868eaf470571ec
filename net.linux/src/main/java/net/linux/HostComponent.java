package net.linux;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import net.api.host.DeviceHost;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers {@link LinuxHost} as a service, unless the configuration says no. */
@Component(service = {}, immediate = true, configurationPid = HostComponent.PID)
@Designate(ocd = HostComponent.Config.class)
public final class HostComponent {
    static final String PID = "net.linux";
    private static final Logger LOG = LoggerFactory.getLogger(HostComponent.class);

    /** What the user may set. */
    @ObjectClassDefinition(id = PID, name = "This machine's devices", description = "Lists the PCI and platform devices of this machine, read only")
    public @interface Config {
        /** See the description. */
        @AttributeDefinition(description = "List this machine's devices: true or false")
        boolean enabled() default true;

        /** See the description. */
        @AttributeDefinition(description = "Directory where sysfs is mounted, an absolute path")
        String sysfs() default "/sys";
    }

    private final BundleContext context;
    /** Where sysfs is for the registered host; "" without one. */
    private String listed = "";
    private ServiceRegistration<DeviceHost> registration;

    /**
     * @param context where the host is registered
     * @param config what is wanted
     * @param given the same, as it was given
     */
    @Activate
    public HostComponent(BundleContext context, Config config, Map<String, Object> given) {
        this.context = context;
        modified(config, given);
    }

    @Modified
    void modified(Config config, Map<String, Object> given) {
        String problem = problem(config, given);
        if (!problem.isEmpty()) {
            LOG.error("Configuration {}: {}. {}", PID, problem, listed.isEmpty() ? "This machine's devices are not listed" : "The list stays as it is");
            return;
        }
        String wanted = config.enabled() ? config.sysfs() : "";
        if (!wanted.equals(listed)) {
            close();
            if (!wanted.isEmpty()) {
                LinuxHost host = new LinuxHost(Path.of(wanted), Path.of("/proc"), PciIds.USUAL);
                registration = context.registerService(DeviceHost.class, host, FrameworkUtil.asDictionary(Map.of(DeviceHost.NAME, LinuxHost.NAME_OF_HOST)));
                listed = wanted;
            }
        }
    }

    @Deactivate
    void close() {
        if (registration != null) {
            registration.unregister();
            registration = null;
            listed = "";
        }
    }

    /**
     * What is wrong with the configuration, "" if nothing.
     *
     * @param given the values as they were given: a text that is no Boolean has become false in {@code config}
     */
    static String problem(Config config, Map<String, Object> given) {
        Object enabled = given.getOrDefault("enabled", "true");
        if (!enabled.toString().equals("true") && !enabled.toString().equals("false")) {
            return "enabled = '" + enabled + "' is neither true nor false; write one of them";
        }
        if (!config.enabled()) {
            return "";
        }
        try {
            Path sysfs = Path.of(config.sysfs());
            if (sysfs.isAbsolute() && Files.isDirectory(sysfs.resolve("bus"))) {
                return "";
            }
        } catch (InvalidPathException e) {
            // Said below, as for any other text that is no such directory.
        }
        return "sysfs = '" + config.sysfs() + "' is no directory where sysfs is mounted: give an absolute path, usually /sys, or set enabled = false";
    }
}
