package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.RxQueue;
import net.api.TxQueue;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** Owners, waiting, and every way in which a card can end. */
abstract class LifecycleContract extends SettingsContract {
    /** An application that sends its own frames and returns what it receives, until its queues are closed. */
    private final class Worker {
        final AtomicLong rounds = new AtomicLong();
        final AtomicLong received = new AtomicLong();
        final AtomicReference<Throwable> end = new AtomicReference<>();
        final Thread thread;
        private final RxQueue in = rx;
        private final TxQueue out = tx;
        private final NetDriverOps ops = card;

        Worker(String name) {
            thread = Thread.ofPlatform().daemon().name(name).start(this::run);
        }

        private void run() {
            NetBuf[] batch = new NetBuf[BATCH];
            NetBufCache cache = pool.cache();
            try {
                for (;;) {
                    int n = in.receive(batch, 0, BATCH / 2);
                    received.addAndGet(n);
                    for (; n < BATCH; n++) {
                        NetBuf own = cache.allocate();
                        if (own == null) {
                            break;
                        }
                        own.setLength(64);
                        own.setMac(0, Frames.PEER.bits());
                        own.setMac(6, ops.macAddress().bits());
                        own.setShort(12, Frames.EXPERIMENTAL);
                        batch[n] = own;
                    }
                    out.transmit(batch, 0, n);
                    cache.release(batch, 0, BATCH);
                    rounds.incrementAndGet();
                }
            } catch (Throwable t) {
                end.set(t);
            } finally {
                cache.release(batch, 0, BATCH);
                cache.flush();
            }
        }

        void assertEndedByClosedQueue() throws InterruptedException {
            thread.join(30_000);
            assertThat(thread.isAlive()).as("the worker has ended").isFalse();
            assertThat(end.get()).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).as(e.toString()).isEqualTo(DevError.BAD_STATE));
        }
    }

    /** Keeps both directions of the cable busy until it is stopped. */
    private final class Peer implements AutoCloseable {
        private volatile boolean stop;
        private final byte[] frame = frames.to(card.macAddress(), 200);
        private final Thread thread = Thread.ofPlatform().daemon().name("far end").start(() -> {
            while (!stop) {
                cable.send(frame, 0);
                while (cable.receive(0).isPresent() && !stop) {
                    Thread.onSpinWait();
                }
            }
        });

        @Override
        public void close() throws InterruptedException {
            stop = true;
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void detachingUnderTrafficTakesEveryBufferBackAndTellsTheOwner() throws Exception {
        attach();
        for (int round = 0; round < 5; round++) {
            Worker worker = new Worker("owner " + round);
            try (Peer peer = new Peer()) {
                assertThat(peer.thread.isAlive()).isTrue();
                Await.until("traffic", () -> worker.rounds.get() > 50 && worker.received.get() > 20, () -> worker.end + " " + card.statistics());
                bench.detach();
            }
            worker.assertEndedByClosedQueue();
            assertThat(bench.status().state()).isNotEqualTo(DeviceState.ATTACHED);
            assertConserved(0);
            attachAgain(DeviceConfig.DEFAULT);
        }
        drainBoth();
        assertFramesPass(20);
    }

    @Test
    void aCardThatIsPulledUnderTrafficIsForgottenWithoutLoss() throws Exception {
        attach();
        assumeFault(CardUnderTest.Fault.REMOVAL);
        for (int round = 0; round < 3; round++) {
            Worker worker = new Worker("owner " + round);
            try (Peer peer = new Peer()) {
                assertThat(peer.thread.isAlive()).isTrue();
                Await.until("traffic", () -> worker.rounds.get() > 50 && worker.received.get() > 20, () -> worker.end + " " + card.statistics());
                bench.pull();
                worker.assertEndedByClosedQueue();
            }
            Await.until("the card is forgotten", () -> bench.status().state() == DeviceState.REMOVED, () -> bench.status().toString());
            assertConserved(0);
            assertFails(DevError.BAD_STATE, () -> rx.receive(new NetBuf[1], 0, 1));
            bench.putBack();
            attachAgain(DeviceConfig.DEFAULT);
        }
        drainBoth();
        assertFramesPass(20);
    }

    @Test
    void aCardThatGoesAtAnyAccessWhileItIsAttachedLeavesNothingAndComesBack() {
        attach();
        assumeFault(CardUnderTest.Fault.LOSS);
        card.setMtu(1000);
        int all = bench.attachAndLose(Integer.MAX_VALUE, CardUnderTest.Loss.ONES);
        assertThat(bench.status().state()).isEqualTo(DeviceState.ATTACHED);
        // The first, the last, and some of each stretch between; all of them when there is time.
        int rounds = Math.min(all, Boolean.getBoolean("hotnic.long") ? all : 24);
        int lost = 0;
        for (int i = 0; i < rounds; i++) {
            int from = (int) ((long) all * i / rounds);
            int to = (int) ((long) all * (i + 1) / rounds);
            int access = i == 0 ? 1 : i == rounds - 1 ? all : from + 1 + random.nextInt(to - from);
            CardUnderTest.Loss loss = CardUnderTest.Loss.values()[i & 1];
            String what = "lost at access %d of %d by %s".formatted(access, all, loss);
            if (bench.attachAndLose(access, loss) < access) {
                continue; // a driver that waits for its device does not need as many accesses each time
            }
            lost++;
            Await.until(what + ": forgotten", () -> bench.status().state() == DeviceState.REMOVED, () -> bench.status().toString());
            assertConserved(0);
            bench.putBack();
        }
        assertThat(lost).as("of %d", rounds).isGreaterThan(rounds / 2);
        attachAgain(DeviceConfig.DEFAULT);
        assertThat(card.mtu()).as("what was set").isEqualTo(1000);
        card.setMtu(1500);
        assertFramesPass(20);
    }

    /** Takes what earlier traffic left on its way, both ways. */
    private void drainBoth() {
        // A card that is flooded drops what it has no buffer for, the marker too: then there is another one, when it is quiet.
        NetBuf[] batch = new NetBuf[BATCH];
        byte[][] in = new byte[1][];
        long[] quiet = {System.nanoTime() - SECOND};
        Await.until("what was on its way has come", () -> {
            int n = rx.receive(batch, 0, BATCH);
            boolean found = false;
            for (int i = 0; i < n; i++) {
                found |= java.util.Arrays.equals(batch[i].toByteArray(), in[0]);
                batch[i].release();
            }
            long now = System.nanoTime();
            if (n > 0) {
                quiet[0] = now;
            } else if (now - quiet[0] > SECOND / 5) {
                quiet[0] = now;
                in[0] = frames.to(card.macAddress(), 61);
                putOnCable(in[0]);
            }
            return found;
        }, () -> card.statistics().toString());
        byte[] out = frames.to(Frames.PEER, 61);
        send(buffer(out));
        while (!java.util.Arrays.equals(takeFromCable(1).getFirst(), out)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void attachingAndDetachingFiftyTimesLosesNothing() {
        attach();
        for (int round = 0; round < 50; round++) {
            assertFramesPass(2);
            bench.detach();
            assertThat(free()).as("round " + round).isEqualTo(pool.capacity());
            attachAgain(DeviceConfig.DEFAULT);
        }
        assertFramesPass(2);
    }

    @Test
    void buffersThatAnApplicationHoldsOutliveTheCard() {
        attach();
        byte[] frame = frames.to(card.macAddress(), 500);
        putOnCable(frame);
        NetBuf held = receiveBuffers(1).getFirst();
        bench.detach();
        assertThat(free()).isEqualTo(pool.capacity() - 1);
        assertThat(held.toByteArray()).isEqualTo(frame);
        attachAgain(DeviceConfig.DEFAULT);
        send(held);
        assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
    }

    @Test
    void afterDetachEveryCallSaysSo() {
        attach();
        NetBuf buf = buffer(frames.to(Frames.PEER, 100));
        NetBuf[] one = {buf};
        assertFramesPass(1);
        Set<NetFeature> features = capabilities().features();
        int mtu = card.mtu();
        bench.detach();
        assertFails(DevError.BAD_STATE, () -> rx.receive(new NetBuf[1], 0, 1));
        assertFails(DevError.BAD_STATE, () -> tx.transmit(one, 0, 1));
        assertThat(one[0]).isSameAs(buf);
        assertThat(buf.isOwned()).isTrue();
        assertFails(DevError.BAD_STATE, tx::reclaim);
        assertFails(DevError.BAD_STATE, () -> rx.await(0));
        assertFails(DevError.BAD_STATE, card::receive);
        assertFails(DevError.BAD_STATE, () -> card.transmit(buf));
        assertFails(DevError.BAD_STATE, card::recycleTxBuffers);
        assertThat(rx.canReceive()).isFalse();
        assertThat(tx.canTransmit()).isFalse();
        if (features.contains(NetFeature.PROMISCUOUS)) {
            assertFails(DevError.BAD_STATE, () -> card.setPromiscuous(true));
        }
        if (features.contains(NetFeature.MTU_UPDATE)) {
            assertFails(DevError.BAD_STATE, () -> card.setMtu(mtu));
        }
        buf.release();
    }

    @Test
    void aQueueBelongsToOneThreadUntilItIsUnbound() throws Exception {
        attach();
        assertFramesPass(3);
        NetBuf buf = buffer(frames.to(Frames.PEER, 100));
        NetBuf[] one = {buf};
        inAnotherThread(() -> {
            assertFails(DevError.BAD_STATE, () -> rx.receive(new NetBuf[1], 0, 1));
            assertFails(DevError.BAD_STATE, () -> rx.await(0));
            assertFails(DevError.BAD_STATE, () -> tx.transmit(one, 0, 1));
            assertFails(DevError.BAD_STATE, tx::reclaim);
            // Only the owner gives a queue up.
            rx.unbind();
            tx.unbind();
            assertFails(DevError.BAD_STATE, () -> rx.receive(new NetBuf[1], 0, 1));
        });
        assertThat(buf.isOwned()).isTrue();
        buf.release();
        assertFramesPass(3);
        rx.unbind();
        tx.unbind();
        inAnotherThread(() -> assertFramesPass(20));
        // That thread has ended, and with it its ownership.
        assertFramesPass(3);
        rx.unbind();
        tx.unbind();
        rx.unbind();
        assertConserved(0);
    }

    private static void inAnotherThread(Runnable action) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread t = Thread.ofPlatform().name("another").start(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        t.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    @Test
    void anOwnerThatWaitsIsWokenByAFrame() throws Exception {
        attach();
        assertThat(rx.await(0)).isFalse();
        assertThat(rx.await(1_000_000)).isFalse();
        for (int i = 0; i < 30; i++) {
            byte[] frame = frames.to(card.macAddress(), 100);
            Thread peer = Thread.ofPlatform().start(() -> putOnCable(frame));
            List<byte[]> got = new ArrayList<>();
            long deadline = System.nanoTime() + 30 * SECOND;
            NetBuf[] one = new NetBuf[1];
            while (got.isEmpty()) {
                assertThat(System.nanoTime()).as("woken within 30 s").isLessThan(deadline);
                if (rx.await(30 * SECOND) && rx.receive(one, 0, 1) == 1) {
                    got.add(one[0].toByteArray());
                    one[0].release();
                }
            }
            assertThat(got.getFirst()).isEqualTo(frame);
            peer.join();
        }
    }

    @Test
    void anOwnerThatWaitsIsWokenByItsInterruptAndByTheEndOfTheCard() throws Exception {
        attach();
        Thread.currentThread().interrupt();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> rx.await(30 * SECOND)).isInstanceOf(InterruptedException.class);
        assertFramesPass(2);
        rx.unbind();
        AtomicReference<Throwable> end = new AtomicReference<>();
        AtomicLong waits = new AtomicLong();
        RxQueue queue = rx;
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            try {
                for (;;) {
                    waits.incrementAndGet();
                    queue.await(60 * SECOND);
                }
            } catch (Throwable t) {
                end.set(t);
            }
        });
        Await.until("it waits", () -> waits.get() > 0);
        bench.detach();
        waiter.join(20_000);
        assertThat(end.get()).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
    }
}
