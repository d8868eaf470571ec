package net.pool.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import net.api.DevException;
import net.api.host.DeviceHost;
import net.pool.PoolSpec;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the pool {@code default} of every host whose devices can reach memory. */
@Component(service = {}, immediate = true, configurationPid = DefaultPools.PID)
@Capability(namespace = "hotnic.configuration", name = DefaultPools.PID)
@Designate(ocd = DefaultPools.Config.class)
public final class DefaultPools {
    static final String PID = "net.pool";
    static final String NAME = "default";
    private static final Logger LOG = LoggerFactory.getLogger(DefaultPools.class);

    /** Described for users; {@link Settings} reads and checks the values. */
    @ObjectClassDefinition(id = PID, name = "Default buffer pools", description = "The pool 'default' that is made for every host of devices, a class of "
            + "its set 'default'")
    @interface Config {
        @AttributeDefinition(name = "Buffers", description = "Packet buffers of each pool", min = "1", max = "16777216")
        int buffers() default PoolSpec.BUFFERS;

        @AttributeDefinition(name = "Fewest buffers", description = "Down to so many the pool shrinks when it is idle; -1: as many as it begins with", min = "-1",
                max = "16777216")
        int minBuffers() default -1;

        @AttributeDefinition(name = "Most buffers", description = "Up to so many the pool grows when it is exhausted or nearly so, each time by as many as it begins "
                + "with; -1: as many as it begins with", min = "-1", max = "16777216")
        int maxBuffers() default -1;

        @AttributeDefinition(name = "Shrink after", description = "Seconds for which half of the smaller pool's buffers must have been enough", min = "1")
        int shrinkAfter() default 60;

        @AttributeDefinition(name = "Data room", description = "Bytes of a buffer behind its 128 bytes of headroom", min = "1526", max = "65535")
        int dataRoom() default PoolSpec.DATA_ROOM;

        @AttributeDefinition(name = "Cache", description = "Most free buffers that a thread keeps for itself; -1: an eighth of all, at most 512", min = "-1",
                max = "4096")
        int cache() default -1;

        @AttributeDefinition(name = "Below 4 GiB", description = "Every device address fits in 32 bits, for cards that know no others; without such memory "
                + "there is no pool")
        boolean below4GiB() default false;

        @AttributeDefinition(name = "Scrub", description = "Overwrite each buffer with zeros when it comes back; costs about as much as copying it")
        boolean scrub() default false;

        @AttributeDefinition(name = "Shells", description = "Buffers without memory of their own, for clones that share a packet among queues, and for memory of "
                + "applications", min = "0", max = "16777216")
        int shells() default PoolSpec.SHELLS;

        @AttributeDefinition(name = "NUMA node", description = "Where the memory must be, such as the node of the cards; -1: anywhere. A host that knows no "
                + "nodes makes no pool for another value", min = "-1", max = "1023")
        int numa() default -1;

        @AttributeDefinition(name = "Leak detection", description = "How hard to look for buffers that an application never releases; can be changed while the "
                + "pool is in use. disabled; simple: one buffer in 512, and seldom where it was taken; advanced: often where it was taken and touched last; "
                + "paranoid: every buffer, always, slowly", options = {@Option(label = "disabled", value = "disabled"),
                    @Option(label = "simple", value = "simple"), @Option(label = "advanced", value = "advanced"),
                    @Option(label = "paranoid", value = "paranoid")})
        String leakDetection() default "simple";
    }

    private final BundleContext context;
    private Settings settings;
    /** The hosts that are there; the pool is null if it could not be made. */
    private final Map<DeviceHost, PublishedPool> pools = new LinkedHashMap<>();

    @Activate
    public DefaultPools(BundleContext context, Map<String, Object> config) {
        this.context = context;
        settings = parse(config, "the pools are as if nothing were configured", Settings.parse(NAME, NAME, Map.of()));
    }

    @Modified
    synchronized void modified(Map<String, Object> config) {
        Settings wanted = parse(config, "the pools stay as they are", settings);
        if (wanted.equals(settings)) {
            return;
        }
        settings = wanted;
        pools.replaceAll((host, old) -> PublishedPool.replace(context, host, old, wanted));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(" + DeviceHost.DMA + "=true)")
    synchronized void bindHost(DeviceHost host) {
        pools.put(host, PublishedPool.replace(context, host, null, settings));
    }

    synchronized void unbindHost(DeviceHost host) {
        PublishedPool pool = pools.remove(host);
        if (pool != null) {
            pool.close();
        }
    }

    @Deactivate
    synchronized void deactivate() {
        pools.keySet().stream().toList().forEach(this::unbindHost);
    }

    private static Settings parse(Map<String, Object> config, String then, Settings instead) {
        try {
            return Settings.parse(NAME, NAME, config);
        } catch (DevException e) {
            LOG.error("Configuration {}: {}; {}", PID, e.getMessage(), then);
            return instead;
        }
    }
}
