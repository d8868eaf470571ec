package net.testkit.qemu;

import java.util.ArrayList;
import java.util.List;
import net.api.EthernetAddress;

/**
 * A network card of QEMU: virtio-net in a PC, a Cadence GEM on a board of Xilinx.
 *
 * @param mac its address
 * @param network what it is cabled to
 * @param hotplug it sits in a slot of its own below a PCI Express root port, and can be pulled and put back; otherwise it is a function of the root bus
 * @param properties further properties of QEMU's {@code virtio-net-pci}, such as {@code host_mtu=9000}, or of its {@code cadence_gem}
 */
public record QemuCard(EthernetAddress mac, QemuNetwork network, boolean hotplug, List<String> properties) {
    /** Copies the list. */
    public QemuCard {
        properties = List.copyOf(properties);
    }

    /** A card that can be pulled, cabled to this process. */
    public static QemuCard cabled(String mac) {
        return new QemuCard(EthernetAddress.parse(mac), new QemuNetwork.Cable(), true, List.of());
    }

    /** The same card with further properties. */
    public QemuCard with(String... more) {
        List<String> all = new ArrayList<>(properties);
        all.addAll(List.of(more));
        return new QemuCard(mac, network, hotplug, all);
    }

    /** The same card as a function of the root bus, or soldered on a board. */
    public QemuCard onRootBus() {
        return new QemuCard(mac, network, false, properties);
    }
}
