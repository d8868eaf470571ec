package net.testkit.vfio;

import java.nio.file.Path;
import net.api.EthernetAddress;
import net.sim.Endpoint;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A model that is served, and a client that speaks the protocol byte by byte. */
abstract class ServedModel {
    static final int REPLY = 1;
    static final int EINVAL = 22;
    static final int CONFIG = 7;
    static final int MSIX = 2;
    /** Flags of SET_IRQS: eventfds that are signalled, or nothing. */
    static final int EVENTS = 0x24;
    static final int NONE = 0x21;
    static final int BOOLS = 0x22;

    final SimHost host = new SimHost("served");
    final VirtioNetModel model = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse("02:00:00:00:00:01")));
    final Endpoint peer = host.endpoint("peer", 16);
    @TempDir
    Path folder;
    VfioUserServer server;
    RawClient client;

    @BeforeEach
    void serve() {
        host.connect(model.port(), peer.port());
        server = VfioUserServer.serve(folder.resolve("s"), host, model);
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        server.close();
        host.close(0);
    }

    final void introduce() {
        client = RawClient.introduced(server.path());
    }

    final void transmitQueue() {
        transmitQueue(0x10_0000, 0x10_1000, 0x10_2000);
    }

    /** A queue of 16 with vector 3: where its descriptors, its available and its used ring are. Virtio 1.2, 4.1.4.3. */
    final void transmitQueue(long descriptors, long available, long used) {
        for (long[] w : new long[][] {{0x14, 1, 3}, {8, 4, 1}, {0x0c, 4, 3}, {0x14, 1, 0xb}, {0x16, 2, 1}, {0x18, 2, 16}, {0x1a, 2, 3}, {0x20, 8, descriptors},
            {0x28, 8, available}, {0x30, 8, used}, {0x1c, 2, 1}, {0x14, 1, 0xf}}) {
            client.write(2, 0x1000 + w[0], (int) w[1], w[2]);
        }
    }
}
