package net.pool.internal;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.api.NetBufPool;
import net.api.NetBufPoolSet;
import net.pool.BufferPool;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A bundle context that knows registered pools and sets, and what happened to them in which order. */
final class TestContext {
    final List<BufferPool> pools = new ArrayList<>();
    final List<Dictionary<?, ?>> properties = new ArrayList<>();
    final List<NetBufPoolSet> sets = new ArrayList<>();
    /** For each unregistered pool whether it was still open then. */
    final List<Boolean> openWhenUnregistered = new ArrayList<>();
    /** Hears of pools in sets as the service registry would tell it; or null. */
    PoolSets listener;

    BundleContext context() {
        return proxy(BundleContext.class, (method, args) -> {
            if (method.equals("registerService") && args[0] == NetBufPool.class) {
                return register((BufferPool) args[1], (Dictionary<?, ?>) args[2]);
            }
            if (method.equals("registerService") && args[0] == NetBufPoolSet.class) {
                sets.add((NetBufPoolSet) args[1]);
                return proxy(ServiceRegistration.class, (m, a) -> {
                    sets.remove(args[1]);
                    return null;
                });
            }
            throw new UnsupportedOperationException(method);
        });
    }

    private Object register(BufferPool pool, Dictionary<?, ?> described) {
        pools.add(pool);
        properties.add(described);
        tell(pool, null, described);
        return proxy(ServiceRegistration.class, (method, args) -> {
            int at = pools.indexOf(pool);
            Dictionary<?, ?> before = properties.get(at);
            if (method.equals("setProperties")) {
                properties.set(at, (Dictionary<?, ?>) args[0]);
                tell(pool, before, properties.get(at));
            } else {
                pools.remove(at);
                properties.remove(at);
                openWhenUnregistered.add(!pool.isClosed());
                tell(pool, before, null);
            }
            return null;
        });
    }

    private void tell(BufferPool pool, Dictionary<?, ?> before, Dictionary<?, ?> after) {
        boolean was = before != null && before.get(NetBufPool.SET) != null;
        boolean is = after != null && after.get(NetBufPool.SET) != null;
        if (listener != null && is) {
            if (was) {
                listener.updatedPool(pool, map(after));
            } else {
                listener.bindPool(pool, map(after));
            }
        } else if (listener != null && was) {
            listener.unbindPool(pool);
        }
    }

    private static Map<String, Object> map(Dictionary<?, ?> dictionary) {
        Map<String, Object> map = new TreeMap<>();
        Collections.list(dictionary.keys()).forEach(k -> map.put(k.toString(), dictionary.get(k)));
        return map;
    }

    private interface Call {
        Object of(String method, Object[] args);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(TestContext.class.getClassLoader(), new Class<?>[] {type}, (p, method, args) -> call.of(method.getName(), args)));
    }
}
