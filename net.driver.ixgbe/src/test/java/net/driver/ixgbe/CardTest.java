package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.RxInfo;
import net.api.RxInfo.Checksum;
import net.api.TxOffload;
import net.api.TxOffload.Ip;
import net.api.TxOffload.L4;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.api.driver.RxOffload;
import net.sim.IxgbeConfig;
import net.sim.IxgbeFault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the card does to frames besides carrying them, and what happens to it. */
class CardTest {
    private CardRig rig = new CardRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private void limits(Limits limits) {
        rig.close();
        rig = new CardRig(IxgbeConfig.of(CardRig.MAC), limits);
    }

    private void assertNoComplaints() {
        assertThat(rig.model.complaints()).as("what the driver did against the rules").isEmpty();
    }

    // ---- receiving ----

    @Test
    void whatTheCardFoundOutAboutFramesIsToldWithThem() {
        rig.attach(DeviceConfig.DEFAULT.withRxOffloads(EnumSet.allOf(RxOffload.class)));
        assertThat(rig.card.capabilities().features()).contains(NetFeature.VLAN_STRIP, NetFeature.RX_CHECKSUM, NetFeature.RSS_HASH);
        Packet good = Packet.udp(CardRig.MAC, 1, 2, 300).withSums();
        rig.put(good.bytes());
        NetBuf b = rig.received();
        assertThat(b.toByteArray()).isEqualTo(good.bytes());
        assertThat(RxInfo.ip(b.rxInfo())).isEqualTo(Checksum.GOOD);
        assertThat(RxInfo.l4(b.rxInfo())).isEqualTo(Checksum.GOOD);
        assertThat(RxInfo.hasHash(b.rxInfo())).isTrue();
        assertThat(RxInfo.hasVlan(b.rxInfo())).isFalse();
        b.release();
        byte[] bad = good.bytes().clone();
        bad[24] ^= 1;
        bad[60] ^= 1;
        rig.put(bad);
        b = rig.received();
        assertThat(RxInfo.ip(b.rxInfo())).isEqualTo(Checksum.BAD);
        assertThat(RxInfo.l4(b.rxInfo())).isEqualTo(Checksum.BAD);
        b.release();
        rig.put(good.tagged(0x6123));
        b = rig.received();
        assertThat(RxInfo.vlan(b.rxInfo())).isEqualTo(0x6123);
        assertThat(b.toByteArray()).as("without its tag").isEqualTo(good.bytes());
        b.release();
        rig.put(Packet.of(CardRig.MAC, 0x88b5, 80));
        b = rig.received();
        assertThat(b.rxInfo()).as("of a frame that is none of these").isZero();
        b.release();
        assertNoComplaints();
    }

    @Test
    void withoutOffloadsTagsStayAndNothingIsTold() {
        rig.attach();
        byte[] tagged = Packet.udp(CardRig.MAC, 1, 2, 100).withSums().tagged(5);
        rig.put(tagged);
        NetBuf b = rig.received();
        assertThat(b.toByteArray()).isEqualTo(tagged);
        assertThat(b.rxInfo()).isZero();
        b.release();
    }

    @Test
    void flowsAreSpreadOverQueuesAndEachStaysOnItsOwn() {
        rig.attach(CardRig.config(4, 256).withRxOffloads(Set.of(RxOffload.RSS_HASH)));
        assertThat(rig.card.capabilities().rxQueues()).isEqualTo(4);
        Map<Integer, Set<Integer>> queuesOfFlow = new HashMap<>();
        Map<Integer, Set<Integer>> hashesOfFlow = new HashMap<>();
        Set<Integer> used = new LinkedHashSet<>();
        int sent = 400;
        for (int i = 0; i < sent; i++) {
            rig.put(Packet.udp(CardRig.MAC, 1000 + i % 40, 53, 64).withSums().bytes());
        }
        NetBuf[] batch = new NetBuf[32];
        int[] got = new int[1];
        CardRig.await("all frames", () -> {
            for (int q = 0; q < 4; q++) {
                int n = rig.card.rxQueue(q).receive(batch, 0, batch.length);
                for (int i = 0; i < n; i++) {
                    int flow = batch[i].getUnsignedShort(34);
                    queuesOfFlow.computeIfAbsent(flow, f -> new LinkedHashSet<>()).add(q);
                    hashesOfFlow.computeIfAbsent(flow, f -> new LinkedHashSet<>()).add(RxInfo.hash(batch[i].rxInfo()));
                    used.add(q);
                    batch[i].release();
                    got[0]++;
                }
            }
            return got[0] == sent;
        });
        assertThat(queuesOfFlow).hasSize(40).allSatisfy((flow, queues) -> assertThat(queues).hasSize(1));
        assertThat(hashesOfFlow).allSatisfy((flow, hashes) -> assertThat(hashes).hasSize(1));
        assertThat(used).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertNoComplaints();
    }

    @Test
    void theHashIsTheOneOfThePublishedTestVectors() {
        rig.attach(DeviceConfig.DEFAULT.withRxOffloads(Set.of(RxOffload.RSS_HASH)));
        // Microsoft's verification suite: 66.9.149.187:2794 to 161.142.100.80:1766 over TCP is 0x51ccc178.
        rig.put(Packet.tcp(CardRig.MAC, 0x4209_95bb, 2794, 0xa18e_6450, 1766, 60).withSums().bytes());
        NetBuf b = rig.received();
        assertThat(RxInfo.hash(b.rxInfo())).isEqualTo(0x51cc_c178);
        b.release();
    }

    @Test
    void aWaitEndsWithAnInterrupt() throws Exception {
        rig.attach();
        assertThat(rig.card.capabilities().has(NetFeature.RX_INTERRUPT)).isTrue();
        for (int i = 0; i < 20; i++) {
            assertThat(rig.card.rxQueue(0).await(0)).isFalse();
            byte[] frame = Packet.of(CardRig.MAC, 0x88b5, 100);
            Thread peer = Thread.ofPlatform().daemon().start(() -> rig.put(frame));
            CardRig.await("frame", () -> awaited(rig.card));
            rig.received().release();
            peer.join();
        }
        assertThat(rig.counter("rx_interrupts")).isPositive();
        assertNoComplaints();
    }

    private static boolean awaited(NetDriverOps card) {
        try {
            return card.rxQueue(0).await(1_000_000_000L);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void framesWithoutBuffersAreMissedAndCounted() {
        rig.attach(CardRig.config(2, 64));
        byte[] frame = Packet.of(CardRig.MAC, 0x88b5, 100);
        CardRig.await("missed frames", () -> {
            rig.end.send(frame);
            return rig.card.statistics().imissed() > 10;
        });
        long missed = rig.card.statistics().imissed();
        assertThat(rig.card.statistics().imissed()).as("it only grows").isGreaterThanOrEqualTo(missed);
    }

    @Test
    void moreUnicastAddressesThanTheTableHasOpenTheCard() {
        rig.attach();
        Set<EthernetAddress> many = new LinkedHashSet<>();
        for (int i = 0; i < 128; i++) {
            many.add(new EthernetAddress(0x0200_0000_1000L + i));
        }
        assertThat(rig.card.capabilities().macFilters()).isEqualTo(127);
        EthernetAddress last = new EthernetAddress(0x0200_0000_107fL);
        EthernetAddress stranger = new EthernetAddress(0x0200_0000_2000L);
        rig.card.setMacFilters(many);
        assertPasses(last, true);
        assertPasses(stranger, true);
        many.remove(last);
        rig.card.setMacFilters(many);
        assertPasses(new EthernetAddress(0x0200_0000_107eL), true);
        assertPasses(last, false);
        assertPasses(stranger, false);
        assertNoComplaints();
    }

    private void assertPasses(EthernetAddress to, boolean passes) {
        byte[] marker = Packet.of(CardRig.MAC, 0x88b5, 70);
        byte[] frame = Packet.of(to, 0x88b5, 90);
        rig.put(frame);
        rig.put(marker);
        byte[] first = take();
        if (passes) {
            assertThat(first).isEqualTo(frame);
            first = take();
        }
        assertThat(first).isEqualTo(marker);
    }

    private byte[] take() {
        NetBuf b = rig.received();
        byte[] bytes = b.toByteArray();
        b.release();
        return bytes;
    }

    // ---- sending ----

    @Test
    void checksumsAndTagsAreFilledIn() {
        rig.attach();
        Packet p = Packet.udp(CardRig.PEER, 7, 8, 300);
        NetBuf b = rig.buffer(p.withPseudoSum().bytes());
        b.setOffload(TxOffload.checksums(L4.UDP));
        rig.send(b);
        assertThat(rig.taken()).isEqualTo(p.withSums().bytes());
        b = rig.buffer(p.withPseudoSum().bytes());
        b.setOffload(TxOffload.checksums(L4.UDP).withVlan(0xa00b));
        rig.send(b);
        assertThat(rig.taken()).isEqualTo(p.withSums().tagged(0xa00b));
        b = rig.buffer(p.withSums().bytes());
        rig.send(b);
        assertThat(rig.taken()).as("without an offload nothing is changed").isEqualTo(p.withSums().bytes());
        Packet t = Packet.tcp(CardRig.PEER, 1, 2, 3, 4, 200);
        b = rig.buffer(t.withPseudoSum().bytes());
        b.setOffload(TxOffload.checksums(L4.TCP));
        rig.send(b);
        assertThat(rig.taken()).isEqualTo(t.withSums().bytes());
        CardRig.await("the end", () -> rig.card.recycleTxBuffers() == 0);
        assertThat(rig.card.statistics().opackets()).isEqualTo(4);
        assertNoComplaints();
    }

    @Test
    void aLongFrameIsSegmentedWithRightHeadersAndSums() {
        rig.attach();
        int mss = 1000;
        Packet all = Packet.tcp(CardRig.PEER, 0x0a000001, 80, 0x0a000002, 4000, 54 + 5 * mss + 123);
        byte[] bytes = all.withPseudoSumForSegments().bytes();
        NetBuf head = rig.buffer(Arrays.copyOf(bytes, 1800));
        for (int at = 1800; at < bytes.length; at += 1800) {
            head.chain(rig.buffer(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1800))));
        }
        head.setOffload(TxOffload.segments(mss));
        rig.send(head);
        for (int i = 0; i < 6; i++) {
            byte[] segment = rig.taken();
            int payload = i < 5 ? mss : 123;
            assertThat(segment).hasSize(54 + payload);
            assertThat(Arrays.copyOfRange(segment, 54, 54 + payload)).as("segment %d", i).isEqualTo(Arrays.copyOfRange(bytes, 54 + i * mss, 54 + i * mss + payload));
            assertThat(Packet.sequence(segment)).isEqualTo(Packet.sequence(bytes) + i * mss);
            assertThat(new Packet(segment.clone(), 6).withSums().bytes()).as("sums of segment %d", i).isEqualTo(segment);
        }
        CardRig.await("the end", () -> rig.card.recycleTxBuffers() == 0);
        assertThat(rig.card.statistics().opackets()).isEqualTo(6);
        assertNoComplaints();
    }

    @Test
    void segmentationOverIpv6() {
        assertThat(new TxOffload(TxOffload.NO_VLAN, Ip.V6, false, L4.TCP, 14, 40, 20, 1000).minFrame()).isEqualTo(75);
    }

    // ---- trouble ----

    @Test
    void aLinkThatGoesAndComesIsSeen() {
        rig.attach();
        CardRig.await("link", () -> rig.card.link().up());
        rig.cable.setUp(false);
        CardRig.await("no link", () -> !rig.card.link().up());
        rig.cable.setUp(true);
        CardRig.await("link again", () -> rig.card.link().up());
    }

    /** Also between two looks of the driver, and with and without interrupts. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLinkThatWasDownForAMomentIsToldEachTime(boolean interrupts) {
        NextVersion driver = new NextVersion(new IxgbeDriver());
        DeviceConfig config = new DeviceConfig(1, 1, 256, 256, 0, java.util.Optional.empty(), false, false, interrupts, 16);
        rig.engine.configureDevice(rig.address, config).addDriver(driver).settle();
        rig.card = rig.engine.ops(rig.address);
        CardRig.await("link", () -> rig.card.link().up());
        for (int i = 0; i < 4; i++) {
            int told = driver.links.size();
            rig.cable.setUp(false);
            rig.cable.setUp(true);
            CardRig.await("news of the link, number " + i, () -> driver.links.size() > told && driver.links.getLast().up());
        }
    }

    @Test
    void aQueueThatHangsIsResetAndWorksAgain() {
        limits(CardRig.HASTY);
        rig.attach();
        CardRig.await("link", () -> rig.card.link().up());
        NetDriverOps first = rig.card;
        rig.model.setFault(IxgbeFault.HUNG, true);
        for (int i = 0; i < 5; i++) {
            rig.send(rig.buffer(Packet.of(CardRig.PEER, 0x88b5, 100)));
        }
        CardRig.await("reset", () -> {
            try {
                first.canTransmit();
                return rig.engine.ops(rig.address) != first;
            } catch (net.api.DevException e) {
                rig.model.setFault(IxgbeFault.HUNG, false);
                return false;
            }
        });
        rig.card = rig.engine.ops(rig.address);
        rig.model.setFault(IxgbeFault.HUNG, false);
        byte[] frame = Packet.of(CardRig.PEER, 0x88b5, 111);
        rig.send(rig.buffer(frame));
        while (!Arrays.equals(rig.taken(), frame)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aHostileCardIsSetAsideWithoutLosingABuffer() {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("hostile 82599 model: seed " + seed);
        Random random = new Random(seed);
        rig.attach();
        rig.model.setHostile(seed, 3);
        NetBuf[] batch = new NetBuf[32];
        try {
            CardRig.await("end of a hostile card", () -> {
                rig.end.send(Packet.of(CardRig.MAC, 0x88b5, random.nextInt(60, 1500)));
                int n = rig.card.rxQueue(0).receive(batch, 0, batch.length);
                for (int i = 0; i < n; i++) {
                    batch[i].toByteArray();
                }
                int sent = 0;
                try {
                    sent = rig.card.txQueue(0).transmit(batch, 0, n);
                } catch (net.api.DevException e) {
                    assertThat(e.error()).isNotEqualTo(net.api.DevError.IO);
                }
                rig.pool.release(batch, sent, n - sent);
                return rig.status().state() != DeviceState.ATTACHED;
            });
        } catch (net.api.DevException e) {
            assertThat(e.error()).isEqualTo(net.api.DevError.BAD_STATE);
        }
        rig.pool.release(batch, 0, batch.length);
        CardRig.await("quarantine", () -> rig.status().state() == DeviceState.QUARANTINED);
        assertThat(rig.status().reason()).contains("violations of the rules");
        assertThat(rig.model.lies()).isPositive();
    }
}
