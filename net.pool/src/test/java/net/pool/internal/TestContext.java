package net.pool.internal;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import net.api.NetBufPool;
import net.pool.BufferPool;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A bundle context that knows registered pools, and what happened to them in which order. */
final class TestContext {
    final List<BufferPool> pools = new ArrayList<>();
    final List<Dictionary<?, ?>> properties = new ArrayList<>();
    /** For each unregistered pool whether it was still open then. */
    final List<Boolean> openWhenUnregistered = new ArrayList<>();

    BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, args) -> {
            if (!method.getName().equals("registerService") || args[0] != NetBufPool.class) {
                throw new UnsupportedOperationException(method.toString());
            }
            BufferPool pool = (BufferPool) args[1];
            pools.add(pool);
            properties.add((Dictionary<?, ?>) args[2]);
            return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (p, m, a) -> {
                int at = pools.indexOf(pool);
                pools.remove(at);
                properties.remove(at);
                openWhenUnregistered.add(!pool.isClosed());
                return null;
            });
        });
    }
}
