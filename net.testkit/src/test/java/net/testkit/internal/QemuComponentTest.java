package net.testkit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.testkit.qemu.QemuBoard;
import net.testkit.qemu.QemuNetwork;
import net.testkit.qemu.QemuOptions;
import org.junit.jupiter.api.Test;

class QemuComponentTest {
    /** A configuration with the defaults, but for what is given. */
    private static QemuComponent.Config config(Map<String, Object> values) {
        return (QemuComponent.Config) Proxy.newProxyInstance(QemuComponentTest.class.getClassLoader(), new Class<?>[] {QemuComponent.Config.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    @Test
    void aTapBecomesACardOnThatTap() {
        QemuOptions o = QemuComponent.options(config(Map.of("tap", "tap0", "queues", 2, "host_mtu", 9000, "ram", 128, "hotplug", false)));
        assertThat(o.name()).isEqualTo("qemu0");
        assertThat(o.ramMiB()).isEqualTo(128);
        assertThat(o.cards()).singleElement().satisfies(c -> {
            assertThat(c.network()).isEqualTo(new QemuNetwork.Tap("tap0", 2));
            assertThat(c.network().cardProperties()).containsExactly("mq=on", "vectors=6");
            assertThat(c.properties()).containsExactly("host_mtu=9000");
            assertThat(c.hotplug()).isFalse();
        });
    }

    @Test
    void aBoardHasItsOwnEmulatorAndNoSlots() {
        QemuOptions o = QemuComponent.options(config(Map.of("tap", "tap0", "board", "zynq")));
        assertThat(o.board()).isEqualTo(QemuBoard.ZYNQ);
        assertThat(o.binary()).isEqualTo("qemu-system-arm");
        assertThat(o.cards().getFirst().hotplug()).isFalse();
        assertThat(QemuComponent.options(config(Map.of("tap", "tap0", "board", "zynq", "binary", "another"))).binary()).isEqualTo("another");
        assertThat(QemuComponent.options(config(Map.of("tap", "tap0"))).binary()).isEqualTo("qemu-system-x86_64");
        refused(Map.of("tap", "tap0", "board", "frog"), "'frog'");
        refused(Map.of("tap", "tap0", "board", "zynq", "host_mtu", 9000), "9000");
    }

    @Test
    void twoAddressesBecomeACardOnDatagrams() {
        QemuOptions o = QemuComponent.options(config(Map.of("dgram_local", "127.0.0.1:5000", "dgram_remote", "127.0.0.1:5001")));
        assertThat(o.cards().getFirst().network().netdev("")).contains("local.port=5000").contains("remote.port=5001");
    }

    @Test
    void theSameConfigurationAgainIsEqual() {
        Map<String, Object> values = Map.of("dgram_local", "127.0.0.1:5000", "dgram_remote", "127.0.0.1:5001");
        assertThat(QemuComponent.options(config(values))).isEqualTo(QemuComponent.options(config(values)));
    }

    @Test
    void wrongValuesAreNamed() {
        refused(Map.of(), "either a tap, or both addresses");
        refused(Map.of("tap", "tap0", "dgram_local", "127.0.0.1:5000"), "127.0.0.1:5000");
        refused(Map.of("dgram_local", "127.0.0.1:5000"), "dgram.remote");
        refused(Map.of("dgram_local", "127.0.0.1:x", "dgram_remote", "127.0.0.1:1"), "127.0.0.1:x");
        refused(Map.of("dgram_local", "127.0.0.1:70000", "dgram_remote", "127.0.0.1:1"), "70000");
        refused(Map.of("dgram_local", "127.0.0.1:1", "dgram_remote", "127.0.0.1:2", "queues", 2), "queues 2");
        refused(Map.of("tap", "tap0", "queues", 9), "9 queue pairs");
        refused(Map.of("tap", "a name that is too long"), "a name that is too long");
        refused(Map.of("tap", "tap0", "host_mtu", 60), "host.mtu 60");
        refused(Map.of("tap", "tap0", "mac", "01:00:00:00:00:00"), "01:00:00:00:00:00");
        refused(Map.of("tap", "tap0", "mac", "frog"), "frog");
        refused(Map.of("tap", "tap0", "ram", 4), "4 MiB");
        refused(Map.of("tap", "tap0", "host_name", "QEMU"), "'QEMU'");
        refused(Map.of("tap", "tap0", "properties", new String[] {"mq"}), "'mq'");
    }

    private static void refused(Map<String, Object> values, String words) {
        assertThatThrownBy(() -> QemuComponent.options(config(values))).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM)).hasMessageContaining(words);
    }
}
