package net.pci.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

class ContextRegistrarTest {
    private static boolean initialised;
    private final List<String> asked = new ArrayList<>();

    /** A class of the bundle. */
    static final class Own {
        static {
            initialised = true;
        }
    }

    /** A class of the bundle that cannot be used here. */
    static final class Broken {
        static final Object NOTHING = List.of().getFirst();
    }

    private <T> T fake(Class<T> type, String method, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, arguments) -> {
            if (m.getName().equals("listResources")) {
                asked.add("%s %s %s".formatted(arguments[0], arguments[1], arguments[2]));
                return List.of("no/such/Thing.class", path(Broken.class), path(Own.class));
            }
            return m.getName().equals(method) ? answer : m.getName().equals("toString") ? "a bundle" : null;
        }));
    }

    private static String path(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }

    @Test
    void all_classes_of_the_bundle_that_can_be_loaded_are_ready() {
        BundleWiring wiring = fake(BundleWiring.class, "getClassLoader", getClass().getClassLoader());
        ContextRegistrar registrar = new ContextRegistrar(fake(Bundle.class, "adapt", wiring));
        registrar.prepare();
        assertThat(initialised).isTrue();
        registrar.prepare();
        assertThat(asked).as("once").containsExactly("/ *.class " + (BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE));
    }

    @Test
    void a_bundle_that_is_gone_has_none() {
        assertThatCode(() -> new ContextRegistrar(fake(Bundle.class, "adapt", null)).prepare()).doesNotThrowAnyException();
    }
}
