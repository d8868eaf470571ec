package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.driver.DeviceConfig;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** Whose a buffer is, after every success and every refusal, and what happens when there are none. */
abstract class OwnershipContract extends TransferContract {
    /** A frame that is refused stays the caller's, stops the batch in front of it, and takes nothing along. */
    final void assertRefused(DevError error, NetBuf bad) {
        byte[] frame = frames.to(Frames.PEER, 100);
        NetBuf good = buffer(frame);
        NetBuf behind = buffer(frame);
        NetBuf[] batch = {good, bad, behind};
        boolean owned = bad != null && bad.isOwned();
        Await.until("the frame in front is accepted", () -> tx.transmit(batch, 0, 3) == 1);
        assertThat(batch).containsExactly(null, bad, behind);
        assertFails(error, () -> tx.transmit(batch, 1, 2));
        assertThat(batch).containsExactly(null, bad, behind);
        assertThat(behind.isOwned()).isTrue();
        if (bad != null) {
            assertThat(bad.isOwned()).isEqualTo(owned);
            assertFails(error, () -> card.transmit(bad));
            assertThat(bad.isOwned()).isEqualTo(owned);
        }
        assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        send(behind);
        assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        awaitSent();
        assertNothingOnCable();
    }

    @Test
    void aNullIsRefused() {
        attach();
        assertRefused(DevError.INVALID_PARAM, null);
        assertFails(DevError.INVALID_PARAM, () -> card.transmit(null));
    }

    @Test
    void aFrameThatIsTooLongIsRefused() {
        attach(new CardUnderTest.Wish(1024, 4096, 0, 1), DeviceConfig.DEFAULT);
        NetBuf buf = buffer(new byte[card.maxFrameLength() + 1]);
        assertRefused(DevError.INVALID_PARAM, buf);
        buf.trim(1);
        send(buf);
        assertThat(takeFromCable(1).getFirst()).hasSize(card.maxFrameLength());
    }

    @Test
    void aFrameThatIsTooShortIsRefused() {
        attach();
        NetBuf buf = buffer(new byte[NetDriverOps.MIN_FRAME - 1]);
        assertRefused(DevError.INVALID_PARAM, buf);
        buf.trim(buf.length());
        assertRefused(DevError.INVALID_PARAM, buf);
        buf.release();
    }

    @Test
    void aSharedFrameIsRefusedUntilItIsNotSharedAnyMore() {
        attach();
        byte[] frame = frames.to(Frames.PEER, 300);
        NetBuf buf = buffer(frame);
        buf.retain();
        assertRefused(DevError.RESOURCE_BUSY, buf);
        assertThat(buf.references()).isEqualTo(2);
        buf.release();
        send(buf);
        assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
    }

    @Test
    void aFrameThatWasReleasedIsRefused() {
        attach();
        NetBuf buf = buffer(new byte[100]);
        buf.release();
        NetBuf[] one = {buf};
        assertFails(DevError.BAD_STATE, () -> tx.transmit(one, 0, 1));
        assertThat(one[0]).isSameAs(buf);
        assertNothingOnCable();
        assertConserved(0);
    }

    @Test
    void aFrameThatWasTransmittedIsNobodysToTouch() {
        attach();
        NetBuf buf = buffer(frames.to(Frames.PEER, 200));
        NetBuf[] one = {buf};
        assertThat(tx.transmit(one, 0, 1)).isOne();
        one[0] = buf;
        assertFails(DevError.BAD_STATE, () -> tx.transmit(one, 0, 1));
        assertFails(DevError.BAD_STATE, () -> buf.getByte(0));
        assertFails(DevError.BAD_STATE, () -> buf.setLength(10));
        assertFails(DevError.BAD_STATE, buf::release);
        assertFails(DevError.BAD_STATE, buf::retain);
        takeFromCable(1);
        assertNothingOnCable();
        assertConserved(0);
    }

    @Test
    void aChainOfTooManySegmentsIsRefused() {
        attach();
        int segments = capabilities().maxSegments();
        assumeTrue(segments * NetDriverOps.MIN_FRAME + NetDriverOps.MIN_FRAME <= card.maxFrameLength(), () -> "skipped: " + segments
                + " segments fit in no frame");
        NetBuf buf = chain(frames.to(Frames.PEER, NetDriverOps.MIN_FRAME * (segments + 1)), NetDriverOps.MIN_FRAME);
        assertRefused(DevError.INVALID_PARAM, buf);
        assertThat(buf.frameLength()).isEqualTo(NetDriverOps.MIN_FRAME * (segments + 1));
        buf.release();
    }

    @Test
    void aChainWithASharedOrTooLongRestIsRefused() {
        attach();
        assumeFeature(NetFeature.MULTI_SEGMENT_TX);
        NetBuf shared = buffer(new byte[100]);
        shared.retain();
        NetBuf head = buffer(frames.to(Frames.PEER, 100));
        head.chain(shared);
        assertRefused(DevError.RESOURCE_BUSY, head);
        head.release();
        assertThat(shared.isOwned()).isTrue();
        shared.release();
        NetBuf tooLong = chain(frames.to(Frames.PEER, card.maxFrameLength() + 1), card.maxFrameLength() / 2 + 1);
        assertRefused(DevError.INVALID_PARAM, tooLong);
        tooLong.release();
    }

    @Test
    void aReceivedBufferIsReleasedOnce() {
        attach();
        putOnCable(frames.to(card.macAddress(), 100));
        putOnCable(frames.to(card.macAddress(), 100));
        List<NetBuf> got = receiveBuffers(2);
        NetBuf first = got.get(0);
        card.recycleRxBuffer(first);
        assertFails(DevError.BAD_STATE, () -> card.recycleRxBuffer(first));
        assertFails(DevError.BAD_STATE, first::release);
        NetBuf foreign = bench.otherPool().allocate();
        assertFails(DevError.INVALID_PARAM, () -> card.recycleRxBuffer(foreign));
        assertThat(foreign.isOwned()).isTrue();
        foreign.release();
        got.get(1).release();
        assertConserved(0);
    }

    @Test
    void aFullRingSaysAgainAndLosesNothing() {
        attach(CardUnderTest.Wish.DEFAULT, config(1, 64, 0));
        int count = 3 * tx.size();
        int refused = 0;
        for (int round = 0; round < 20; round++) {
            List<byte[]> sent = frames.manyTo(Frames.PEER, count);
            NetBuf[] batch = sent.stream().map(this::buffer).toArray(NetBuf[]::new);
            List<byte[]> taken = new ArrayList<>();
            int done = 0;
            while (done < count) {
                NetBuf[] before = batch.clone();
                int n = tx.transmit(batch, done, count - done);
                assertThat(n).isBetween(0, count - done);
                for (int i = done; i < done + n; i++) {
                    assertThat(batch[i]).isNull();
                }
                done += n;
                if (done < count) {
                    refused++;
                    assertThat(batch[done]).isSameAs(before[done]);
                    assertThat(batch[done].toByteArray()).isEqualTo(sent.get(done));
                    assertThat(batch[count - 1].isOwned()).isTrue();
                    cable.receive(0).ifPresent(taken::add);
                }
            }
            while (taken.size() < count) {
                taken.addAll(takeFromCable(1));
            }
            for (int i = 0; i < count; i++) {
                assertThat(taken.get(i)).as("frame " + i).isEqualTo(sent.get(i));
            }
        }
        awaitSent();
        assertConserved(0);
        boolean full = refused > 0;
        assumeTrue(full, "skipped: the device was so fast that its ring was never full");
    }

    @Test
    void anExhaustedPoolStopsReceivingWithoutAnExceptionAndComesBack() {
        attach(new CardUnderTest.Wish(512, 2048, 0, 1), config(1, 64, 0));
        List<NetBuf> held = new ArrayList<>();
        for (NetBuf b = pool.allocate(); b != null; b = pool.allocate()) {
            held.add(b);
        }
        assertThat(card.allocTxBuffer(100)).isNull();
        List<NetBuf> received = new ArrayList<>();
        NetBuf[] batch = new NetBuf[BATCH];
        // What the ring holds can still be filled, no more. Then the cable has frames that nobody takes, or the card drops them.
        int put = 0;
        long quiet = System.nanoTime();
        while (System.nanoTime() - quiet < SECOND / 4) {
            if (put - received.size() < 16 && cable.send(frames.to(card.macAddress(), 100), 0)) {
                put++;
            }
            int n = rx.receive(batch, 0, BATCH);
            received.addAll(Arrays.asList(batch).subList(0, n));
            quiet = n > 0 ? System.nanoTime() : quiet;
        }
        assertThat(received).isNotEmpty().hasSizeLessThan(pool.capacity());
        assertThat(rx.receive(batch, 0, BATCH)).isZero();
        assertThat(card.statistics().rxNoBuf()).isPositive();
        assertConserved(held.size() + received.size());
        held.forEach(NetBuf::release);
        received.forEach(NetBuf::release);
        // Frames that were on their way may still come, or were missed; then it must be as before.
        byte[] last = frames.to(card.macAddress(), 99);
        Await.until("a frame after recovery", () -> {
            if (cable.send(last, 0)) {
                for (int looks = 0; looks < 10_000; looks++) {
                    int n = rx.receive(batch, 0, BATCH);
                    boolean found = false;
                    for (int i = 0; i < n; i++) {
                        found |= Arrays.equals(batch[i].toByteArray(), last);
                        batch[i].release();
                    }
                    if (found) {
                        return true;
                    }
                }
            }
            return false;
        }, () -> card.statistics() + " " + pool.statistics());
        drain();
        assertFramesPass(100);
        assertConserved(0);
    }

    /** Takes what is still on its way, until a marker. */
    private void drain() {
        byte[] marker = frames.to(card.macAddress(), 61);
        putOnCable(marker);
        while (!Arrays.equals(receive(1).getFirst(), marker)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void buffersInFlightAreCountedWhileTrafficRuns() {
        attach();
        assertConserved(0);
        for (byte[] frame : frames.manyTo(card.macAddress(), 40)) {
            putOnCable(frame);
        }
        List<NetBuf> held = receiveBuffers(40);
        assertConserved(40);
        held.forEach(this::send);
        takeFromCable(40);
        awaitSent();
        assertConserved(0);
    }
}
