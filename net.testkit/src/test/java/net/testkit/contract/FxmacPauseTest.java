package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetFeature;
import net.api.driver.FlowControl;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkConfig;
import net.sim.FxmacConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pause frames of IEEE 802.3, annexes 28B and 31B, on the model. */
class FxmacPauseTest extends FxmacBench {
    private static final EthernetAddress PAUSES = EthernetAddress.parse("01:80:c2:00:00:01");

    private void attach(FlowControl wanted) {
        attach(FxmacConfig.of(MAC), ContractBench.config(1, RING, 0).withFlowControl(wanted));
        Await.until("a link", () -> card.link().up());
    }

    /** IEEE 802.3, annex 31B: 0x8808, opcode 1, and for how long, in quanta of 512 bits. */
    private byte[] pause(int quanta) {
        byte[] frame = new byte[60];
        ByteBuffer.wrap(frame).putLong(0, PAUSES.bits() << 16).putShort(12, (short) 0x8808).putShort(14, (short) 1).putShort(16, (short) quanta);
        return frame;
    }

    /** What the far end is told next: quanta. */
    private int told() {
        byte[] frame = bench.cable().receive(20_000_000_000L).orElseThrow(() -> new AssertionError("no pause frame: " + card.statistics()));
        ByteBuffer b = ByteBuffer.wrap(frame);
        assertThat(b.getLong(0) >>> 16).as("destination").isEqualTo(PAUSES.bits());
        assertThat(b.getShort(12)).isEqualTo((short) 0x8808);
        assertThat(b.getShort(14)).isEqualTo((short) 1);
        return b.getShort(16) & 0xffff;
    }

    /** All but one descriptor are filled when the owner looks: takes one frame. To be called with a ring that is full of buffers. */
    private void runFull() {
        long before = model.port().counters().received();
        for (int i = 0; i < RING - 1; i++) {
            bench.cable().send(frames.to(card.macAddress(), 100), 1_000_000_000L);
        }
        Await.until("they are in the ring", () -> model.port().counters().received() == before + RING - 1, () -> model.port().counters().toString());
        receive(1);
    }

    private int receive(int max) {
        NetBuf[] got = new NetBuf[RING];
        int n = card.rxQueue(0).receive(got, 0, max);
        bench.pool().release(got, 0, n);
        return n;
    }

    @ParameterizedTest
    @CsvSource({"NONE, true, true, false, false", "RX, true, false, true, false", "RX, true, true, true, false", "RX, false, true, true, false",
        "RX, false, false, false, false", "TX, true, false, false, false", "TX, true, true, false, true", "TX, false, true, false, false",
        "FULL, true, false, true, true", "FULL, true, true, true, true", "FULL, false, true, false, false", "FULL, false, false, false, false"})
    void pauseFramesAreSentAndObeyedAsBothEndsOfferedThem(FlowControl wanted, boolean symmetric, boolean asymmetric, boolean obeys, boolean sends) {
        open(FxmacConfig.of(MAC));
        model.setPartnerPauses(symmetric, asymmetric);
        card = bench.attach(ContractBench.config(1, RING, 0).withFlowControl(wanted));
        Await.until("a link", () -> card.link().up());
        assertThat(card.capabilities().has(NetFeature.FLOW_CONTROL)).isEqualTo(wanted != FlowControl.NONE);
        assertThat((model.register(Fxmac.NWCFG.offset()) & NetworkConfig.PAUSE) != 0).as("obeys").isEqualTo(obeys);
        runFull();
        if (sends) {
            assertThat(told()).isEqualTo(0xffff);
        }
        assertThat(counter("mac_tx_pause") > 0).as("sends").isEqualTo(sends);
    }

    @Test
    void transmissionWaitsUntilTheTimeIsOverOrThePartnerSaysSo() {
        attach(FlowControl.RX);
        // 3.3 s for a pause at 10 Mb/s.
        model.setPartner(10, true);
        Await.until("a slow link", () -> card.link().speedMbps() == 10);
        assertWorks();
        bench.cable().send(pause(0xffff), 1_000_000_000L);
        Await.until("it was heard", () -> counter("mac_rx_pause") == 1);
        byte[] frame = sendOne();
        assertThat(bench.cable().receive(20_000_000L)).isEmpty();
        bench.cable().send(pause(0), 1_000_000_000L);
        assertArrives(frame);
        bench.cable().send(pause(100), 1_000_000_000L);
        assertWorks();
        assertThat(card.rxQueue(0).canReceive()).as("pause frames do not reach applications").isFalse();
    }

    @Test
    void aPartnerThatWasNotOfferedPausesDoesNotStopTransmission() {
        attach(FlowControl.NONE);
        model.setPartner(10, true);
        Await.until("a slow link", () -> card.link().speedMbps() == 10);
        bench.cable().send(pause(0xffff), 1_000_000_000L);
        Await.until("it was heard", () -> counter("mac_rx_pause") == 1);
        assertWorks();
    }

    @Test
    void thePartnerIsToldToWaitWhileARingRunsFullAndThenToGoOn() {
        attach(FlowControl.FULL);
        for (int round = 0; round < 3; round++) {
            int rounds = round;
            runFull();
            assertThat(told()).isEqualTo(0xffff);
            // Still full: it is repeated before the time is over.
            Await.until("it is told again", () -> {
                card.rxQueue(0).receive(new NetBuf[1], 0, 0);
                return counter("mac_tx_pause") > 2L * rounds + 1;
            });
            while (receive(RING) > 0) {
                Thread.onSpinWait();
            }
            int quanta = told();
            while (quanta != 0) {
                quanta = told();
            }
            assertWorks();
            assertThat(bench.cable().receive(0)).as("enough said").isEmpty();
        }
        assertThat(card.statistics().imissed()).isZero();
    }

    @Test
    void whoeverTakesOverGoesOnTellingThePartner() {
        attach(FlowControl.TX);
        runFull();
        assertThat(told()).isEqualTo(0xffff);
        assertThat(bench.swap()).isTrue();
        card = bench.port().card().orElseThrow();
        receive(1);
        assertThat(told()).isEqualTo(0xffff);
    }

    @Test
    void inHalfDuplexThereAreNoPauses() {
        attach(FlowControl.FULL);
        model.setPartner(100, false);
        Await.until("half duplex", () -> card.link().equals(new LinkState(true, 100, false)));
        assertThat(model.register(Fxmac.NWCFG.offset()) & NetworkConfig.PAUSE).isZero();
        runFull();
        assertThat(counter("mac_tx_pause")).isZero();
    }
}
