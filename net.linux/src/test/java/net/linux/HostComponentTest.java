package net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
