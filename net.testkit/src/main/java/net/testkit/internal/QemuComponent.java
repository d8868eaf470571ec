package net.testkit.internal;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.host.DeviceHost;
import net.testkit.qemu.QemuBoard;
import net.testkit.qemu.QemuCard;
import net.testkit.qemu.QemuHost;
import net.testkit.qemu.QemuNetwork;
import net.testkit.qemu.QemuOptions;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a QEMU for each configuration, and registers it as a host while it is configured. */
@Component(configurationPid = QemuComponent.PID, configurationPolicy = ConfigurationPolicy.REQUIRE, immediate = true, service = {})
@Designate(ocd = QemuComponent.Config.class, factory = true)
public final class QemuComponent {
    static final String PID = "net.testkit.qemu";

    /** What a configuration says. */
    @ObjectClassDefinition(name = "QEMU host", description = "A QEMU whose network card is driven by this runtime. For tests.")
    public @interface Config {
        /** Name. */
        @AttributeDefinition(name = "Name", description = "First part of its devices' addresses: lower-case letters, digits and hyphens")
        String host_name() default "qemu0";

        /** Board. */
        @AttributeDefinition(name = "Board", description = "q35 for a PC with a virtio-net card; zynq or zcu102 for a board of Xilinx with a Cadence GEM")
        String board() default "q35";

        /** Binary. */
        @AttributeDefinition(name = "Binary", description = "File name of QEMU's emulator, 7.2 or later; empty for the board's own, looked for on the PATH",
                required = false)
        String binary() default "";

        /** RAM. */
        @AttributeDefinition(name = "RAM", description = "Memory that DMA buffers come from, in MiB", min = "8", max = "2048")
        int ram() default 64;

        /** Tap. */
        @AttributeDefinition(name = "Tap", description = "Name of the tap that the card is cabled to, which must exist; empty if it is cabled to UDP ports",
                required = false)
        String tap() default "";

        /** Queue pairs. */
        @AttributeDefinition(name = "Queue pairs", description = "Queue pairs of the card; more than one needs a tap made with multi_queue", min = "1",
                max = "8")
        int queues() default 1;

        /** Local. */
        @AttributeDefinition(name = "Local address", description = "host:port at which QEMU takes a datagram as a frame for the card, if there is no tap",
                required = false)
        String dgram_local() default "";

        /** Remote. */
        @AttributeDefinition(name = "Remote address", description = "host:port to which QEMU sends the card's frames as datagrams, if there is no tap",
                required = false)
        String dgram_remote() default "";

        /** MAC. */
        @AttributeDefinition(name = "MAC address", description = "Address of the card, such as 52:54:00:11:22:33")
        String mac() default "52:54:00:11:22:33";

        /** MTU. */
        @AttributeDefinition(name = "MTU", description = "MTU that the card advises, in bytes, 68 to 65535; 0 if it shall advise none", min = "0",
                max = "65535")
        int host_mtu() default 0;

        /** Hot-plug. */
        @AttributeDefinition(name = "Hot-plug", description = "The card sits in a slot of its own, as a PCI Express card, and not on the root bus; a board "
                + "has no slots")
        boolean hotplug() default true;

        /** Options. */
        @AttributeDefinition(name = "Card properties", description = "Further properties of virtio-net-pci, or of cadence_gem on a board, each as name=value",
                required = false)
        String[] properties() default {};
    }

    private static final Logger LOG = LoggerFactory.getLogger(QemuComponent.class);

    private final BundleContext context;
    private QemuOptions options;
    private QemuHost host;
    private ServiceRegistration<DeviceHost> registration;

    /** Starts QEMU. */
    @Activate
    public QemuComponent(BundleContext context, Config config) {
        this.context = context;
        modified(config);
    }

    /** Starts another QEMU if the configuration is another one; a wrong one is reported and changes nothing. */
    @Modified
    public void modified(Config config) {
        try {
            QemuOptions wanted = options(config);
            if (!wanted.equals(options)) {
                deactivate();
                start(wanted);
            }
        } catch (DevException e) {
            LOG.error("{}. {}", e.getMessage(), host == null ? "There is no QEMU host" : "The QEMU host stays as it is");
        }
    }

    /** The service goes first, so that the card is detached while QEMU still answers. */
    @Deactivate
    public void deactivate() {
        if (host != null) {
            registration.unregister();
            host.close();
            host = null;
            options = null;
        }
    }

    private void start(QemuOptions wanted) {
        host = new QemuHost(wanted);
        options = wanted;
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(DeviceHost.NAME, host.name());
        properties.put(DeviceHost.DMA, true);
        registration = context.registerService(DeviceHost.class, host, properties);
    }

    static QemuOptions options(Config c) {
        boolean tap = !c.tap().isBlank();
        if (tap == !(c.dgram_local() + c.dgram_remote()).isBlank()) {
            throw invalid("tap '%s', dgram.local '%s', dgram.remote '%s': give either a tap, or both addresses".formatted(c.tap(), c.dgram_local(),
                    c.dgram_remote()));
        }
        if (!tap && c.queues() != 1) {
            throw invalid("queues " + c.queues() + ": more than one needs a tap");
        }
        if (c.host_mtu() != 0 && (c.host_mtu() < 68 || c.host_mtu() > 65_535)) {
            throw invalid("host.mtu " + c.host_mtu() + " is neither 0 nor 68 to 65535");
        }
        List<String> properties = new ArrayList<>(List.of(c.properties()));
        for (String p : properties) {
            if (!p.matches("[a-z0-9_-]+=[^,]+")) {
                throw invalid("property '" + p + "' is not of the form name=value, without a comma");
            }
        }
        if (c.host_mtu() != 0) {
            properties.add("host_mtu=" + c.host_mtu());
        }
        QemuBoard board = board(c.board());
        if (board.isPlatform() && (c.queues() != 1 || c.host_mtu() != 0)) {
            throw invalid("queues %d, host.mtu %d: board %s has no virtio card; leave both out".formatted(c.queues(), c.host_mtu(), c.board()));
        }
        EthernetAddress mac = EthernetAddress.parse(c.mac());
        if (!mac.isValidUnicast()) {
            throw invalid("mac " + mac + " is not the address of one card");
        }
        QemuNetwork network = tap ? new QemuNetwork.Tap(c.tap().strip(), c.queues())
                : new QemuNetwork.Datagrams(address("dgram.local", c.dgram_local()), address("dgram.remote", c.dgram_remote()));
        return new QemuOptions(c.host_name(), c.binary().isBlank() ? board.binary() : c.binary().strip(), c.ram(),
                List.of(new QemuCard(mac, network, c.hotplug() && !board.isPlatform(), properties)), board);
    }

    private static QemuBoard board(String name) {
        return Arrays.stream(QemuBoard.values()).filter(b -> b.name().equalsIgnoreCase(name)).findFirst()
                .orElseThrow(() -> invalid("board '" + name + "' is none of q35, zynq, zcu102"));
    }

    private static InetSocketAddress address(String name, String text) {
        int colon = text.lastIndexOf(':');
        try {
            int port = Integer.parseInt(text.substring(colon + 1).strip());
            if (colon > 0 && port > 0 && port <= 65_535) {
                return InetSocketAddress.createUnresolved(text.substring(0, colon).strip(), port);
            }
        } catch (NumberFormatException e) {
            throw invalid(name + " '" + text + "' does not end with a port: write it like 127.0.0.1:5000");
        }
        throw invalid(name + " '" + text + "' is not an address: write it like 127.0.0.1:5000");
    }

    private static DevException invalid(String text) {
        return new DevException(DevError.INVALID_PARAM, "configuration " + PID + ": " + text);
    }
}
