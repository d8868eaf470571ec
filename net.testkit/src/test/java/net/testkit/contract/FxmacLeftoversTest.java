package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.driver.Access;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Screener;
import net.sim.FxmacConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** A MAC that nothing has reset since another driver had it: Linux's, firmware, or this one with another configuration. On the model. */
class FxmacLeftoversTest extends FxmacBench {
    private static final EthernetAddress OTHER = EthernetAddress.parse("02:00:00:00:00:77");
    private static final EthernetAddress GROUP = EthernetAddress.parse("33:33:00:00:00:01");

    /** All that can be written, but the directions and MDIO; then what lets foreign frames in, and what leads the own ones astray. */
    private void leaveEverythingAskew() {
        Random random = new Random(SEED);
        for (Fxmac r : Fxmac.values()) {
            for (int i = 0; i < r.count() && r.access() == Access.RW; i++) {
                int any = random.nextInt();
                model.leave(r.at(i), switch (r) {
                    case NWCTRL -> any & (NetworkControl.LOOPBACK | NetworkControl.SPEED_2500 | NetworkControl.HIGH_SPEED);
                    case NWCFG -> any | NetworkConfig.PCS | NetworkConfig.NO_BROADCAST;
                    case TAILENABLE -> Fxmac.TAIL_ON;
                    case TXPARTIAL, RXPARTIAL -> any | Fxmac.PARTIAL_ON;
                    case MATCH -> Fxmac.MATCH_ON | Frames.EXPERIMENTAL;
                    case SCREEN1, SCREEN2 -> 0;
                    default -> any;
                });
            }
        }
        model.leave(Fxmac.IER.offset(), -1);
        model.leave(Fxmac.SCREEN1.at(15), Screener.udpPort(2, 9));
        // No bit of any frame is compared: all that comes.
        model.leave(Fxmac.COMPAREVALUE.at(31), 0);
        model.leave(Fxmac.SCREEN2.at(15), Screener.compareA(3, 31));
    }

    private void assertComesTo(int queue, byte[] frame) {
        assertThat(bench.cable().send(frame, 1_000_000_000L)).isTrue();
        NetBuf[] one = new NetBuf[1];
        Await.until("a frame on queue " + queue, () -> card.rxQueue(queue).receive(one, 0, 1) == 1, () -> card.statistics() + " (seed " + SEED + ")");
        assertThat(one[0].toByteArray()).isEqualTo(frame);
        one[0].release();
    }

    private void assertAllQueuesWork() {
        for (int i = 0; i < 12; i++) {
            byte[] frame = frames.to(card.macAddress(), 100);
            frame[11] = (byte) i;
            assertComesTo(i & 3, frame);
            byte[] udp = Udp.frame(card.macAddress(), new byte[20], true);
            udp[11] = (byte) i;
            assertComesTo(i & 3, udp);
            byte[] out = frames.to(Frames.PEER, 100);
            NetBuf[] one = {buffer(out)};
            int queue = i & 3;
            Await.until("room", () -> card.txQueue(queue).transmit(one, 0, 1) == 1);
            assertArrives(out);
        }
    }

    @Test
    void itWorksAsOneThatWasReset() {
        open(FxmacConfig.of(MAC));
        leaveEverythingAskew();
        card = bench.attach(ContractBench.config(4, RING, 0));
        Await.until("a link", () -> card.link().up(), () -> "seed " + SEED);
        assertAllQueuesWork();
        for (EthernetAddress foreign : new EthernetAddress[] {OTHER, GROUP}) {
            byte[] frame = frames.to(foreign, 100);
            frame[11] = 0;
            bench.cable().send(frame, 1_000_000_000L);
        }
        byte[] last = frames.to(EthernetAddress.BROADCAST, 100);
        last[11] = 0;
        assertComesTo(0, last);
        assertThat(model.register(Fxmac.TXPAUSE.offset())).as("the pause that others are told").isEqualTo(0xffff);
        assertThat(model.register(Fxmac.RXWATERMARK.offset())).as("pauses that the MAC sends by itself").isZero();
        assertThat(model.register(Fxmac.TXPARTIAL.offset()) | model.register(Fxmac.RXPARTIAL.offset())).as("frames wait until they are whole").isNotNegative();
    }

    /** The device has eight queues and looks at all of them. */
    @Test
    void queuesThatNobodyUsesHaveNothingForIt() {
        open(FxmacConfig.of(MAC).withQueues(8));
        leaveEverythingAskew();
        card = bench.attach(ContractBench.config(8, RING, 0));
        assertThat(card.capabilities().txQueues()).isEqualTo(4);
        Await.until("a link", () -> card.link().up(), () -> "seed " + SEED);
        assertAllQueuesWork();
    }
}
