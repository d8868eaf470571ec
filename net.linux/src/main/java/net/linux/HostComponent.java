package net.linux;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.api.host.DeviceHost;
import net.linux.doctor.Doctor;
import net.linux.doctor.Examination;
import org.osgi.annotation.bundle.Capability;
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
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers {@link LinuxHost} as a service, unless the configuration says no; and lets the machine be examined. */
@Component(service = Doctor.class, immediate = true, configurationPid = HostComponent.PID)
@Capability(namespace = "hotnic.configuration", name = HostComponent.PID)
@Designate(ocd = HostComponent.Config.class)
public final class HostComponent implements Doctor {
    static final String PID = "net.linux";
    static final String VFIO = "vfio";
    static final String UNSAFE_SYSFS = "unsafe-sysfs";
    private static final Logger LOG = LoggerFactory.getLogger(HostComponent.class);

    /** What the user may set. */
    @ObjectClassDefinition(id = PID, name = "This machine's devices",
            description = "Lists the PCI and platform devices of this machine, and lends those that are named here to drivers")
    public @interface Config {
        /** See the description. */
        @AttributeDefinition(description = "List this machine's devices: true or false")
        boolean enabled() default true;

        /** See the description. */
        @AttributeDefinition(description = "Directory where sysfs is mounted, an absolute path")
        String sysfs() default "/sys";

        /** See the description. */
        @AttributeDefinition(description = "Devices that drivers may have: PCI addresses (0000:03:00.0), ids (8086:10fb), and names of nodes of the device tree"
                + " (ethernet@3200c000). The kernel's driver is unbound from them while they are driven from here, and bound again afterwards", required = false)
        String[] devices() default {};

        /** See the description. */
        @AttributeDefinition(description = "Addresses of those of them that may be taken although their interface carries this machine's traffic: it has a"
                + " route, an address, or a bond, bridge or VLAN above it", required = false)
        String[] force() default {};

        /** See the description. */
        @AttributeDefinition(description = "Directory for locks, one for each device in use, and for the names of the drivers that are to be bound again. All"
                + " processes that drive devices must have the same")
        String locks() default "/run/hotnic";

        /** See the description. */
        @AttributeDefinition(description = "How devices are had. vfio: an IOMMU keeps them within the memory that they were given. unsafe-sysfs, for machines without"
                + " IOMMU, root and huge pages only: UNSAFE, because a device, or a mistake of a driver, can overwrite all of this machine's memory, the kernel's"
                + " too; and polling only, there are no interrupts", options = {@Option(VFIO), @Option(UNSAFE_SYSFS)})
        String access() default VFIO;
    }

    private final BundleContext context;
    /** The settings of the registered host; empty without one. */
    private Map<String, Object> listed = Map.of();
    private volatile LinuxHost host;
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
        Map<String, Object> wanted = !config.enabled() ? Map.of()
                : Map.of("sysfs", config.sysfs(), "devices", List.of(config.devices()), "force", List.of(config.force()), "locks", config.locks(),
                        "access", config.access());
        if (!wanted.equals(listed)) {
            close();
            if (!wanted.isEmpty()) {
                host = host(config);
                Map<String, Object> properties = new HashMap<>(Map.of(DeviceHost.NAME, LinuxHost.NAME_OF_HOST));
                if (host.lends()) {
                    properties.put(DeviceHost.DMA, true);
                }
                registration = context.registerService(DeviceHost.class, host, FrameworkUtil.asDictionary(properties));
                listed = wanted;
            }
        }
    }

    private static LinuxHost host(Config config) {
        AllowList allowed = new AllowList(List.of(config.devices()), List.of(config.force()));
        Machine machine = Machine.here(Path.of(config.sysfs()));
        Path locks = Path.of(config.locks());
        if (config.access().equals(VFIO)) {
            return new LinuxHost(machine, allowed, locks, new VfioAccess(machine));
        }
        if (!allowed.isEmpty()) {
            LOG.warn("UNSAFE: access = {} in {}: nothing keeps {} from any of this machine's memory, a mistake of a card or a driver can overwrite it all;"
                    + " polling only", config.access(), PID, String.join(", ", allowed.entries()));
        }
        return new LinuxHost(machine, allowed, locks, new ResourceAccess(machine, locks));
    }

    @Override
    public Optional<Examination> examination() {
        return Optional.ofNullable(host).map(LinuxHost::examination);
    }

    /** Whoever has devices or memory of the host lets go of them while it is unregistered. */
    @Deactivate
    void close() {
        if (registration != null) {
            registration.unregister();
            registration = null;
            host.close();
            host = null;
            listed = Map.of();
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
        if (!config.access().equals(VFIO) && !config.access().equals(UNSAFE_SYSFS)) {
            return "access = '" + config.access() + "' is neither " + VFIO + " nor " + UNSAFE_SYSFS + "; write one of them";
        }
        try {
            new AllowList(List.of(config.devices()), List.of(config.force()));
            if (!Path.of(config.locks()).isAbsolute()) {
                return "locks = '" + config.locks() + "' is no absolute path: give a directory such as /run/hotnic";
            }
        } catch (IllegalArgumentException e) {
            return e.getMessage();
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
