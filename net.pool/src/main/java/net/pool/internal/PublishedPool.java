package net.pool.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.host.DeviceHost;
import net.pool.BufferPool;
import net.pool.PoolMaker;
import net.pool.PoolSpec;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool and its service. */
final class PublishedPool {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedPool.class);
    /** Host and name of each; a name is there once in a host. */
    private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

    private final String key;
    private final Settings settings;
    private final BufferPool pool;
    private final ServiceRegistration<NetBufPool> registration;

    private PublishedPool(String key, Settings settings, BufferPool pool, ServiceRegistration<NetBufPool> registration) {
        this.key = key;
        this.settings = settings;
        this.pool = pool;
        this.registration = registration;
    }

    /**
     * Closes the old pool, if there is one, and registers another in its place; if that cannot be made, says so in the log and makes one like the old. An old
     * pool that already is as wanted stays, and looks for leaks as wanted.
     *
     * @param old or null
     * @return null if there is no pool now
     */
    static PublishedPool replace(BundleContext context, DeviceHost host, PublishedPool old, Settings wanted) {
        if (old != null && old.settings.spec().equals(wanted.spec())) {
            old.pool.leakDetection(wanted.leaks());
            if (!old.settings.set().equals(wanted.set())) {
                old.registration.setProperties(properties(host, wanted));
            }
            return new PublishedPool(old.key, wanted, old.pool, old.registration);
        }
        if (old != null) {
            old.close();
        }
        try {
            return publish(context, host, wanted);
        } catch (DevException e) {
            LOG.error("Pool {} of host {} cannot be made: {}", wanted.spec().name(), host.name(), e.getMessage());
            return old == null ? null : replace(context, host, null, old.settings);
        }
    }

    private static PublishedPool publish(BundleContext context, DeviceHost host, Settings settings) {
        PoolSpec spec = settings.spec();
        String key = host.name() + '/' + spec.name();
        if (!NAMES.add(key)) {
            throw new DevException(DevError.ALREADY_EXISTS, "host " + host.name() + " has a pool '" + spec.name() + "' already: give another name");
        }
        BufferPool pool = null;
        try {
            pool = PoolMaker.make(host, spec);
            pool.leakDetection(settings.leaks());
            return new PublishedPool(key, settings, pool, context.registerService(NetBufPool.class, pool, properties(host, settings)));
        } catch (RuntimeException | Error e) {
            if (pool != null) {
                pool.close();
            }
            NAMES.remove(key);
            throw e;
        }
    }

    private static Dictionary<String, Object> properties(DeviceHost host, Settings settings) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(NetBufPool.NAME, settings.spec().name());
        properties.put(NetBufPool.HOST, host.name());
        if (!settings.set().isEmpty()) {
            properties.put(NetBufPool.SET, settings.set());
        }
        return properties;
    }

    /** Unregisters, so that devices are let go of and give their buffers back, then closes. */
    void close() {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            LOG.debug("The framework has unregistered {} already", pool);
        }
        pool.close();
        NAMES.remove(key);
        int missing = pool.missing();
        if (missing > 0) {
            LOG.warn("Pool {} of host {} is closed, and {} of its {} buffers are still out: its memory is freed when they are released", pool.name(), pool.host(),
                    missing, pool.capacity());
        }
    }
}
