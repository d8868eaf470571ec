package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.PoolStatistics;
import net.api.RxInfo;
import net.api.TxOffload;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;
import net.driver.fxmac.FxmacDriver;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkConfig;
import net.sim.FxmacConfig;
import net.sim.FxmacConfig.PhyKind;
import net.sim.FxmacFault;
import net.sim.FxmacModel;
import net.testkit.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong with a MAC, and what is particular to Phytium's, on the model. */
class FxmacFaultsTest {
    private static final EthernetAddress MAC = EthernetAddress.parse("02:00:00:00:00:01");
    private static final int RING = 32;
    private static final long SEED = Long.getLong("hotnic.seed", System.nanoTime());

    private final Frames frames = new Frames(new Random(SEED));
    private FxmacModel model;
    private EngineCard bench;
    private NetDriverOps card;

    private void open(FxmacConfig config) {
        open(config, new FxmacDriver());
    }

    private void open(FxmacConfig config, FxmacDriver driver) {
        model = new FxmacModel(config);
        bench = FxmacModels.open(driver, new CardUnderTest.Wish(512, 2048, 0, 1), model);
    }

    private void attach(FxmacConfig config, DeviceConfig wanted) {
        open(config);
        card = bench.attach(wanted);
    }

    private void attach(FxmacConfig config) {
        attach(config, ContractBench.config(1, RING, 0));
    }

    private static FxmacDriver driver(Map<String, Object> values) {
        return new FxmacDriver((FxmacDriver.Config) Proxy.newProxyInstance(FxmacFaultsTest.class.getClassLoader(), new Class<?>[] {FxmacDriver.Config.class},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue())));
    }

    @AfterEach
    void everyBufferIsBack() {
        if (bench == null) {
            return;
        }
        bench.detach();
        Await.until("every buffer is back", () -> {
            PoolStatistics s = bench.pool().statistics();
            return s.free() + s.cached() == bench.pool().capacity();
        }, () -> bench.pool().statistics() + " (seed " + SEED + ")");
        bench.close();
    }

    private NetBuf buffer(byte[] frame) {
        NetBuf b = bench.pool().allocate();
        b.setLength(frame.length);
        b.copyFrom(0, frame, 0, frame.length);
        return b;
    }

    private byte[] sendOne() {
        byte[] frame = frames.to(Frames.PEER, 100);
        NetBuf[] one = {buffer(frame)};
        Await.until("room", () -> card.txQueue(0).transmit(one, 0, 1) == 1, () -> card.statistics().toString());
        return frame;
    }

    private void assertArrives(byte[] frame) {
        assertThat(bench.cable().receive(20_000_000_000L)).as("seed " + SEED + ", " + card.statistics()).contains(frame);
    }

    private void assertReceives(byte[] frame) {
        assertThat(bench.cable().send(frame, 1_000_000_000L)).isTrue();
        NetBuf[] one = new NetBuf[1];
        Await.until("the frame", () -> card.rxQueue(0).receive(one, 0, 1) == 1, () -> card.statistics().toString());
        assertThat(one[0].toByteArray()).isEqualTo(frame);
        one[0].release();
    }

    private void assertWorks() {
        assertArrives(sendOne());
        assertReceives(frames.to(card.macAddress(), 100));
    }

    private long counter(String name) {
        return card.statistics().extended().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow().value();
    }

    // ---- transmit reclaim ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 31, RING})
    void whatIsReclaimedIsWhatWasSentAndNoMore(int done) {
        attach(FxmacConfig.of(MAC));
        // Not from the ring's first descriptor: it wraps in the middle.
        for (int i = 0; i < 20; i++) {
            assertArrives(sendOne());
        }
        Await.until("nothing is held", () -> card.txQueue(0).reclaim() == 0);
        model.setTransmitBudget(done);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < RING; i++) {
            sent.add(sendOne());
        }
        for (int i = 0; i < done; i++) {
            assertArrives(sent.get(i));
        }
        Await.until("the rest is held", () -> card.txQueue(0).reclaim() == RING - done);
        NetBuf extra = buffer(frames.to(Frames.PEER, 60));
        NetBuf[] one = {extra};
        assertThat(card.txQueue(0).transmit(one, 0, 1)).as("a place is free if a frame was sent").isEqualTo(done == 0 ? 0 : 1);
        if (one[0] != null) {
            one[0].release();
        }
        model.setTransmitBudget(Long.MAX_VALUE);
        for (int i = done; i < RING; i++) {
            assertArrives(sent.get(i));
        }
    }

    @Test
    void framesOfSeveralDescriptorsAreReclaimedAsAWholeAroundTheRing() {
        attach(FxmacConfig.of(MAC));
        Random random = new Random(SEED);
        for (int round = 0; round < 40; round++) {
            model.setTransmitBudget(0);
            List<byte[]> sent = new ArrayList<>();
            int held = 0;
            for (int i = 0; i < 5; i++) {
                byte[] frame = frames.to(Frames.PEER, 300);
                int piece = random.nextInt(50, 301);
                NetBuf head = null;
                for (int at = 0; at < frame.length; at += piece) {
                    NetBuf part = buffer(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + piece)));
                    held++;
                    if (head == null) {
                        head = part;
                    } else {
                        head.chain(part);
                    }
                }
                NetBuf[] one = {head};
                assertThat(card.txQueue(0).transmit(one, 0, 1)).isOne();
                sent.add(frame);
            }
            assertThat(card.txQueue(0).reclaim()).isEqualTo(held);
            model.setTransmitBudget(Long.MAX_VALUE);
            sent.forEach(this::assertArrives);
            Await.until("nothing is held", () -> card.txQueue(0).reclaim() == 0);
        }
        assertThat(card.statistics().opackets()).isEqualTo(200);
    }

    @Test
    void aStartThatTheDeviceOverheardIsRepeated() {
        attach(FxmacConfig.of(MAC));
        model.setFault(FxmacFault.STARTS_LOST, true);
        byte[] frame = sendOne();
        assertThat(bench.cable().receive(50_000_000L)).isEmpty();
        model.setFault(FxmacFault.STARTS_LOST, false);
        // By the look ten times a second; the owner sleeps.
        assertArrives(frame);
    }

    // ---- errors that stop a direction ----

    @Test
    void afterATransmitUnderrunTheRingHasItsGeometryAndItsBuffers() {
        attach(FxmacConfig.of(MAC));
        for (int round = 0; round < 3; round++) {
            assertWorks();
            int base = model.register(Fxmac.TXQBASE.offset());
            model.failTransmit();
            for (int i = 0; i < 5; i++) {
                sendOne();
            }
            int before = round + 1;
            Await.until("it is set up again", () -> counter("recoveries") == before);
            assertThat(model.register(Fxmac.TXQBASE.offset())).isEqualTo(base);
            assertThat(card.txQueue(0).size()).isEqualTo(RING);
            Await.until("nothing is held", () -> card.txQueue(0).reclaim() == 0);
            assertWorks();
        }
        assertThat(card.statistics().oerrors()).isEqualTo(15);
        assertThat(bench.status().state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void aBusErrorEndsWithRingsThatWorkAgainAndTooManyEndTheCard() {
        attach(FxmacConfig.of(MAC));
        assertWorks();
        for (int i = 0; i < 2; i++) {
            long before = counter("recoveries");
            model.setDmaRefused(true);
            sendOne();
            bench.cable().send(frames.to(MAC, 100), 0);
            Await.until("it is noticed", () -> counter("recoveries") > before);
            model.setDmaRefused(false);
            // What is sent before the last error was noticed is lost with it.
            Await.until("frames leave again", () -> {
                sendOne();
                return bench.cable().receive(50_000_000L).isPresent();
            });
            Await.until("all of them have left", () -> card.txQueue(0).reclaim() == 0);
            while (bench.cable().receive(10_000_000L).isPresent()) {
                Thread.onSpinWait();
            }
            assertWorks();
        }
        model.setDmaRefused(true);
        Await.until("it is set aside", () -> {
            NetBuf[] one = {buffer(new byte[60])};
            try {
                card.txQueue(0).transmit(one, 0, 1);
            } catch (DevException e) {
                return bench.status().state() == DeviceState.QUARANTINED;
            } finally {
                bench.pool().release(one, 0, 1);
            }
            return false;
        }, () -> bench.status().toString());
        assertThat(bench.status().reason()).contains("bus_error");
        model.setDmaRefused(false);
        model = null;
    }

    @Test
    void overrunsAreCountedAndReceptionGoesOn() {
        attach(FxmacConfig.of(MAC));
        model.setFault(FxmacFault.RX_OVERRUN, true);
        for (int i = 0; i < 5; i++) {
            bench.cable().send(frames.to(MAC, 100), 1_000_000_000L);
        }
        Await.until("they are counted", () -> card.statistics().imissed() == 5);
        model.setFault(FxmacFault.RX_OVERRUN, false);
        assertWorks();
    }

    @Test
    void aRingThatRanFullIsLookedAtAgain() {
        attach(FxmacConfig.of(MAC));
        int sent = 0;
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 2 * RING; i++, sent++) {
                bench.cable().send(frames.to(MAC, 100), 1_000_000_000L);
            }
            int total = sent;
            Await.until("all frames are at the card", () -> model.port().counters().received() + model.port().counters().dropped() == total);
            NetBuf[] got = new NetBuf[RING];
            for (int n = card.rxQueue(0).receive(got, 0, RING); n > 0; n = card.rxQueue(0).receive(got, 0, RING)) {
                bench.pool().release(got, 0, n);
            }
            assertThat(card.statistics().imissed()).isEqualTo(model.port().counters().dropped()).isPositive();
            assertReceives(frames.to(MAC, 200));
            sent++;
        }
        assertThat(counter("rx_restarts")).isPositive();
    }

    @Test
    void aDeviceThatWritesWhatItPleasesIsSetAsideAndLosesNoBuffer() {
        attach(FxmacConfig.of(MAC));
        model.setHostile(SEED, 3);
        NetBuf[] got = new NetBuf[RING];
        Await.until("it is set aside", () -> {
            bench.cable().send(frames.to(MAC, frames.length()), 0);
            try {
                int n = card.rxQueue(0).receive(got, 0, RING);
                for (int i = 0; i < n; i++) {
                    assertThat(got[i].frameLength()).isBetween(14, 10_258);
                    got[i].release();
                }
            } catch (DevException e) {
                return bench.status().state() == DeviceState.QUARANTINED;
            }
            return false;
        }, () -> bench.status() + " seed " + SEED);
        assertThat(bench.status().reason()).contains("more than 16 violations");
    }

    // ---- MDIO, PHY, link ----

    @Test
    void anMdioBusThatHangsEndsTheAttachInTime() {
        open(FxmacConfig.of(MAC));
        model.setFault(FxmacFault.MDIO_HANGS, true);
        long start = System.nanoTime();
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.IO))
                .hasMessageContaining("MDIO was not idle");
        assertThat(System.nanoTime() - start).as("bounded").isLessThan(20_000_000_000L);
        model.setFault(FxmacFault.MDIO_HANGS, false);
        card = bench.attach(DeviceConfig.DEFAULT);
        assertWorks();
        model.setFault(FxmacFault.MDIO_HANGS, true);
        Await.until("a card whose bus hangs is reset", () -> bench.status().state() != DeviceState.ATTACHED, () -> bench.status().toString());
        model.setFault(FxmacFault.MDIO_HANGS, false);
        Await.until("it is attached again", () -> bench.status().state() == DeviceState.ATTACHED, () -> bench.status().toString());
    }

    @Test
    void aPhyThatSleepsIsWokenAndOneThatDoesNotWakeIsNamed() {
        open(FxmacConfig.of(MAC));
        model.sleepPhy();
        model.setFault(FxmacFault.PHY_RESET_STICKS, true);
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOf(DevException.class).hasMessageContaining("PHY 7")
                .hasMessageContaining("reset");
        model.setFault(FxmacFault.PHY_RESET_STICKS, false);
        card = bench.attach(DeviceConfig.DEFAULT);
        Await.until("a link", () -> card.link().up());
        assertWorks();
    }

    @Test
    void aMacWithoutPhyIsRefusedWhereItNeedsOne() {
        open(FxmacConfig.of(MAC).with("rgmii-id", PhyKind.NONE));
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("no PHY answers");
    }

    @ParameterizedTest
    @CsvSource({"sgmii,YT8521", "sgmii,GENERIC", "rgmii-id,YT8521", "rgmii,GENERIC"})
    void theMacFollowsTheLinksSpeedAndDuplex(String mode, PhyKind phy) {
        attach(FxmacConfig.of(MAC).with(mode, phy));
        for (LinkState wanted : List.of(new LinkState(true, 100, true), new LinkState(true, 10, false), new LinkState(true, 1000, true), new LinkState(true,
                100, false))) {
            model.setPartner(wanted.speedMbps(), wanted.fullDuplex());
            Await.until("link " + wanted, () -> card.link().equals(wanted), () -> card.link().toString());
            // The model passes frames only with the clocks, speed and duplex of its link.
            assertWorks();
        }
    }

    @ParameterizedTest
    @CsvSource({"rmii,GENERIC,100", "usxgmii,NONE,10000", "10gbase-r,NONE,10000", "5gbase-r,NONE,5000", "2500base-x,NONE,2500", "sgmii,NONE,1000"})
    void everyInterfaceWorks(String mode, PhyKind phy, int mbps) {
        open(FxmacConfig.of(MAC).with(mode, phy));
        if (mode.equals("rmii")) {
            model.setPartner(100, true);
        }
        card = bench.attach(DeviceConfig.DEFAULT);
        Await.until("a link", () -> card.link().equals(new LinkState(true, mbps, true)), () -> card.link().toString());
        assertWorks();
        bench.setLink(false);
        Await.until("no link", () -> !card.link().up());
        bench.setLink(true);
        Await.until("a link again", () -> card.link().up());
        assertWorks();
    }

    @Test
    void pauseFramesAreObeyedIfBothEndsWantThem() {
        attach(FxmacConfig.of(MAC), DeviceConfig.DEFAULT.withFlowControl(FlowControl.RX));
        assertThat(card.capabilities().has(NetFeature.FLOW_CONTROL)).isTrue();
        Await.until("it is negotiated", () -> card.link().up() && (model.register(Fxmac.NWCFG.offset()) & NetworkConfig.PAUSE) != 0);
        bench.detach();
        card = bench.attach(DeviceConfig.DEFAULT);
        Await.until("a link", () -> card.link().up());
        assertThat(model.register(Fxmac.NWCFG.offset()) & NetworkConfig.PAUSE).isZero();
    }

    // ---- what the device is ----

    @Test
    void aDeviceWhoseDmaIsNotCoherentIsRefusedWithTheReason() {
        open(FxmacConfig.of(MAC).notCoherent());
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("dma-coherent");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWaitEndsWithAnInterruptHoweverItIsCleared(boolean clearOnRead) throws InterruptedException {
        attach(FxmacConfig.of(MAC).withClearOnRead(clearOnRead));
        assertThat(card.capabilities().has(NetFeature.RX_INTERRUPT)).isTrue();
        for (int i = 0; i < 10; i++) {
            byte[] frame = frames.to(MAC, 100);
            assertThat(card.rxQueue(0).await(1_000_000)).isFalse();
            Thread peer = Thread.ofPlatform().start(() -> bench.cable().send(frame, 1_000_000_000L));
            assertThat(card.rxQueue(0).await(20_000_000_000L)).isTrue();
            NetBuf[] one = new NetBuf[1];
            assertThat(card.rxQueue(0).receive(one, 0, 1)).isOne();
            one[0].release();
            peer.join();
        }
        assertThat(counter("rx_interrupts")).isPositive();
    }

    @Test
    void screenersSpreadFramesOverTheReceiveQueuesByTheirSender() {
        attach(FxmacConfig.of(MAC), ContractBench.config(4, 64, 0));
        assertThat(card.capabilities().rxQueues()).isEqualTo(4);
        for (int i = 0; i < 16; i++) {
            byte[] frame = frames.to(MAC, 100);
            frame[11] = (byte) i;
            bench.cable().send(frame, 1_000_000_000L);
            NetBuf[] one = new NetBuf[1];
            int queue = i & 3;
            Await.until("a frame on queue " + queue, () -> card.rxQueue(queue).receive(one, 0, 1) == 1);
            assertThat(one[0].toByteArray()).isEqualTo(frame);
            one[0].release();
        }
    }

    @Test
    void addressesBeyondThoseThatAreComparedGoThroughTheHash() {
        attach(FxmacConfig.of(MAC));
        List<EthernetAddress> groups = List.of("33:33:00:00:00:01", "01:00:5e:00:00:05", "33:33:ff:00:00:07", "33:33:ff:12:34:56", "01:80:c2:00:00:0e").stream()
                .map(EthernetAddress::parse).toList();
        card.setMacFilters(Set.copyOf(groups));
        for (EthernetAddress g : groups) {
            assertReceives(frames.to(g, 100));
        }
        card.setMacFilters(Set.of());
        for (EthernetAddress g : groups) {
            bench.cable().send(frames.to(g, 100), 1_000_000_000L);
        }
        assertReceives(frames.to(MAC, 101));
    }

    @Test
    void tailPointersLimitWhatTheDeviceReads() {
        open(FxmacConfig.of(MAC), driver(Map.of("tail_pointers", true)));
        card = bench.attach(ContractBench.config(1, RING, 0));
        assertThat(model.register(Fxmac.TAILENABLE.offset())).isEqualTo(Fxmac.TAIL_ON);
        for (int i = 0; i < 3 * RING; i++) {
            assertWorks();
        }
        assertThat(model.register(Fxmac.TAILPTR.offset())).isEqualTo(Fxmac.TAIL_VALID);
    }

    // ---- checksums ----

    @Test
    void receivedChecksumsAreComparedAndTold() {
        attach(FxmacConfig.of(MAC), DeviceConfig.DEFAULT.withRxOffloads(Set.of(RxOffload.CHECKSUM)));
        assertThat(card.capabilities().has(NetFeature.RX_CHECKSUM)).isTrue();
        byte[] good = Udp.frame(MAC, "hello".getBytes(), true);
        byte[] bad = good.clone();
        bad[44] ^= 1; // in the middle of the data
        bench.cable().send(bad, 1_000_000_000L);
        bench.cable().send(good, 1_000_000_000L);
        bench.cable().send(frames.to(MAC, 100), 1_000_000_000L);
        NetBuf[] got = new NetBuf[2];
        Await.until("two frames", () -> card.rxQueue(0).receive(got, got[0] == null ? 0 : 1, 1) == 1 && got[1] != null);
        assertThat(Arrays.copyOf(got[0].toByteArray(), good.length)).isEqualTo(good);
        assertThat(RxInfo.ip(got[0].rxInfo())).isEqualTo(RxInfo.Checksum.GOOD);
        assertThat(RxInfo.l4(got[0].rxInfo())).isEqualTo(RxInfo.Checksum.GOOD);
        assertThat(RxInfo.l4(got[1].rxInfo())).isEqualTo(RxInfo.Checksum.UNKNOWN);
        bench.pool().release(got, 0, 2);
        assertThat(card.statistics().ierrors()).isOne();
    }

    @Test
    void transmittedChecksumsAreFilledInIfTheDriverIsToldTo() {
        open(FxmacConfig.of(MAC), driver(Map.of("tx_checksums", true)));
        card = bench.attach(DeviceConfig.DEFAULT);
        Udp.assertFilledIn(card, bench);
    }

    @Test
    void withoutThatAFrameThatAsksForThemIsRefused() {
        attach(FxmacConfig.of(MAC));
        NetBuf b = buffer(Udp.frame(Frames.PEER, new byte[20], false));
        b.setOffload(TxOffload.checksums(TxOffload.L4.UDP));
        assertThatThrownBy(() -> card.transmit(b)).isInstanceOf(DevException.class);
        b.release();
    }
}
