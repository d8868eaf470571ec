package net.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.api.EthernetAddress;

/** A host with a card that is cabled to a Java program, or two cards cabled to each other, and raw drivers. */
final class Bench implements AutoCloseable {
    static final EthernetAddress MAC0 = EthernetAddress.parse("02:00:00:00:00:10");
    static final EthernetAddress MAC1 = EthernetAddress.parse("02:00:00:00:00:11");

    final SimHost host = new SimHost("test");
    final List<VirtioNetModel> models = new ArrayList<>();
    Endpoint peer;

    /** One card and a peer. */
    static Bench withPeer(VirtioNetConfig config) {
        Bench b = new Bench();
        VirtioNetModel m = new VirtioNetModel(config);
        b.models.add(m);
        b.host.plug(m, false);
        b.peer = b.host.endpoint("peer", 1024);
        b.host.connect(m.port(), b.peer.port());
        RawPci.setUp(b.host);
        return b;
    }

    static Bench withPeer() {
        return withPeer(VirtioNetConfig.of(MAC0));
    }

    /** Two cards, the second one behind a root port. */
    static Bench pair(VirtioNetConfig... configs) {
        Bench b = new Bench();
        for (int i = 0; i < 2; i++) {
            VirtioNetModel m = new VirtioNetModel(configs.length > i ? configs[i] : VirtioNetConfig.of(i == 0 ? MAC0 : MAC1));
            b.models.add(m);
            b.host.plug(m, i == 1);
        }
        b.host.connect(b.models.get(0).port(), b.models.get(1).port());
        RawPci.setUp(b.host);
        return b;
    }

    VirtioNetModel model() {
        return models.getFirst();
    }

    RawCard card(int i) {
        return new RawCard(host, host.address(models.get(i)).orElseThrow());
    }

    RawCard card() {
        return card(0);
    }

    /** A frame with addresses and random bytes. */
    static byte[] frame(EthernetAddress to, EthernetAddress from, int length, Random random) {
        byte[] f = new byte[length];
        random.nextBytes(f);
        System.arraycopy(to.toBytes(), 0, f, 0, 6);
        System.arraycopy(from.toBytes(), 0, f, 6, 6);
        f[12] = 0x08;
        f[13] = 0x00;
        return f;
    }

    static byte[] frame(EthernetAddress to, int length) {
        return frame(to, MAC1, length, new Random(length));
    }

    byte[] next() throws InterruptedException {
        return peer.receive(10_000_000_000L);
    }

    @Override
    public void close() {
        host.close(0);
    }
}
