package net.locate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import net.api.device.Device;
import net.api.device.PciDevice;
import net.api.device.PlatformDevice;
import org.junit.jupiter.api.Test;

class DriverIdsTest {
    private final Device card = fake(PciDevice.class, Map.of("bus", "pci", "vendorId", 0x1af4, "deviceId", 0x1041, "subsystemVendorId", 0x1af4,
            "subsystemId", 1, "classCode", 0x020000));
    private final Device node = fake(PlatformDevice.class, Map.of("bus", "platform", "compatible", List.of("cdns,phytium-gem-1.0", "cdns,gem")));

    private static Device fake(Class<? extends Device> type, Map<String, Object> answers) {
        return (Device) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> answers.get(method.getName()));
    }

    private static int score(Device device, String bus, Object id) {
        return DriverIds.score(Map.of("bus", bus, "id", id), device);
    }

    @Test
    void ids_score_as_lines_of_an_id_table_do() {
        assertThat(score(card, "pci", List.of("1af4:1000", "1af4:1041"))).isEqualTo(20);
        assertThat(score(card, "pci", "1AF4:1041")).isEqualTo(20);
        assertThat(score(card, "pci", "1af4:1041 subsystem 1af4:0001")).isEqualTo(30);
        assertThat(score(card, "pci", "1af4:1041 subsystem 1af4:0002")).isZero();
        assertThat(score(card, "pci", "class 020000/ffff00")).isEqualTo(10);
        assertThat(score(card, "pci", "class 030000/ff0000")).isZero();
        assertThat(score(card, "platform", "1af4:1041")).isZero();
        assertThat(score(node, "platform", List.of("cdns,gem"))).isEqualTo(20);
        assertThat(score(node, "platform", List.of("cdns,phytium-gem-1.0"))).isEqualTo(30);
        assertThat(score(node, "platform", "1af4:1041")).isZero();
        assertThat(DriverIds.score(Map.of("bus", "pci"), card)).isZero();
    }
}
