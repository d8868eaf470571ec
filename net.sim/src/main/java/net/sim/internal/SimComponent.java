package net.sim.internal;

import java.util.Map;
import net.api.DevException;
import net.api.host.DeviceHost;
import net.sim.SimHost;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated host of the runtime, as configured. A wrong configuration is reported and changes nothing. */
@Component(service = {}, immediate = true, configurationPid = "net.sim")
@Capability(namespace = "hotnic.configuration", name = "net.sim")
@Designate(ocd = Settings.class)
@Capability(namespace = "osgi.service", effective = "active", attribute = "objectClass:List<String>=\"net.api.host.DeviceHost,net.sim.SimHost\"")
@Capability(namespace = "osgi.service", effective = "active", attribute = "objectClass:List<String>=\"net.sim.internal.Rack\"")
public final class SimComponent {
    private static final Logger LOG = LoggerFactory.getLogger(SimComponent.class);
    private static final String NAME = "sim";
    private static final long CLOSE_NANOS = 5_000_000_000L;

    private final BundleContext context;
    private Plan plan;
    private SimHost host;
    private ServiceRegistration<?> hostService;
    private ServiceRegistration<Rack> rackService;

    /**
     * @param context where the host is registered
     * @param settings what is wanted
     * @param given the same, as it was given
     */
    @Activate
    public SimComponent(BundleContext context, Settings settings, Map<String, Object> given) {
        this.context = context;
        modified(settings, given);
    }

    @Modified
    void modified(Settings settings, Map<String, Object> given) {
        Plan wanted;
        try {
            Plan.checkTruth("enabled", given);
            wanted = Plan.of(settings);
        } catch (DevException e) {
            LOG.error("{}. The simulated host {}", e.getMessage(), plan == null ? "is as if nothing were configured" : "stays as it is");
            wanted = plan == null ? Plan.DEFAULT : plan;
        }
        if (!wanted.equals(plan)) {
            stop();
            plan = wanted;
            if (wanted.enabled()) {
                start(wanted);
            }
        }
    }

    private void start(Plan wanted) {
        host = new SimHost(NAME);
        Rack rack = new Rack(host, wanted);
        hostService = context.registerService(new String[] {DeviceHost.class.getName(), SimHost.class.getName()}, host,
                FrameworkUtil.asDictionary(Map.of(DeviceHost.NAME, NAME, DeviceHost.DMA, true)));
        rackService = context.registerService(Rack.class, rack, null);
    }

    @Deactivate
    void stop() {
        if (host == null) {
            return;
        }
        rackService.unregister();
        hostService.unregister();
        int left = host.close(CLOSE_NANOS);
        if (left > 0) {
            LOG.warn("the simulated host is gone, but {} pieces of its DMA memory are still in use after {} s; they are kept", left, CLOSE_NANOS / 1_000_000_000);
        }
        host = null;
    }
}
