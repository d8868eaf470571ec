package net.pci.osgi;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import net.pci.Registrar;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers services in the context of a bundle. */
final class ContextRegistrar implements Registrar {
    private final Bundle bundle;

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

    /** A bundle that stops takes its services with it: then there is nothing left to do. */
    private static void ifRegistered(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException e) {
            // unregistered by the framework
        }
    }
}
