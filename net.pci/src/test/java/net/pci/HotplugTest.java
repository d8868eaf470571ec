package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.DevException;
import net.api.NetPort;
import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.device.PciDevice;
import net.api.device.PlatformDevice;
import net.api.driver.DeviceMatch;
import net.api.host.PlatformAccess;
import net.pci.bus.ConfigSpace;
import net.pci.bus.FakeFunction;
import net.pci.bus.FakePci;
import org.junit.jupiter.api.Test;

class HotplugTest extends EngineFixture {
    private static final String NODE = "fake/ethernet@3200c000";
    private final FakeDriver gem = new FakeDriver("gem", log, DeviceMatch.compatible("cdns,phytium-gem-1.0"));

    private final List<Object> removed = new CopyOnWriteArrayList<>();

    @Override
    void heard(String topic, Map<String, Object> properties) {
        if (topic.endsWith("REMOVED")) {
            removed.add(properties.get(Device.ADDRESS));
        }
    }

    private static PlatformAccess.Node node(String... compatible) {
        return new PlatformAccess.Node("ethernet@3200c000", List.of(compatible), List.of(0x2000L), 1, true);
    }

    @Test
    void device_that_comes_is_attached_when_the_host_tells() {
        engine.addHost(host).addPool(pool, "fake").addDriver(driver).settle();
        host.pci.with(1, 0, card);
        host.changed();
        assertThat(engine.awaitState(CARD, DeviceState.ATTACHED, LONG).driver()).isEqualTo("virtio");
    }

    @Test
    void device_that_goes_is_let_go_when_the_host_tells() {
        attached();
        logged();
        host.removed("0000:00:01.0");
        engine.awaitState(CARD, DeviceState.REMOVED, LONG);
        assertThat(logged()).startsWith("unregistered", "stop virtio", "dma off").endsWith("release");
    }

    @Test
    void rescan_finds_what_went_without_notice() {
        attached();
        host.pci.remove(1, 0);
        engine.rescan();
        assertThat(engine.devices()).isEmpty();
        assertThat(host.memory).isEmpty();
    }

    @Test
    void another_card_in_the_same_place_is_another_device() {
        attached();
        Device before = engine.device(CARD);
        FakeFunction other = FakeFunction.of(0x8086, 0x10fb).memory32(0, 0x1000, 0xfe00_0000);
        host.pci.with(1, 0, other);
        engine.rescan();
        assertThat(engine.device(CARD)).isNotSameAs(before);
        assertThat(before.status().state()).isEqualTo(DeviceState.REMOVED);
        assertThat(status(CARD).reason()).isEqualTo("no driver matches");
    }

    @Test
    void device_that_goes_while_it_is_looked_at_is_gone_and_no_other() {
        attached();
        NetPort port = engine.port(CARD);
        for (int place : new int[] {ConfigSpace.HEADER_TYPE, 0x2c, ConfigSpace.CLASS}) {
            card.vanishing(place);
            engine.rescan();
            assertThat(engine.devices()).as("gone before 0x%x was read", place).isEmpty();
            card.gone(false);
            engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
            assertThat(engine.port(CARD)).as("what outlasts the device").isSameAs(port);
        }
    }

    @Test
    void rescan_leaves_attached_devices_alone() {
        attached();
        int writes = card.writes();
        logged();
        engine.rescan();
        assertThat(card.writes()).isEqualTo(writes);
        assertThat(logged()).isEmpty();
        assertThat(events).containsExactly("ADDED idle", "ATTACHED attached");
    }

    @Test
    void bridge_that_goes_takes_along_what_is_behind_it_and_its_addresses() {
        host.pci.windows = List.of(FakePci.MEMORY);
        host.pci.with(2, 0, FakeFunction.bridge().with(0, 0, FakeFunction.of(0x1af4, 0x1041).memory32(0, 0x1000, 0)));
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        engine.awaitState("fake/0000:01:00.0", DeviceState.ATTACHED, LONG);
        long address = ((PciDevice) engine.device("01:00.0")).bars().getFirst().address();
        host.pci.remove(2, 0);
        engine.rescan();
        assertThat(engine.devices()).isEmpty();
        assertThat(removed).as("in this order").containsExactly("fake/0000:01:00.0", "fake/0000:00:02.0");
        host.pci.with(3, 0, FakeFunction.bridge().with(0, 0, FakeFunction.of(0x1af4, 0x1041).memory32(0, 0x1000, 0)));
        engine.rescan();
        assertThat(((PciDevice) engine.device("01:00.0")).bars().getFirst().address()).isEqualTo(address);
    }

    @Test
    void function_that_asks_for_time_is_found_later() {
        host.pci.with(1, 0, card.retries(3));
        engine.addHost(host).addPool(pool, "fake").addDriver(driver);
        assertThat(engine.awaitState(CARD, DeviceState.ATTACHED, LONG).driver()).isEqualTo("virtio");
    }

    @Test
    void platform_device_tells_properties_of_its_node() {
        host.nodes.add(new PlatformAccess.Node("ethernet@3200c000", List.of("cdns,phytium-gem-1.0"), List.of(0x2000L), 1, true,
                java.util.Map.of("phy-mode", PlatformAccess.Node.text("sgmii"))));
        engine.addHost(host).settle();
        PlatformDevice device = (PlatformDevice) engine.device(NODE);
        assertThat(device.text("phy-mode")).contains("sgmii");
        assertThat(device.property("phy-mode").orElseThrow()).hasSize(6);
        device.property("phy-mode").orElseThrow()[0] = 0;
        assertThat(device.text("phy-mode")).as("what was given is a copy").contains("sgmii");
        assertThat(device.property("max-speed")).isEmpty();
        assertThat(device.text("max-speed")).isEmpty();
    }

    @Test
    void platform_device_matches_by_compatible_string() {
        host.nodes.add(node("cdns,phytium-gem-1.0", "cdns,macb"));
        FakeDriver generic = new FakeDriver("macb", log, DeviceMatch.compatible("cdns,macb"));
        engine.addDriver(generic, 5, "2", registrar).addDriver(gem).addHost(host).addPool(pool, "fake");
        assertThat(engine.awaitState(NODE, DeviceState.ATTACHED, LONG).driver()).isEqualTo("gem");
        assertThat(engine.device(NODE)).isInstanceOf(PlatformDevice.class);
        assertThat(services.get(engine.device(NODE)).get("platform.compatible")).isEqualTo(new String[] {"cdns,phytium-gem-1.0", "cdns,macb"});
        assertThat(host.pci.interrupts).hasSize(1);
        assertThatThrownBy(() -> gem.attachments.getFirst().configWrite(0x40, 4, 0)).isInstanceOf(DevException.class).hasMessageContaining("no PCI function");
        assertThatThrownBy(() -> gem.attachments.getFirst().map(1)).isInstanceOf(DevException.class);
        logged();
        host.nodes.clear();
        host.changed();
        engine.awaitState(NODE, DeviceState.REMOVED, LONG);
        assertThat(logged()).containsExactly("stop gem", "interrupt closed", "reclaimed 3", "memory freed", "release");
    }

    @Test
    void platform_device_that_nobody_stopped_is_released_before_its_memory_is_freed() {
        host.nodes.add(node("cdns,phytium-gem-1.0"));
        gem.script = a -> {
            throw new IllegalStateException("bug");
        };
        engine.addHost(host).addPool(pool, "fake").addDriver(gem).settle();
        assertThat(logged()).containsExactly("acquire", "attach gem", "map 0", "interrupt closed", "release", "reclaimed 3", "memory freed");
    }

    @Test
    void platform_device_that_its_host_cannot_stop_is_released_last() {
        host.releaseStopsDma = false;
        host.nodes.add(node("cdns,phytium-gem-1.0"));
        gem.script = a -> {
            throw new IllegalStateException("bug");
        };
        engine.addHost(host).addPool(pool, "fake").addDriver(gem).settle();
        assertThat(logged()).containsExactly("acquire", "attach gem", "map 0", "interrupt closed", "reclaimed 3", "memory freed", "release");
    }

    @Test
    void addresses_may_be_shortened_to_a_unique_end() {
        host.pci.with(1, 0, card).with(0x11, 0, FakeFunction.of(0x8086, 1));
        engine.addHost(host).settle();
        assertThat(engine.device("01.0").address()).isEqualTo(CARD);
        assertThatThrownBy(() -> engine.device("1.0")).isInstanceOf(DevException.class).hasMessageContaining("several").hasMessageContaining(CARD)
                .hasMessageContaining("fake/0000:00:11.0");
        assertThatThrownBy(() -> engine.device("2.0")).isInstanceOf(DevException.class).hasMessageContaining("there are").hasMessageContaining(CARD);
        assertThatThrownBy(() -> engine.device("")).isInstanceOf(DevException.class);
    }

    @Test
    void host_with_the_name_of_another_or_a_bad_one_is_ignored() {
        host.pci.with(1, 0, card);
        FakeHost same = new FakeHost("fake");
        FakeHost bad = new FakeHost("Bad/Name");
        engine.addHost(host).addHost(same).addHost(bad).settle();
        assertThat(engine.devices()).hasSize(1);
        assertThat(same.listeners).isEmpty();
        engine.removeHost(same);
        assertThat(engine.devices()).hasSize(1);
    }
}
