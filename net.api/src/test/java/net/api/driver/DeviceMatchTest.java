package net.api.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import net.api.device.PciDevice;
import net.api.device.PlatformDevice;
import org.junit.jupiter.api.Test;

class DeviceMatchTest {
    private final PciDevice virtio = device(PciDevice.class, Map.of("vendorId", 0x1af4, "deviceId", 0x1041, "subsystemVendorId", 0x1af4, "subsystemId", 0x1100,
            "classCode", 0x020000));
    private final PlatformDevice gem = device(PlatformDevice.class, Map.of("compatible", List.of("cdns,phytium-gem-1.0", "cdns,gem")));

    @Test
    void theMoreALineNamesTheBetterItMatches() {
        assertThat(DeviceMatch.pci(0x1af4, 0x1041, 0x1af4, 0x1100).score(virtio)).isEqualTo(DeviceMatch.SUBSYSTEM);
        assertThat(DeviceMatch.pci(0x1af4, 0x1041).score(virtio)).isEqualTo(DeviceMatch.DEVICE);
        assertThat(DeviceMatch.pciClass(0x020000, 0xffff00).score(virtio)).isEqualTo(DeviceMatch.CLASS);
        assertThat(DeviceMatch.compatible("cdns,phytium-gem-1.0").score(gem)).isEqualTo(DeviceMatch.SUBSYSTEM);
        assertThat(DeviceMatch.compatible("cdns,gem").score(gem)).isEqualTo(DeviceMatch.DEVICE);
    }

    @Test
    void whatDiffersInAnythingThatTheLineNamesDoesNotMatch() {
        assertThat(DeviceMatch.pci(0x1af4, 0x1041, 0x1af4, 0x1101).score(virtio)).isEqualTo(DeviceMatch.NONE);
        assertThat(DeviceMatch.pci(0x1af4, 0x1042).score(virtio)).isEqualTo(DeviceMatch.NONE);
        assertThat(DeviceMatch.pci(0x8086, 0x1041).score(virtio)).isEqualTo(DeviceMatch.NONE);
        assertThat(DeviceMatch.pciClass(0x010000, 0xff0000).score(virtio)).isEqualTo(DeviceMatch.NONE);
        assertThat(DeviceMatch.compatible("cdns,macb").score(gem)).isEqualTo(DeviceMatch.NONE);
    }

    @Test
    void aLineOfOneBusNeverMatchesADeviceOfTheOther() {
        assertThat(DeviceMatch.pciClass(0, 0).score(gem)).isEqualTo(DeviceMatch.NONE);
        assertThat(DeviceMatch.compatible("cdns,gem").score(virtio)).isEqualTo(DeviceMatch.NONE);
    }

    private static <T> T device(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> answers.get(m.getName())));
    }
}
