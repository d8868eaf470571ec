package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.PoolStatistics;
import net.api.driver.DeviceConfig;
import net.api.driver.NetDriver;
import net.driver.fxmac.FxmacDriver;
import net.sim.FxmacConfig;
import net.sim.FxmacModel;
import net.testkit.Await;
import org.junit.jupiter.api.AfterEach;

/** A model of the MAC under the driver, with the test in between; and afterwards the proof that every buffer is back. */
abstract class FxmacBench {
    static final EthernetAddress MAC = EthernetAddress.parse("02:00:00:00:00:01");
    static final int RING = 32;
    static final long SEED = Long.getLong("hotnic.seed", System.nanoTime());

    final Frames frames = new Frames(new Random(SEED));
    FxmacModel model;
    EngineCard bench;
    NetDriverOps card;

    final void open(FxmacConfig config) {
        open(config, new FxmacDriver());
    }

    final void open(FxmacConfig config, NetDriver driver) {
        model = new FxmacModel(config);
        bench = FxmacModels.open(driver, new CardUnderTest.Wish(512, 2048, 0, 1), model);
    }

    final void attach(FxmacConfig config, DeviceConfig wanted) {
        open(config);
        card = bench.attach(wanted);
    }

    final void attach(FxmacConfig config) {
        attach(config, ContractBench.config(1, RING, 0));
    }

    static FxmacDriver driver(Map<String, Object> values) {
        return new FxmacDriver((FxmacDriver.Config) Proxy.newProxyInstance(FxmacBench.class.getClassLoader(), new Class<?>[] {FxmacDriver.Config.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue())));
    }

    @AfterEach
    void everyBufferIsBack() {
        if (bench == null) {
            return;
        }
        try {
            bench.detach();
            Await.until("every buffer is back", () -> {
                PoolStatistics s = bench.pool().statistics();
                return s.free() + s.cached() == bench.pool().capacity();
            }, () -> bench.pool().statistics() + " (seed " + SEED + ")");
        } finally {
            bench.close();
        }
    }

    final NetBuf buffer(byte[] frame) {
        NetBuf b = bench.pool().allocate();
        b.setLength(frame.length);
        b.copyFrom(0, frame, 0, frame.length);
        return b;
    }

    final byte[] sendOne() {
        byte[] frame = frames.to(Frames.PEER, 100);
        NetBuf[] one = {buffer(frame)};
        Await.until("room", () -> card.txQueue(0).transmit(one, 0, 1) == 1, () -> card.statistics().toString());
        return frame;
    }

    final void assertArrives(byte[] frame) {
        assertThat(bench.cable().receive(20_000_000_000L)).as("seed " + SEED + ", " + card.statistics()).contains(frame);
    }

    final void assertReceives(byte[] frame) {
        assertThat(bench.cable().send(frame, 1_000_000_000L)).isTrue();
        NetBuf[] one = new NetBuf[1];
        Await.until("the frame", () -> card.rxQueue(0).receive(one, 0, 1) == 1, () -> card.statistics().toString());
        assertThat(one[0].toByteArray()).isEqualTo(frame);
        one[0].release();
    }

    final void assertWorks() {
        assertArrives(sendOne());
        assertReceives(frames.to(card.macAddress(), 100));
    }

    /** More groups than there are addresses that are compared: some go through the hash. Then none of them. */
    final void assertGroupsAreReceived(Runnable between) {
        List<EthernetAddress> groups = Stream.of("33:33:00:00:00:01", "01:00:5e:00:00:05", "33:33:ff:00:00:07", "33:33:ff:12:34:56", "01:80:c2:00:00:0e")
                .map(EthernetAddress::parse).toList();
        card.setMacFilters(Set.copyOf(groups));
        between.run();
        for (EthernetAddress g : groups) {
            assertReceives(frames.to(g, 100));
        }
        card.setMacFilters(Set.of());
        for (EthernetAddress g : groups) {
            bench.cable().send(frames.to(g, 100), 1_000_000_000L);
        }
        assertReceives(frames.to(MAC, 101));
    }

    final long counter(String name) {
        return card.statistics().extended().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow().value();
    }
}
