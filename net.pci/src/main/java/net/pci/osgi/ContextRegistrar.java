package net.pci.osgi;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import net.pci.Registrar;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers services in the context of a bundle. */
final class ContextRegistrar implements Registrar {
    private static final Logger LOG = LoggerFactory.getLogger(ContextRegistrar.class);
    private static final String CLASS = ".class";

    private final Bundle bundle;
    private boolean prepared;

    ContextRegistrar(Bundle bundle) {
        this.bundle = bundle;
    }

    @Override
    public Registration register(List<Class<?>> types, Object service, Map<String, Object> properties) {
        BundleContext context = bundle.getBundleContext();
        if (context == null) {
            throw new IllegalStateException("bundle " + bundle + " is not active");
        }
        ServiceRegistration<?> registration = context.registerService(types.stream().map(Class::getName).toArray(String[]::new), service,
                new Hashtable<>(properties));
        return new Registration() {
            private Map<String, Object> now = Map.copyOf(properties);

            @Override
            public void update(Map<String, Object> newProperties) {
                if (!now.equals(newProperties)) {
                    now = Map.copyOf(newProperties);
                    ifRegistered(() -> registration.setProperties(new Hashtable<>(newProperties)));
                }
            }

            @Override
            public void unregister() {
                ifRegistered(registration::unregister);
            }
        };
    }

    /** Loads the bundle's own classes, and runs their initialisers: whoever uses them while a card is without driver does it for the second time. */
    @Override
    public void prepare() {
        BundleWiring wiring = prepared ? null : bundle.adapt(BundleWiring.class);
        if (wiring == null) {
            return; // done before, or uninstalled meanwhile
        }
        prepared = true;
        for (String path : wiring.listResources("/", "*" + CLASS, BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE)) {
            String name = path.substring(0, path.length() - CLASS.length()).replace('/', '.');
            try {
                Class.forName(name, true, wiring.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.debug("{}: {} cannot be loaded, which may do no harm", bundle, name, e);
            }
        }
    }

    /** A bundle that stops takes its services with it: then there is nothing left to do. */
    private static void ifRegistered(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException e) {
            // unregistered by the framework
        }
    }
}
