package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.api.EthernetAddress;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;
import org.junit.jupiter.api.Test;

class SettingsReaderTest {
    private final Configuration configuration = new Configuration();

    @Test
    void text_and_numbers_are_read_alike() {
        assertThat(configuration.defaults(Map.of("mtu", "9000", "rxRingSize", 512L, "promiscuous", "true", "interrupts", false, "pool", " jumbo ",
                "service.pid", "net.pci", "felix.fileinstall.filename", "x"))).isEmpty();
        DeviceSettings s = configuration.of("sim/1");
        assertThat(s.config().mtu()).isEqualTo(9000);
        assertThat(s.config().rxRingSize()).isEqualTo(512);
        assertThat(s.config().txRingSize()).isEqualTo(256);
        assertThat(s.config().promiscuous()).isTrue();
        assertThat(s.config().interrupts()).isFalse();
        assertThat(s.pool()).isEqualTo("jumbo");
    }

    @Test
    void each_bad_value_gives_one_message_and_what_was_before_stays() {
        configuration.defaults(Map.of("mtu", 9000));
        assertThat(configuration.defaults(Map.of("mtu", 67, "rxQueues", 0, "txQueues", "many", "rxRingSize", 100, "violationLimit", -1, "promiscuous", "yes",
                "pool", ""))).hasSize(7)
                .anySatisfy(p -> assertThat(p).isEqualTo("net.pci: mtu = '67' is not a number from 68 to 65517, or 0 for the device's own: 9000 stays"))
                .anySatisfy(p -> assertThat(p).contains("rxRingSize = '100' is not a power of two"));
        assertThat(configuration.of("sim/1").config().mtu()).isEqualTo(9000);
        configuration.defaults(Map.of());
        assertThat(configuration.of("sim/1")).isEqualTo(DeviceSettings.DEFAULT);
    }

    @Test
    void offloads_and_flow_control_are_read_by_name() {
        assertThat(configuration.defaults(Map.of("rxOffloads", "checksum, VLAN_STRIP", "flowControl", "full"))).isEmpty();
        assertThat(configuration.of("sim/1").config().rxOffloads()).containsExactlyInAnyOrder(RxOffload.CHECKSUM, RxOffload.VLAN_STRIP);
        assertThat(configuration.of("sim/1").config().flowControl()).isEqualTo(FlowControl.FULL);
        assertThat(configuration.defaults(Map.of("rxOffloads", new String[] {"CHECKSUM", "LRO"}, "flowControl", "some"))).hasSize(2)
                .anySatisfy(p -> assertThat(p).isEqualTo("net.pci: flowControl = 'some' is not one of NONE, RX, TX, FULL: FULL stays"))
                .anySatisfy(p -> assertThat(p).contains("'LRO' is not one of VLAN_STRIP, CHECKSUM, RSS_HASH"));
        assertThat(configuration.of("sim/1").config().rxOffloads()).hasSize(2);
        configuration.rule("a", Map.of("address", "sim/*", "rxOffloads", List.of()));
        assertThat(configuration.of("sim/1").config().rxOffloads()).isEmpty();
        assertThat(configuration.of("sim/1").config().flowControl()).isEqualTo(FlowControl.FULL);
    }

    @Test
    void rules_inherit_and_the_longest_that_fits_counts() {
        configuration.defaults(Map.of("mtu", 1400));
        configuration.rule("a", Map.of("address", "sim/*", "rxQueues", 2));
        configuration.rule("b", Map.of("address", "sim/0000:00:01.0", "mac", "02-00-00-00-00-07"));
        assertThat(configuration.of("sim/0000:00:02.0").config().rxQueues()).isEqualTo(2);
        assertThat(configuration.of("sim/0000:00:02.0").config().mtu()).isEqualTo(1400);
        assertThat(configuration.of("sim/0000:00:01.0").config().rxQueues()).isEqualTo(1);
        assertThat(configuration.of("sim/0000:00:01.0").config().mac()).isEqualTo(Optional.of(EthernetAddress.parse("02:00:00:00:00:07")));
        assertThat(configuration.of("linux/0000:00:01.0").config().rxQueues()).isEqualTo(1);
        configuration.defaults(Map.of("mtu", 1300));
        assertThat(configuration.of("sim/0000:00:02.0").config().mtu()).isEqualTo(1300);
        configuration.removeRule("b");
        assertThat(configuration.of("sim/0000:00:01.0").config().rxQueues()).isEqualTo(2);
    }

    @Test
    void rule_without_a_sensible_address_is_ignored() {
        assertThat(configuration.rule("a", Map.of("mtu", 1400))).singleElement().asString().contains("'address' is missing");
        assertThat(configuration.rule("a", Map.of("mtu", 1400, "address", "eth0"))).singleElement().asString().contains("'eth0' is no device address");
        assertThat(configuration.rule("a", Map.of("mtu", 1400, "address", "*/x"))).hasSize(1);
        assertThat(configuration.of("sim/1")).isEqualTo(DeviceSettings.DEFAULT);
    }

    @Test
    void multicast_is_no_address_of_a_card() {
        assertThat(configuration.rule("a", Map.of("address", "*", "mac", "01:00:5e:00:00:01"))).singleElement().asString().contains("the device's own stays");
        assertThat(configuration.rule("a", Map.of("address", "*", "mac", "wrong"))).hasSize(1);
        assertThat(configuration.of("sim/1").config().mac()).isEmpty();
    }

    @Test
    void excluded_devices_are_named_by_arrays_lists_or_commas() {
        configuration.defaults(Map.of("exclude", new String[] {"sim/0000:00:01.0"}));
        assertThat(configuration.isExcluded("sim/0000:00:01.0")).isTrue();
        assertThat(configuration.isExcluded("sim/0000:00:01.1")).isFalse();
        configuration.defaults(Map.of("exclude", List.of("qemu/*")));
        assertThat(configuration.isExcluded("qemu/0000:00:01.0")).isTrue();
        assertThat(configuration.defaults(Map.of("exclude", "sim/*, nonsense"))).singleElement().asString().contains("nonsense");
        assertThat(configuration.isExcluded("sim/x")).isTrue();
    }
}
