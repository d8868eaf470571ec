package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.api.DevException;
import net.api.NetBuf;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.hw.fxmac.Fxmac;
import net.sim.FxmacConfig;
import net.sim.FxmacFault;
import net.sim.PortCounters;
import net.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong with a MAC and its rings, on the model. */
class FxmacFaultsTest extends FxmacBench {
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

    /** Memory was too slow, or, in half duplex, there were too many collisions. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAnErrorOfTransmissionTheRingHasItsGeometryAndItsBuffers(boolean collisions) {
        attach(FxmacConfig.of(MAC));
        for (int round = 0; round < 3; round++) {
            assertWorks();
            int base = model.register(Fxmac.TXQBASE.offset());
            if (collisions) {
                model.collide();
            } else {
                model.failTransmit();
            }
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

    private void attachWithoutLimit() {
        attach(FxmacConfig.of(MAC), new DeviceConfig(1, 1, RING, RING, 0, Optional.empty(), false, false, true, 1_000_000));
    }

    /** What is sent before the last error was noticed is lost with it. */
    private void assertFramesLeaveAgain() {
        Await.until("frames leave again", () -> {
            sendOne();
            return bench.cable().receive(50_000_000L).isPresent();
        }, () -> card.statistics().toString());
        Await.until("all of them have left", () -> card.txQueue(0).reclaim() == 0);
        while (bench.cable().receive(10_000_000L).isPresent()) {
            Thread.onSpinWait();
        }
    }

    /** What comes before the last error was mended is lost with it. */
    private void assertFramesComeAgain() {
        NetBuf[] got = new NetBuf[1];
        Await.until("frames come again", () -> {
            byte[] last = frames.to(MAC, 100);
            bench.cable().send(last, 1_000_000_000L);
            long start = System.nanoTime();
            boolean found = false;
            while (!found && System.nanoTime() - start < 50_000_000L) {
                if (card.rxQueue(0).receive(got, 0, 1) == 1) {
                    found = Arrays.equals(got[0].toByteArray(), last);
                    got[0].release();
                }
            }
            return found;
        }, () -> card.statistics().toString());
    }

    @Test
    void aBusErrorEndsWithRingsThatWorkAgain() {
        attachWithoutLimit();
        assertWorks();
        for (int i = 0; i < 2; i++) {
            long before = counter("recoveries");
            model.setDmaRefused(true);
            sendOne();
            bench.cable().send(frames.to(MAC, 100), 0);
            Await.until("it is noticed", () -> counter("recoveries") > before);
            model.setDmaRefused(false);
            assertFramesLeaveAgain();
            assertFramesComeAgain();
            assertWorks();
        }
    }

    /** The first look after its restart finds reception stopped by the bus once more, with no frame to send or to receive. */
    @Test
    void aBusThatStillAnswersWithErrorsAfterTheRingsWereSetUpAgainIsNoticedAgain() {
        attachWithoutLimit();
        assertWorks();
        model.setDmaRefused(true);
        bench.cable().send(frames.to(MAC, 100), 0);
        Await.until("it is noticed again and again", () -> counter("recoveries") >= 3, () -> card.statistics().toString());
        model.setDmaRefused(false);
        assertFramesLeaveAgain();
        assertFramesComeAgain();
        assertWorks();
    }

    @Test
    void tooManyBusErrorsEndTheCard() {
        attach(FxmacConfig.of(MAC));
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
        assertFramesComeAgain();
        assertWorks();
    }

    private long arrived() {
        PortCounters c = model.port().counters();
        return c.received() + c.dropped() + c.notReady();
    }

    @Test
    void aRingThatRanFullIsLookedAtAgain() {
        attach(FxmacConfig.of(MAC));
        for (int round = 0; round < 5; round++) {
            long before = arrived();
            for (int i = 0; i < 2 * RING; i++) {
                bench.cable().send(frames.to(MAC, 100), 1_000_000_000L);
            }
            Await.until("all frames are at the card", () -> arrived() == before + 2 * RING);
            NetBuf[] got = new NetBuf[RING];
            for (int n = card.rxQueue(0).receive(got, 0, RING); n > 0; n = card.rxQueue(0).receive(got, 0, RING)) {
                bench.pool().release(got, 0, n);
            }
            assertThat(card.statistics().imissed()).isEqualTo(model.port().counters().dropped()).isPositive();
            assertFramesComeAgain();
        }
        assertThat(counter("rx_restarts")).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aRestartOfReceptionThatTheDeviceOverheardIsRepeated() {
        attach(FxmacConfig.of(MAC));
        assertWorks();
        model.setFault(FxmacFault.RESTARTS_LOST, true);
        for (int i = 0; i < RING + 1; i++) {
            bench.cable().send(frames.to(MAC, 100), 1_000_000_000L);
        }
        Await.until("one found no buffer", () -> model.port().counters().dropped() > 0);
        NetBuf[] got = new NetBuf[RING];
        Await.until("all that came are taken", () -> {
            int n = card.rxQueue(0).receive(got, 0, RING);
            bench.pool().release(got, 0, n);
            return counter("rx_restarts") == 1 && n == 0;
        });
        model.setFault(FxmacFault.RESTARTS_LOST, false);
        Await.until("frames come again", () -> {
            bench.cable().send(frames.to(MAC, 100), 1_000_000_000L);
            int n = card.rxQueue(0).receive(got, 0, RING);
            bench.pool().release(got, 0, n);
            return n > 0;
        }, () -> card.statistics().toString());
    }

    /** TRM 16.3.3: a used descriptor in the middle of a frame leaves pieces without an end. */
    @Test
    void aFrameForWhichBuffersRanOutInTheMiddleIsDroppedAndTheNextOneIsWhole() {
        attach(FxmacConfig.of(MAC), ContractBench.config(1, RING, 9000));
        // Of five buffers each: the seventh has two.
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            sent.add(frames.to(MAC, 9000));
            bench.cable().send(sent.getLast(), 1_000_000_000L);
        }
        Await.until("the last found no buffer", () -> model.port().counters().dropped() == 1);
        for (int i = 0; i < 6; i++) {
            NetBuf b = card.receive();
            assertThat(b.toByteArray()).isEqualTo(sent.get(i));
            b.release();
        }
        assertThat(card.receive()).isNull();
        assertThat(counter("rx_cut")).as("it may go on").isZero();
        for (int i = 0; i < 10; i++) {
            assertReceives(frames.to(MAC, 9000));
        }
        assertThat(counter("rx_cut")).isOne();
        assertThat(card.statistics().ierrors()).isOne();
        assertThat(card.statistics().imissed()).isOne();
        assertThat(bench.status().state()).isEqualTo(DeviceState.ATTACHED);
    }

    @Test
    void aDeviceThatDoesNotSayThatItHasStoppedKeepsItsMemoryUntilItDoes() {
        attach(FxmacConfig.of(MAC));
        assertWorks();
        model.setFault(FxmacFault.TX_NEVER_STOPS, true);
        bench.detach();
        assertThat(bench.status().state()).as(bench.status().toString()).isEqualTo(DeviceState.DETACHING);
        assertThat(bench.status().buffersInFlight()).isEqualTo(RING);
        model.setFault(FxmacFault.TX_NEVER_STOPS, false);
        Await.until("it has stopped", () -> bench.status().state() == DeviceState.IDLE, () -> bench.status().toString());
    }

    @Test
    void aDeviceThatSomebodyElseHasResetIsSetUpAnew() {
        attach(FxmacConfig.of(MAC));
        assertWorks();
        model.setDead(false); // alive, and reset
        Await.until("its driver is told", () -> {
            try {
                card.txQueue(0).reclaim();
                return false;
            } catch (DevException e) {
                return true;
            }
        });
        Await.until("it is attached again", () -> bench.status().state() == DeviceState.ATTACHED, () -> bench.status().toString());
        card = bench.port().card().orElseThrow();
        assertWorks();
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
}
