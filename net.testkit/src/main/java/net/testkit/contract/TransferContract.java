package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.NetStatistics;
import net.api.driver.DeviceConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** Frames arrive whole, in order, unchanged, and are counted. */
abstract class TransferContract extends ContractBench {
    private static final int JUMBO_MTU = 9000;

    @Test
    void framesOfEveryLengthAreTransmittedUnchanged() {
        attach();
        for (int length : lengths()) {
            byte[] frame = frames.to(Frames.PEER, length);
            send(buffer(frame));
            assertThat(takeFromCable(1).getFirst()).as("length " + length).isEqualTo(frame);
        }
        assertConserved(0);
    }

    @Test
    void framesOfEveryLengthAreReceivedUnchanged() {
        attach();
        for (int length : lengths()) {
            byte[] frame = frames.to(card.macAddress(), length);
            putOnCable(frame);
            assertThat(receive(1).getFirst()).as("length " + length).isEqualTo(frame);
        }
        assertConserved(0);
    }

    private List<Integer> lengths() {
        List<Integer> lengths = new ArrayList<>(List.of(60, 61, 63, 64, 65, 127, 128, 129, 1499, 1500, 1512, 1513, 1514));
        for (int i = 0; i < 200; i++) {
            lengths.add(frames.length());
        }
        return lengths;
    }

    @Test
    void aFrameShorterThanEthernetWantsArrivesWithItsBytesInFront() {
        attach();
        for (int length = NetDriverOps.MIN_FRAME; length < 60; length++) {
            byte[] frame = Arrays.copyOf(frames.to(Frames.PEER, 60), length);
            send(buffer(frame));
            byte[] got = takeFromCable(1).getFirst();
            assertThat(got.length).isBetween(length, 60);
            assertThat(Arrays.copyOf(got, length)).isEqualTo(frame);
        }
    }

    @Test
    void burstsOfManyTimesTheRingArriveInOrder() throws Exception {
        attach();
        int count = 8 * rx.size();
        List<byte[]> sent = frames.manyTo(card.macAddress(), count);
        // A card drops what it has no buffer for: the far end sends a burst of half a ring when the one before has arrived.
        int burst = Math.min(rx.size() / 2, 512);
        List<byte[]> got = new ArrayList<>();
        for (int from = 0; from < count; from += burst) {
            List<byte[]> some = sent.subList(from, Math.min(count, from + burst));
            Thread peer = Thread.ofPlatform().daemon().name("far end").start(() -> some.forEach(this::putOnCable));
            got.addAll(receive(some.size()));
            peer.join(30_000);
        }
        for (int i = 0; i < count; i++) {
            assertThat(got.get(i)).as("frame " + i).isEqualTo(sent.get(i));
        }
        assertThat(card.statistics().imissed()).isZero();
        assertConserved(0);
    }

    @Test
    void aBatchIsAcceptedUpToItsEndAndLeavesInOrder() {
        attach();
        List<byte[]> sent = frames.manyTo(Frames.PEER, 3 * BATCH);
        NetBuf[] batch = new NetBuf[BATCH + 2];
        for (int from = 0; from < sent.size(); from += BATCH) {
            for (int i = 0; i < BATCH; i++) {
                batch[i + 1] = buffer(sent.get(from + i));
            }
            NetBuf before = buffer(sent.getFirst());
            NetBuf behind = buffer(sent.getFirst());
            batch[0] = before;
            batch[BATCH + 1] = behind;
            int done = 0;
            while (done < BATCH) {
                int n = tx.transmit(batch, 1 + done, BATCH - done);
                assertThat(n).isBetween(0, BATCH - done);
                done += n;
            }
            assertThat(Arrays.copyOfRange(batch, 1, BATCH + 1)).containsOnlyNulls();
            assertThat(batch[0]).isSameAs(before);
            assertThat(batch[BATCH + 1]).isSameAs(behind);
            before.release();
            behind.release();
        }
        List<byte[]> got = takeFromCable(sent.size());
        for (int i = 0; i < sent.size(); i++) {
            assertThat(got.get(i)).as("frame " + i).isEqualTo(sent.get(i));
        }
        assertThat(tx.transmit(batch, 0, 0)).isZero();
        assertThatThrownBy(() -> tx.transmit(batch, BATCH, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> tx.transmit(batch, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void receiveFillsOnlyTheRangeItIsGiven() {
        attach();
        for (byte[] frame : frames.manyTo(card.macAddress(), 8)) {
            putOnCable(frame);
        }
        NetBuf[] to = new NetBuf[8];
        NetBuf mine = buffer(new byte[60]);
        to[0] = mine;
        to[7] = mine;
        Await.until("a frame", rx::canReceive);
        assertThat(rx.receive(to, 3, 0)).isZero();
        int n = 0;
        while (n < 8) {
            int got = rx.receive(to, 2, 3);
            assertThat(got).isBetween(0, 3);
            n += got;
            for (int i = 2; i < 2 + got; i++) {
                assertThat(to[i].isOwned()).isTrue();
                to[i].release();
                to[i] = null;
            }
            assertThat(to).containsExactly(mine, null, null, null, null, null, null, mine);
        }
        assertThatThrownBy(() -> rx.receive(to, 6, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rx.receive(to, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        mine.release();
    }

    @Test
    void theSinglePacketOperationsSendAndReceive() {
        attach();
        assertThat(card.rxQueueSize()).isEqualTo(rx.size());
        assertThat(card.txQueueSize()).isEqualTo(tx.size());
        assertThat(card.receive()).isNull();
        assertThat(card.canReceive()).isFalse();
        assertThat(card.canTransmit()).isTrue();
        for (byte[] frame : frames.manyTo(Frames.PEER, 50)) {
            NetBuf buf = card.allocTxBuffer(frame.length);
            assertThat(buf.length()).isEqualTo(frame.length);
            buf.copyFrom(0, frame, 0, frame.length);
            assertThat(card.transmit(buf)).isTrue();
            assertThat(buf.isOwned()).isFalse();
            assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        }
        Await.until("everything sent is reclaimed", () -> card.recycleTxBuffers() == 0);
        for (byte[] frame : frames.manyTo(card.macAddress(), 50)) {
            putOnCable(frame);
            Await.until("a frame", card::canReceive);
            NetBuf buf = card.receive();
            assertThat(buf.toByteArray()).isEqualTo(frame);
            card.recycleRxBuffer(buf);
            assertThat(buf.isOwned()).isFalse();
        }
        assertFails(DevError.INVALID_PARAM, () -> card.allocTxBuffer(NetDriverOps.MIN_FRAME - 1));
        assertFails(DevError.INVALID_PARAM, () -> card.allocTxBuffer(Math.min(card.maxFrameLength(), pool.dataRoom()) + 1));
        assertConserved(0);
    }

    @Test
    void aReceivedBufferIsForwardedWithoutACopy() {
        attach();
        for (int i = 0; i < 300; i++) {
            byte[] frame = frames.to(card.macAddress(), frames.length());
            putOnCable(frame);
            NetBuf buf = receiveBuffers(1).getFirst();
            send(buf);
            assertThat(takeFromCable(1).getFirst()).as("frame " + i).isEqualTo(frame);
        }
        assertConserved(0);
    }

    @Test
    void aForwardedFrameMayGrowAndShrinkAtBothEnds() {
        attach();
        for (int i = 0; i < 300; i++) {
            byte[] frame = frames.to(card.macAddress(), random.nextInt(200, 1400));
            putOnCable(frame);
            NetBuf buf = receiveBuffers(1).getFirst();
            int cut = random.nextInt(0, 60);
            int grown = random.nextInt(0, Math.min(cut + buf.headroom(), 60) + 1);
            int tail = random.nextInt(0, 60);
            buf.trimFront(cut);
            buf.prepend(grown);
            buf.trim(tail);
            byte[] expected = buf.toByteArray();
            assertThat(expected.length).isEqualTo(frame.length - cut + grown - tail);
            send(buf);
            assertThat(takeFromCable(1).getFirst()).as("cut %d, grown %d, tail %d", cut, grown, tail).isEqualTo(expected);
        }
        assertConserved(0);
    }

    @Test
    void aChainIsTransmittedAsOneFrame() {
        attach();
        assumeFeature(NetFeature.MULTI_SEGMENT_TX);
        int segments = capabilities().maxSegments();
        assertThat(segments).isGreaterThan(1);
        for (int i = 0; i < 200; i++) {
            byte[] frame = frames.to(Frames.PEER, frames.length());
            send(chain(frame, random.nextInt((frame.length + segments - 1) / segments, frame.length)));
            assertThat(takeFromCable(1).getFirst()).as("frame " + i).isEqualTo(frame);
        }
        assertThat(takeFromCableAfterReclaim()).isZero();
        assertConserved(0);
    }

    private int takeFromCableAfterReclaim() {
        awaitSent();
        return tx.reclaim();
    }

    @Test
    void jumboFramesArriveAsChainsAndAreForwarded() {
        try {
            attach(new CardUnderTest.Wish(2048, 2048, JUMBO_MTU, 1), config(1, 256, JUMBO_MTU));
        } catch (DevException e) {
            attachAgain(DeviceConfig.DEFAULT);
            assertThat(capabilities().maxMtu()).as(e.toString()).isLessThan(JUMBO_MTU);
            abort("skipped: the card takes no MTU of " + JUMBO_MTU);
        }
        assumeFeature(NetFeature.SCATTERED_RX);
        assertThat(card.mtu()).isEqualTo(JUMBO_MTU);
        List<Integer> lengths = new ArrayList<>(List.of(60, 1514, pool.dataRoom() - 12, pool.dataRoom(), pool.dataRoom() + 1, 4096, JUMBO_MTU + 14));
        for (int i = 0; i < 100; i++) {
            lengths.add(random.nextInt(60, JUMBO_MTU + 15));
        }
        for (int length : lengths) {
            byte[] frame = frames.to(card.macAddress(), length);
            putOnCable(frame);
            NetBuf buf = receiveBuffers(1).getFirst();
            assertThat(buf.frameLength()).isEqualTo(length);
            assertThat(buf.toByteArray()).isEqualTo(frame);
            if (capabilities().has(NetFeature.MULTI_SEGMENT_TX)) {
                send(buf);
                assertThat(takeFromCable(1).getFirst()).as("length " + length).isEqualTo(frame);
            } else {
                buf.release();
            }
        }
        assertConserved(0);
    }

    @Test
    void statisticsAddUp() {
        attach();
        NetStatistics before = card.statistics();
        long in = 0;
        long out = 0;
        int count = 500;
        for (int i = 0; i < count; i++) {
            byte[] frame = frames.to(card.macAddress(), random.nextInt(100, 1480));
            putOnCable(frame);
            NetBuf buf = receiveBuffers(1).getFirst();
            in += frame.length;
            buf.trim(random.nextInt(0, 40));
            buf.prepend(random.nextInt(0, 20));
            out += buf.length();
            send(buf);
            takeFromCable(1);
        }
        awaitSent();
        NetStatistics after = card.statistics();
        assertThat(after.ipackets() - before.ipackets()).isEqualTo(count);
        assertThat(after.opackets() - before.opackets()).isEqualTo(count);
        assertThat(after.ibytes() - before.ibytes()).isEqualTo(in);
        assertThat(after.obytes() - before.obytes()).isEqualTo(out);
        assertThat(after.ierrors()).isZero();
        assertThat(after.oerrors()).isZero();
        assertThat(after.imissed()).isZero();
        assertThat(after.rxNoBuf()).isZero();
    }

    @Test
    void everyQueueReceivesAndTransmits() {
        attach(new CardUnderTest.Wish(4096, 2048, 0, 2), config(2, 64, 0));
        assumeTrue(capabilities().rxQueues() > 1 || capabilities().txQueues() > 1, "skipped: the card has one queue each way");
        for (int q = 0; q < capabilities().txQueues(); q++) {
            tx = card.txQueue(q);
            assertThat(tx.index()).isEqualTo(q);
            byte[] frame = frames.to(Frames.PEER, frames.length());
            send(buffer(frame));
            assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        }
        List<byte[]> sent = frames.manyTo(card.macAddress(), 200);
        List<byte[]> got = new ArrayList<>();
        NetBuf[] batch = new NetBuf[BATCH];
        // A card drops what it has no buffer for: what is under way fits in the ring of any one queue.
        int burst = rx.size() / 2;
        for (int from = 0; from < sent.size(); from += burst) {
            List<byte[]> some = sent.subList(from, Math.min(sent.size(), from + burst));
            some.forEach(this::putOnCable);
            int soFar = from + some.size();
            Await.until("frames up to " + soFar + " on all queues", () -> {
                for (int q = 0; q < capabilities().rxQueues(); q++) {
                    int n = card.rxQueue(q).receive(batch, 0, BATCH);
                    for (int i = 0; i < n; i++) {
                        got.add(batch[i].toByteArray());
                        batch[i].release();
                    }
                }
                return got.size() == soFar;
            }, () -> got.size() + " came, " + card.statistics());
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
        assertConserved(0);
    }

    @Test
    void aHundredThousandFramesEachWayArriveUnchangedAndEveryBufferIsAccountedFor() {
        int count = 100_000;
        int window = 96;
        attach(CardUnderTest.Wish.DEFAULT, DeviceConfig.DEFAULT);
        Queue<byte[]> inbound = new ArrayDeque<>();
        Queue<byte[]> outbound = new ArrayDeque<>();
        NetBuf[] in = new NetBuf[BATCH];
        NetBuf[] out = new NetBuf[BATCH];
        int put = 0;
        int received = 0;
        int sent = 0;
        int taken = 0;
        int waiting = 0;
        long progress = System.nanoTime();
        while (received < count || taken < count) {
            int done = put + received + sent + taken;
            for (int i = 0; i < BATCH && put < count && inbound.size() < window; i++, put++) {
                byte[] frame = frames.to(card.macAddress(), frames.length());
                putOnCable(frame);
                inbound.add(frame);
            }
            while (waiting < BATCH && sent + waiting < count && outbound.size() < window) {
                byte[] frame = frames.to(Frames.PEER, frames.length());
                out[waiting++] = buffer(frame);
                outbound.add(frame);
            }
            int accepted = tx.transmit(out, 0, waiting);
            System.arraycopy(out, accepted, out, 0, waiting - accepted);
            Arrays.fill(out, waiting - accepted, waiting, null);
            waiting -= accepted;
            sent += accepted;
            int n = rx.receive(in, 0, BATCH);
            for (int i = 0; i < n; i++, received++) {
                if (!Arrays.equals(in[i].toByteArray(), inbound.remove())) {
                    throw new AssertionError("received frame " + received + " is not the one that was sent");
                }
                in[i].release();
            }
            for (var frame = cable.receive(0); frame.isPresent(); frame = cable.receive(0), taken++) {
                if (!Arrays.equals(frame.get(), outbound.remove())) {
                    throw new AssertionError("frame " + taken + " on the cable is not the one that was transmitted");
                }
            }
            long now = System.nanoTime();
            if (put + received + sent + taken != done) {
                progress = now;
            } else if (now - progress > 30 * SECOND) {
                throw new AssertionError("stuck: %d put, %d received, %d sent, %d taken; %s; %s".formatted(put, received, sent, taken, card.statistics(),
                        pool.statistics()));
            }
        }
        awaitSent();
        assertThat(card.statistics().ipackets()).isEqualTo(count);
        assertThat(card.statistics().opackets()).isEqualTo(count);
        assertConserved(0);
    }
}
