package net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.LoggerFactory;

class HostComponentTest {
    private String access = "vfio";

    @Test
    void aDirectoryWithBusesIsAccepted(@TempDir Path directory) {
        Tree tree = new Tree(directory);
        assertThat(HostComponent.problem(config(true, tree.sysfs.toString()), Map.of("enabled", true))).isEmpty();
        assertThat(HostComponent.problem(config(true, tree.sysfs.toString()), Map.of())).isEmpty();
    }

    @Test
    void anotherValueIsNamedWithWhatToDo(@TempDir Path directory) {
        assertThat(HostComponent.problem(config(true, "sys"), Map.of())).contains("sysfs = 'sys'").contains("absolute path");
        assertThat(HostComponent.problem(config(true, directory.toString()), Map.of())).contains(directory.toString());
        assertThat(HostComponent.problem(config(true, "/sys\0"), Map.of())).contains("absolute path");
        assertThat(HostComponent.problem(config(false, "/sys"), Map.of("enabled", "maybe"))).isEqualTo("enabled = 'maybe' is neither true nor false; write one of them");
    }

    @Test
    void anEntryThatIsNoDeviceIsNamed(@TempDir Path directory) {
        String sysfs = new Tree(directory).sysfs.toString();
        assertThat(HostComponent.problem(config(true, sysfs, "0000:03:00.0", "8086:10fb", "ethernet@3200c000", ""), Map.of())).isEmpty();
        assertThat(HostComponent.problem(config(true, sysfs, "3:00.0"), Map.of())).contains("'3:00.0'").contains("0000:03:00.0").contains("8086:10fb");
    }

    @Test
    void theWayToDevicesIsOneOfTwo(@TempDir Path directory) throws NoSuchMethodException {
        String sysfs = new Tree(directory).sysfs.toString();
        assertThat(defaultOf("access")).as("safe unless asked otherwise").isEqualTo("vfio");
        access = "unsafe-sysfs";
        assertThat(HostComponent.problem(config(true, sysfs), Map.of())).isEmpty();
        access = "sysfs";
        assertThat(HostComponent.problem(config(true, sysfs), Map.of())).isEqualTo("access = 'sysfs' is neither vfio nor unsafe-sysfs; write one of them");
    }

    @Test
    void whatIsUnsafeIsWarnedAboutOnceAndOnlyWithDevices(@TempDir Path directory) {
        String sysfs = new Tree(directory).sysfs.toString();
        BundleContext context = answering(BundleContext.class, answering(ServiceRegistration.class, null));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(HostComponent.class);
        logger.addAppender(log);
        log.start();
        try {
            HostComponent component = new HostComponent(context, config(true, sysfs, "8086:10fb"), Map.of());
            access = "unsafe-sysfs";
            component.modified(config(true, sysfs), Map.of());
            assertThat(log.list).as("safe, or nothing is named").isEmpty();
            component.modified(config(true, sysfs, "8086:10fb"), Map.of());
            component.modified(config(true, sysfs, "8086:10fb"), Map.of());
            component.close();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).singleElement().satisfies(e -> {
            assertThat(e.getLevel()).isEqualTo(Level.WARN);
            assertThat(e.getFormattedMessage()).startsWith("UNSAFE: access = unsafe-sysfs in net.linux").contains("8086:10fb").contains("polling only");
        });
    }

    private static <T> T answering(Class<T> type, Object answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answer));
    }

    @Test
    void aDisabledHostNeedsNoDirectory() {
        assertThat(HostComponent.problem(config(false, "/nowhere"), Map.of("enabled", "false"))).isEmpty();
    }

    private static Object defaultOf(String setting) throws NoSuchMethodException {
        return HostComponent.Config.class.getMethod(setting).getDefaultValue();
    }

    private HostComponent.Config config(boolean enabled, String sysfs, String... devices) {
        return new HostComponent.Config() {
            @Override
            public boolean enabled() {
                return enabled;
            }

            @Override
            public String sysfs() {
                return sysfs;
            }

            @Override
            public String[] devices() {
                return devices;
            }

            @Override
            public String[] force() {
                return new String[0];
            }

            @Override
            public String locks() {
                return "/run/hotnic";
            }

            @Override
            public String access() {
                return access;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return HostComponent.Config.class;
            }
        };
    }
}
