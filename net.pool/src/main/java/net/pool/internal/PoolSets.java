package net.pool.internal;

import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import net.api.NetBufPool;
import net.api.NetBufPoolSet;
import net.pool.PoolSet;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Makes the sets that pools say they are classes of; a set is there as long as one of its pools. */
@Component(service = {}, immediate = true)
public final class PoolSets {
    private record Key(String set, String host) {
    }

    private record Published(PoolSet set, ServiceRegistration<NetBufPoolSet> registration) {
    }

    private final BundleContext context;
    private final Map<Key, Published> sets = new HashMap<>();
    /** The pools that are there, and their sets. */
    private final Map<NetBufPool, Key> classes = new HashMap<>();

    @Activate
    public PoolSets(BundleContext context) {
        this.context = context;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(" + NetBufPool.SET + "=*)")
    synchronized void bindPool(NetBufPool pool, Map<String, Object> properties) {
        Key key = new Key(String.valueOf(properties.get(NetBufPool.SET)), pool.host());
        classes.put(pool, key);
        Published published = sets.get(key);
        PoolSet set = published == null ? new PoolSet(key.set, key.host) : published.set;
        set.add(pool);
        if (published == null) {
            Hashtable<String, Object> described = new Hashtable<>(Map.of(NetBufPool.SET, key.set, NetBufPool.HOST, key.host));
            sets.put(key, new Published(set, context.registerService(NetBufPoolSet.class, set, described)));
        }
    }

    synchronized void updatedPool(NetBufPool pool, Map<String, Object> properties) {
        if (!classes.get(pool).set.equals(properties.get(NetBufPool.SET))) {
            unbindPool(pool);
            bindPool(pool, properties);
        }
    }

    synchronized void unbindPool(NetBufPool pool) {
        Key key = classes.remove(pool);
        if (key == null) {
            return;
        }
        PoolSet set = sets.get(key).set;
        set.remove(pool);
        if (set.pools().isEmpty()) {
            unregister(sets.remove(key));
        }
    }

    @Deactivate
    synchronized void deactivate() {
        classes.keySet().stream().toList().forEach(this::unbindPool);
    }

    private static void unregister(Published published) {
        try {
            published.registration.unregister();
        } catch (IllegalStateException e) {
            // the framework, which is stopping the bundle, was faster
        }
    }
}
