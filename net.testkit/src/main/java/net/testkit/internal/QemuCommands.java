package net.testkit.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.api.DevError;
import net.api.DevException;
import net.api.host.DeviceHost;
import net.testkit.qemu.QemuHost;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Commands that do to QEMU's card what a hand does to a real one. */
@Component(service = QemuCommands.class, property = {"osgi.command.scope=qemu", "osgi.command.function=unplug", "osgi.command.function=plug",
        "osgi.command.function=link"})
public final class QemuCommands {
    private final List<DeviceHost> hosts = new CopyOnWriteArrayList<>();

    /** Made by Declarative Services. */
    public QemuCommands() {
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addHost(DeviceHost host) {
        hosts.add(host);
    }

    void removeHost(DeviceHost host) {
        hosts.remove(host);
    }

    /** Pulls the card. */
    @Descriptor("pulls the card of a QEMU host out of its slot, without warning")
    public void unplug(@Descriptor("name of the host, such as qemu0") String host) {
        find(host).unplug(0);
    }

    /** Puts the card back. */
    @Descriptor("puts the card of a QEMU host back into its slot")
    public void plug(@Descriptor("name of the host, such as qemu0") String host) {
        find(host).plug(0);
    }

    /** Moves the cable. */
    @Descriptor("plugs the cable of a QEMU host's card in or out")
    public void link(@Descriptor("name of the host, such as qemu0") String host, @Descriptor("true for in, false for out") boolean up) {
        find(host).setLink(0, up);
    }

    private QemuHost find(String name) {
        return hosts.stream().filter(QemuHost.class::isInstance).map(QemuHost.class::cast).filter(h -> h.name().equals(name)).findFirst()
                .orElseThrow(() -> new DevException(DevError.INVALID_PARAM, "there is no QEMU host '" + name + "': configure one with factory PID "
                        + QemuComponent.PID));
    }
}
