package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import net.api.device.Device;
import net.api.device.PciBar;
import net.api.device.PciCapability;
import net.api.device.PciDevice;
import net.pci.DeviceEngine;
import net.testkit.qemu.Machines;
import net.testkit.qemu.QemuCard;
import net.testkit.qemu.QemuHost;
import org.junit.jupiter.api.Test;

/** The device manager's enumeration on a machine that others wrote and that has no firmware. */
class QemuEnumerationTest {
    @Test
    void aMachineWithoutFirmwareIsEnumeratedThroughItsRootPorts() {
        try (QemuHost host = Machines.start(QemuCard.cabled("52:54:00:00:00:01"), QemuCard.cabled("52:54:00:00:00:02").onRootBus(),
                QemuCard.cabled("52:54:00:00:00:03")); DeviceEngine engine = new DeviceEngine()) {
            engine.addHost(host).settle();
            assertThat(engine.devices()).extracting(Device::address).contains("qemu0/0000:00:00.0", "qemu0/0000:00:1f.0", "qemu0/" + host.address(0),
                    "qemu0/" + host.address(1), "qemu0/" + host.address(2));
            assertThat(host.address(0).bus()).isNotZero();
            for (int card = 0; card < 3; card++) {
                PciDevice d = (PciDevice) engine.device("qemu0/" + host.address(card));
                assertThat(d.vendorId()).isEqualTo(0x1af4);
                assertThat(d.deviceId()).isEqualTo(0x1041);
                assertThat(d.classCode()).isEqualTo(0x020000);
                assertThat(d.bars()).extracting(PciBar::index).containsExactly(1, 4);
                assertThat(d.bars()).allSatisfy(b -> assertThat(b.address()).as(b.toString()).isNotZero());
                assertThat(d.capabilities()).extracting(PciCapability::id).contains(PciCapability.MSI_X, PciCapability.VENDOR);
            }
        }
    }
}
