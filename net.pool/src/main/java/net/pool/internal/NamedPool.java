package net.pool.internal;

import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.host.DeviceHost;
import net.pool.PoolSpec;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A further pool, one for each configuration {@code net.pool.named~something}. */
@Component(service = {}, immediate = true, configurationPid = NamedPool.PID, configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "hotnic.configuration", name = NamedPool.PID)
@Designate(ocd = NamedPool.Config.class, factory = true)
public final class NamedPool {
    static final String PID = "net.pool.named";
    private static final String ANY_HOST = "(" + DeviceHost.DMA + "=true)";
    private static final Logger LOG = LoggerFactory.getLogger(NamedPool.class);

    /** Described for users; {@link Settings} reads and checks the values. */
    @ObjectClassDefinition(id = PID, name = "Buffer pool", description = "A further pool, for devices whose configuration names it")
    @interface Config {
        @AttributeDefinition(name = "Name", description = "What devices call it: 1 to 32 letters, digits, dots, hyphens or underscores; not 'default'")
        String name();

        @AttributeDefinition(name = "Host", description = "Filter for the host whose devices use it, such as (host.name=sim)")
        String host_target() default ANY_HOST;

        @AttributeDefinition(name = "Set", description = "The set of size classes that the pool is one of, such as 'default': 1 to 32 letters, digits, dots, hyphens or "
                + "underscores; empty: none, only devices that name the pool use it")
        String set() default "";

        @AttributeDefinition(name = "Buffers", description = "Packet buffers of the pool", min = "1", max = "16777216")
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
    private final DeviceHost host;
    private Settings settings;
    private PublishedPool pool;

    @Activate
    public NamedPool(BundleContext context, @Reference(name = "host", target = ANY_HOST) DeviceHost host, Map<String, Object> config) {
        this.context = context;
        this.host = host;
        modified(config);
    }

    @Modified
    synchronized void modified(Map<String, Object> config) {
        try {
            Settings wanted = parse(config);
            if (!wanted.equals(settings)) {
                pool = PublishedPool.replace(context, host, pool, wanted);
                settings = wanted;
            }
        } catch (DevException e) {
            LOG.error("Configuration {} for host {}: {}; {}", PID, host.name(), e.getMessage(), pool == null ? "no pool is made" : "the pool stays as it is");
        }
    }

    @Deactivate
    synchronized void deactivate() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }

    private static Settings parse(Map<String, Object> config) {
        Object name = config.get(Settings.NAME);
        Settings read = Settings.parse(name == null ? "" : name.toString(), "", config);
        if (read.spec().name().equals(DefaultPools.NAME)) {
            throw new DevException(DevError.INVALID_PARAM, "pool name 'default' is that of the pool that every host has: configure it under " + DefaultPools.PID);
        }
        return read;
    }
}
