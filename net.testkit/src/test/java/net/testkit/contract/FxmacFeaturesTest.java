package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.RxInfo;
import net.api.TxOffload;
import net.api.driver.DeviceConfig;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HashFilter;
import net.sim.FxmacConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is particular to the MAC, and to Phytium's, on the model. */
class FxmacFeaturesTest extends FxmacBench {
    // ---- what the device is ----

    @Test
    void aDeviceWhoseDmaIsNotCoherentIsRefusedWithTheReason() {
        open(FxmacConfig.of(MAC).notCoherent());
        assertThatThrownBy(() -> bench.attach(DeviceConfig.DEFAULT)).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("dma-coherent");
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 0", "true, 1", "false, 3"})
    void aWaitEndsWithAnInterruptHoweverItIsCleared(boolean clearOnRead, int queue) throws InterruptedException {
        attach(FxmacConfig.of(MAC).withClearOnRead(clearOnRead), ContractBench.config(4, RING, 0));
        assertThat(card.capabilities().has(NetFeature.RX_INTERRUPT)).isTrue();
        Thread owner = Thread.currentThread();
        for (int i = 0; i < 10; i++) {
            byte[] frame = frames.to(MAC, 100);
            frame[11] = (byte) queue;
            assertThat(card.rxQueue(queue).await(1_000_000)).isFalse();
            Thread peer = Thread.ofPlatform().start(() -> {
                Await.until("the owner waits", () -> owner.getState() == Thread.State.TIMED_WAITING);
                bench.cable().send(frame, 1_000_000_000L);
            });
            assertThat(card.rxQueue(queue).await(20_000_000_000L)).isTrue();
            NetBuf[] one = new NetBuf[1];
            assertThat(card.rxQueue(queue).receive(one, 0, 1)).isOne();
            one[0].release();
            peer.join();
        }
        assertThat(counter("rx_interrupts")).as("most waits end so: a frame may come while it is armed anew").isGreaterThan(5);
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

    /** Frames without a buffer are dropped; kept in the MAC's memory, as it can too, they would be in front of all others. */
    @Test
    void aReceiveQueueThatRanFullHoldsNoOtherUp() {
        attach(FxmacConfig.of(MAC), ContractBench.config(4, RING, 0));
        byte[] frame = frames.to(MAC, 100);
        for (int i = 0; i < 2 * RING; i++) {
            frame[11] = 1;
            bench.cable().send(frame, 1_000_000_000L);
        }
        Await.until("queue 1 is full", () -> model.port().counters().dropped() == RING);
        for (int q : new int[] {0, 2, 3}) {
            frame[11] = (byte) q;
            bench.cable().send(frame, 1_000_000_000L);
            NetBuf[] one = new NetBuf[1];
            Await.until("a frame on queue " + q, () -> card.rxQueue(q).receive(one, 0, 1) == 1);
            one[0].release();
        }
        assertThat(card.statistics().imissed()).isEqualTo(RING);
    }

    @Test
    void addressesBeyondThoseThatAreComparedGoThroughTheHash() {
        attach(FxmacConfig.of(MAC));
        assertGroupsAreReceived(() -> { });
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

    /** More than are compared, and of them the last three that are not groups: through the hash of stations, which opens the card to no group. */
    @Test
    void stationsBeyondThoseThatAreComparedGoThroughTheHashToo() {
        attach(FxmacConfig.of(MAC));
        List<EthernetAddress> stations = IntStream.range(0x10, 0x16).mapToObj(i -> new EthernetAddress(0x0200_0000_0000L + i)).toList();
        card.setMacFilters(Set.copyOf(stations));
        for (EthernetAddress a : stations) {
            assertReceives(frames.to(a, 100));
        }
        // A group with the hash of the last: first and last byte differ in bits that are of the same exclusive or.
        EthernetAddress group = new EthernetAddress(0x0300_0000_0000L + 0x15 ^ 0x40L << 40);
        assertThat(HashFilter.index(group)).isEqualTo(HashFilter.index(stations.getLast()));
        bench.cable().send(frames.to(group, 100), 1_000_000_000L);
        assertReceives(frames.to(MAC, 101));
    }

    /** Bit by bit as the manual has it, for a link of 1000 Mb/s. */
    @ParameterizedTest
    @CsvSource({"true, NONE, false, 0x084a0d0a", "true, FULL, true, 0x09ca2d0a", "true, TX, false, 0x084a0d0a", "false, NONE, false, 0x0012050a"})
    void theMacIsConfiguredForItsClockBusAndWishes(boolean phytium, FlowControl flow, boolean checksums, String config) {
        attach(phytium ? FxmacConfig.of(MAC) : FxmacConfig.gem(MAC, 2), ContractBench.config(1, RING, 0).withFlowControl(flow)
                .withRxOffloads(checksums ? Set.of(RxOffload.CHECKSUM) : Set.of()));
        Await.until("a link", () -> card.link().up());
        assertThat(model.register(Fxmac.NWCFG.offset())).isEqualTo(Integer.decode(config));
        // 64-bit addresses, frames without a buffer dropped, all of the memories, bursts of 16, buffers of 32 * 64 bytes; and transmit memory for jumbo frames.
        assertThat(model.register(Fxmac.DMACR.offset())).isEqualTo(0x4120_0710);
        assertThat(model.register(Fxmac.QRXSIZE.at(0))).isEqualTo(32);
        assertThat(model.register(Fxmac.SRAMALLOC.offset())).isEqualTo(phytium ? 4 : 0);
    }

    @Test
    void framesAreReceivedUpToWhatTheMtuAllows() {
        attach(FxmacConfig.of(MAC));
        bench.cable().send(frames.to(MAC, 1600), 1_000_000_000L);
        assertReceives(frames.to(MAC, 1500));
        assertThat(counter("mac_rx_oversize")).isOne();
        card.setMtu(1600 - NetDriverOps.FRAME_OVERHEAD);
        assertReceives(frames.to(MAC, 1600));
        bench.cable().send(frames.to(MAC, 1601), 1_000_000_000L);
        assertReceives(frames.to(MAC, 100));
        assertThat(counter("mac_rx_oversize")).isEqualTo(2);
    }

    /** It takes 1536 bytes, check sequence included. */
    @Test
    void aMacWithoutJumboFramesSaysSo() {
        attach(new FxmacConfig(MAC, false, 2, 0, true, false, true, "rgmii-id", FxmacConfig.PhyKind.GENERIC));
        assertThat(card.capabilities().maxMtu()).isEqualTo(1532 - NetDriverOps.FRAME_OVERHEAD);
        assertReceives(frames.to(MAC, 1532));
        bench.cable().send(frames.to(MAC, 1533), 1_000_000_000L);
        assertWorks();
    }

    // ---- statistics ----

    /** TRM B.18: lengths are with the check sequence. */
    @Test
    void theDeviceCountsFramesBySizeAndKindEachWay() {
        attach(FxmacConfig.of(MAC));
        int[] lengths = {60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514};
        for (int n : lengths) {
            NetBuf[] one = {buffer(frames.to(n == 61 ? EthernetAddress.BROADCAST : Frames.PEER, n))};
            Await.until("room", () -> card.txQueue(0).transmit(one, 0, 1) == 1);
            assertReceives(frames.to(n == 123 ? EthernetAddress.BROADCAST : MAC, n));
        }
        Await.until("all are sent", () -> card.txQueue(0).reclaim() == 0);
        int octets = Arrays.stream(lengths).map(n -> n + 4).sum();
        for (String way : new String[] {"mac_tx_", "mac_rx_"}) {
            assertThat(List.of("64", "65_to_127", "128_to_255", "256_to_511", "512_to_1023", "1024_to_1518", "1519_to_max", "broadcast", "multicast",
                    "frames", "octets"))
                    .as(way).extracting(c -> counter(way + c)).containsExactly(1L, 2L, 2L, 2L, 2L, 2L, 0L, 1L, 0L, (long) lengths.length, (long) octets);
        }
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
