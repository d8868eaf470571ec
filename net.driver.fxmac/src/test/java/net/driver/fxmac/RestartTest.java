package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetCounter;
import net.api.device.Interrupt;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.TxStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rings that are set up again while their owners come and go. */
class RestartTest {
    private static final LinkState LINK = new LinkState(true, 1000, true);

    private final Rig rig = new Rig(64);
    private final Parts parts = rig.running(new NoInterrupt());

    /** None ever comes. */
    private record NoInterrupt() implements Interrupt {
        @Override
        public boolean await(long timeoutNanos) {
            return false;
        }

        @Override
        public void close() {
        }
    }

    /** A thread that is kept at its first access to a register. */
    private final class Kept {
        private final CountDownLatch there = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);
        private final Thread thread;

        Kept(int offset, Runnable work) throws InterruptedException {
            thread = new Thread(work);
            rig.window.before = at -> {
                if (at == offset && Thread.currentThread() == thread && go.getCount() > 0) {
                    there.countDown();
                    await(go);
                }
            };
            thread.start();
            await(there);
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void leave() throws InterruptedException {
            go.countDown();
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private void await(long nanos) {
        try {
            parts.rx[0].await(nanos);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** Who polls all the time is nearly always inside: with many queues, there is no moment at which nobody is. */
    @Test
    void anOwnerWhoIsInsideIsWaitedForAndOneWhoWasOutsideIsNotAskedAgain() throws InterruptedException {
        Kept sender = new Kept(Fxmac.NWCTRL.offset(), () -> rig.send(parts.tx[0], 1));
        assertThat(parts.engine.restart(LINK)).as("with an owner inside").isFalse();
        assertThat(parts.engine.isRestarting()).isTrue();
        assertThat(rig.window.read32(Fxmac.NWCTRL.offset()) & NetworkControl.TX).as("transmission goes on").isNotZero();
        Kept receiver = new Kept(Fxmac.ISR.offset(), () -> await(1_000));
        sender.leave();
        assertThat(parts.engine.restart(LINK)).as("with one inside who came after the pause").isTrue();
        receiver.leave();
        assertThat(rig.send(parts.tx[0], 16)).as("all of the ring").isEqualTo(16);
    }

    @Test
    void anErrorWhoseMendingWaitsForAnOwnerIsCountedOnce() throws InterruptedException {
        FxmacCard card = rig.card(parts);
        Kept sender = new Kept(Fxmac.NWCTRL.offset(), () -> rig.send(parts.tx[0], 1));
        rig.window.put(Fxmac.TXSR, TxStatus.BUS_ERROR);
        for (int i = 0; i < 20; i++) {
            card.housekeep();
        }
        assertThat(parts.engine.isRestarting()).isTrue();
        sender.leave();
        card.housekeep();
        assertThat(parts.engine.isRestarting()).isFalse();
        card.housekeep();
        assertThat(card.ops().statistics().extended()).contains(new NetCounter("recoveries", "events", 1));
        assertThat(parts.watch.violations()).isOne();
        assertThat(rig.reports).isEmpty();
    }

    @Test
    void receptionThatABusErrorHasStoppedIsSetUpAgainToo() {
        int base = (int) parts.rings.rxIova(0);
        rig.window.put(Fxmac.RXSR, 0);
        assertThat(parts.engine.restart(LINK)).isTrue();
        assertThat(rig.window.written(Fxmac.RXQBASE)).as("reception had not failed").containsExactly(base);
        rig.window.put(Fxmac.RXSR, RxStatus.BUS_ERROR);
        assertThat(parts.engine.restart(LINK)).isTrue();
        assertThat(rig.window.written(Fxmac.RXQBASE)).containsExactly(base, base);
    }

    /** It costs the frame that is under way. */
    @Test
    void receptionIsNotSwitchedOffAndOnIfAnOwnerHasReceivedMeanwhile() {
        long before = parts.engine.receptions();
        int writes = rig.window.written(Fxmac.NWCTRL).size();
        parts.engine.restartReception(before);
        assertThat(rig.window.written(Fxmac.NWCTRL)).as("nobody has: off and on").hasSize(writes + 2);
        rig.filled(0, RxBd.SOF | RxBd.EOF, 60);
        NetBuf b = parts.rx[0].receive();
        assertThat(b).as("after it receiving goes on").isNotNull();
        b.release();
        parts.engine.restartReception(before);
        assertThat(rig.window.written(Fxmac.NWCTRL)).hasSize(writes + 2);
    }
}
