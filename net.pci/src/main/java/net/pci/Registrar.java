package net.pci;

import java.util.List;
import java.util.Map;

/** Makes objects known as services. In OSGi it is a bundle's context; {@link #NONE} does without. Called on the manager's thread. */
public interface Registrar {
    /** Registers nothing. */
    Registrar NONE = (types, service, properties) -> new Registration() {
        @Override
        public void update(Map<String, Object> newProperties) {
        }

        @Override
        public void unregister() {
        }
    };

    /**
     * Registers a service.
     *
     * @param types under these interfaces
     * @param service what is registered
     * @param properties with these properties
     * @throws IllegalStateException if nothing can be registered any more
     */
    Registration register(List<Class<?>> types, Object service, Map<String, Object> properties);

    /**
     * Somebody waits for what is registered next: what can be made ready before that, such as the classes of a driver, is made ready now. Nothing, unless it is said here;
     * again is no error.
     */
    default void prepare() {
    }

    /** A service that is known. */
    interface Registration {
        /** Replaces its properties. */
        void update(Map<String, Object> properties);

        /** Takes it back. Again, or after its bundle was stopped, is no error. */
        void unregister();
    }
}
