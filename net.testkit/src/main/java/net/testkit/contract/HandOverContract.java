package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetFeature;
import net.api.NetStatistics;
import net.api.RxQueue;
import net.api.TxQueue;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** A driver is swapped for another version of itself: cold as every driver, warm if it hands over. */
abstract class HandOverContract extends LifecycleContract {
    private static final EthernetAddress GROUP = EthernetAddress.parse("01:00:5e:01:02:03");
    private static final int SWAPS = 20;
    private static final int FRAMES_A_SWAP = 200;
    /** Frames under way at most, in each direction: fewer than a ring holds, so that a card that nobody looks after for a while drops none. */
    private static final int WINDOW = 96;
    /** Where the number of a frame is. */
    private static final int NUMBER = 14;

    /** An application with a port: sends numbered frames, and takes those of the peer, through all swaps. */
    private final class PortUser {
        final AtomicInteger sent = new AtomicInteger();
        final AtomicInteger received = new AtomicInteger();
        final AtomicReference<Throwable> end = new AtomicReference<>();
        private final RxQueue in = bench.port().rxQueue(0);
        private final TxQueue out = bench.port().txQueue(0);
        private final long from = card.macAddress().bits();
        private final AtomicInteger arrived;
        private volatile boolean stop;
        final Thread thread;

        PortUser(AtomicInteger arrived) {
            this.arrived = arrived;
            thread = Thread.ofPlatform().daemon().name("user of a port").start(this::run);
        }

        private void run() {
            NetBuf[] got = new NetBuf[BATCH];
            NetBuf[] one = new NetBuf[1];
            NetBufCache cache = pool.cache();
            try {
                while (!stop) {
                    int n = in.receive(got, 0, BATCH);
                    for (int i = 0; i < n; i++) {
                        assertThat(got[i].getInt(NUMBER)).as("number of the next frame received").isEqualTo(received.get());
                        received.incrementAndGet();
                    }
                    cache.release(got, 0, n);
                    if (one[0] == null && sent.get() - arrived.get() < WINDOW) {
                        one[0] = sometimesCloned(numbered(cache.allocate(), sent.get()));
                    }
                    sent.addAndGet(one[0] == null ? 0 : out.transmit(one, 0, 1));
                    out.reclaim();
                }
            } catch (Throwable t) {
                end.set(t);
            } finally {
                if (one[0] != null) {
                    one[0].release();
                }
                in.unbind();
                out.unbind();
                cache.flush();
            }
        }

        private NetBuf numbered(NetBuf buf, int number) {
            if (buf != null) {
                buf.setLength(64);
                buf.setMac(0, Frames.PEER.bits());
                buf.setMac(6, from);
                buf.setShort(12, Frames.EXPERIMENTAL);
                buf.setInt(NUMBER, number);
            }
            return buf;
        }

        /** The card also holds frames that are not its pool's. */
        private NetBuf sometimesCloned(NetBuf buf) {
            NetBuf clone = buf == null || sent.get() % 3 > 0 ? null : pool.shells().cloneOf(buf);
            if (clone == null) {
                return buf;
            }
            buf.release();
            return clone;
        }

        void finish() throws InterruptedException {
            stop = true;
            thread.join(30_000);
            assertThat(thread.isAlive()).isFalse();
            if (end.get() != null) {
                throw new AssertionError(end.get());
            }
        }
    }

    private void assumeHandsOver() {
        assumeTrue(bench.swap(), "skipped: the driver does not hand a running device over");
    }

    @Test
    void aRunningCardIsHandedOverWithoutAFrameLostRepeatedOrOutOfOrder() throws Exception {
        attach();
        assumeHandsOver();
        AtomicInteger arrived = new AtomicInteger();
        AtomicInteger put = new AtomicInteger();
        PortUser user = new PortUser(arrived);
        byte[] frame = frames.to(card.macAddress(), 64);
        for (int swap = 1; swap <= SWAPS; swap++) {
            int target = swap * FRAMES_A_SWAP;
            boolean[] swapped = {false};
            Await.until("frames both ways around swap " + swap, () -> {
                if (!swapped[0] && (put.get() > target - FRAMES_A_SWAP / 2 || user.end.get() != null)) {
                    assertThat(bench.swap()).as("warm").isTrue();
                    swapped[0] = true;
                }
                pass(put, user, frame, target, arrived);
                return swapped[0] && arrived.get() >= target && user.received.get() >= target || user.end.get() != null;
            }, () -> "put %d, received %d, sent %d, arrived %d, %s".formatted(put.get(), user.received.get(), user.sent.get(), arrived.get(), bench.status()));
        }
        user.finish();
        // What was still under way.
        Await.until("every frame that was accepted arrives", () -> {
            takeNumbered(arrived);
            return arrived.get() == user.sent.get();
        });
        assertThat(bench.status().state()).isEqualTo(DeviceState.ATTACHED);
    }

    /** One look at the far end: takes what came, puts what fits. */
    private void pass(AtomicInteger put, PortUser user, byte[] frame, int target, AtomicInteger arrived) {
        while (put.get() < target && put.get() - user.received.get() < WINDOW) {
            ByteBuffer.wrap(frame).putInt(NUMBER, put.get());
            if (!cable.send(frame, 0)) {
                break;
            }
            put.incrementAndGet();
        }
        takeNumbered(arrived);
    }

    private void takeNumbered(AtomicInteger arrived) {
        for (Optional<byte[]> got = cable.receive(0); got.isPresent(); got = cable.receive(0)) {
            assertThat(ByteBuffer.wrap(got.get()).getInt(NUMBER)).as("number of the next frame at the far end").isEqualTo(arrived.get());
            arrived.incrementAndGet();
        }
    }

    @Test
    void whatWasSetAndCountedIsHandedOver() {
        attach();
        assertFramesPass(5);
        NetStatistics before = card.statistics();
        LinkState link = card.link();
        if (capabilities().has(NetFeature.MTU_UPDATE)) {
            card.setMtu(1000);
        }
        assumeHandsOver();
        card = bench.port().card().orElseThrow();
        rx = card.rxQueue(0);
        tx = card.txQueue(0);
        assertThat(card.statistics().ipackets()).isEqualTo(before.ipackets());
        assertThat(card.statistics().opackets()).isEqualTo(before.opackets());
        assertThat(card.statistics().obytes()).isEqualTo(before.obytes());
        assertThat(card.link()).isEqualTo(link);
        assertFramesPass(3, 500);
        assertThat(card.statistics().ipackets()).isEqualTo(before.ipackets() + 3);
    }

    /** Whether warm or cold. */
    @Test
    void settingsOutliveASwap() {
        attach();
        boolean mtu = capabilities().has(NetFeature.MTU_UPDATE);
        boolean vlans = capabilities().has(NetFeature.VLAN_FILTER);
        boolean filters = capabilities().has(NetFeature.MAC_FILTER);
        EthernetAddress mac = EthernetAddress.parse("02:00:00:00:77:01");
        if (mtu) {
            card.setMtu(1000);
        }
        if (filters) {
            card.setMacFilters(Set.of(GROUP));
        }
        if (vlans) {
            card.setVlanFilter(7, true);
        }
        if (capabilities().has(NetFeature.MAC_SET)) {
            card.setMacAddress(mac);
        }
        EthernetAddress now = card.macAddress();
        bench.swap();
        checkSettings(mtu, vlans, filters, now);
        bench.detach();
        card = bench.attach(DeviceConfig.DEFAULT);
        checkSettings(mtu, vlans, filters, now);
    }

    private void checkSettings(boolean mtu, boolean vlans, boolean filters, EthernetAddress now) {
        card = bench.port().card().orElseThrow();
        rx = card.rxQueue(0);
        tx = card.txQueue(0);
        assertThat(card.macAddress()).isEqualTo(now);
        if (mtu) {
            assertThat(card.mtu()).isEqualTo(1000);
        }
        if (filters) {
            assertReceived("a frame to a group that is wanted", true, frames.to(GROUP, 80));
        }
        if (vlans) {
            assertReceived("a frame of a VLAN that is wanted", true, frames.tagged(now, 7, 80));
            assertReceived("a frame of another VLAN", false, frames.tagged(now, 8, 80));
        }
        assertFramesPass(2, 500);
    }

    @Test
    void framesThatWereUnderWayArriveAfterASwap() {
        attach();
        assumeHandsOver();
        card = bench.port().card().orElseThrow();
        rx = card.rxQueue(0);
        tx = card.txQueue(0);
        byte[] in = frames.to(card.macAddress(), 700);
        byte[] out = frames.to(Frames.PEER, 900);
        boolean chains = capabilities().has(NetFeature.MULTI_SEGMENT_TX);
        for (int i = 0; i < 10; i++) {
            putOnCable(in);
            send(chains ? chain(out, 256) : buffer(out));
            rx.unbind();
            tx.unbind();
            assertThat(bench.swap()).isTrue();
            card = bench.port().card().orElseThrow();
            rx = card.rxQueue(0);
            tx = card.txQueue(0);
            assertThat(receive(1)).usingFieldByFieldElementComparator().isEqualTo(List.of(in));
            assertThat(takeFromCable(1)).usingFieldByFieldElementComparator().isEqualTo(List.of(out));
        }
        awaitSent();
    }

    @Test
    void anOwnerThatWaitsAtAPortIsWokenThroughASwap() throws Exception {
        attach();
        boolean warm = bench.swap();
        RxQueue queue = bench.port().rxQueue(0);
        AtomicInteger waits = new AtomicInteger();
        AtomicReference<Object> got = new AtomicReference<>();
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            NetBuf[] one = new NetBuf[1];
            try {
                while (got.get() == null) {
                    waits.incrementAndGet();
                    if (queue.await(30 * SECOND) && queue.receive(one, 0, 1) == 1) {
                        got.set(one[0].toByteArray());
                        one[0].release();
                    }
                }
                queue.unbind();
            } catch (Throwable t) {
                got.set(t);
            }
        });
        Await.until("it waits", () -> waits.get() > 0);
        assertThat(bench.swap()).isEqualTo(warm);
        byte[] frame = frames.to(bench.port().card().orElseThrow().macAddress(), 90);
        putOnCable(frame);
        waiter.join(30_000);
        assertThat(got.get()).isEqualTo(frame);
    }
}
