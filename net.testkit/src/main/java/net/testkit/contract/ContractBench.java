package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.PoolStatistics;
import net.api.RxQueue;
import net.api.TxQueue;
import net.api.driver.DeviceConfig;
import net.testkit.Await;
import net.testkit.CableEnd;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/** The bench that the parts of {@link DriverContract} work on: a card for each test, and afterwards the proof that every buffer is back. */
abstract class ContractBench {
    /** Repeats a run: {@code -Dhotnic.seed=N}. */
    private static final long SEED = Long.getLong("hotnic.seed", System.nanoTime());
    static final int BATCH = 32;
    static final long SECOND = 1_000_000_000L;

    static {
        System.out.println("driver contract: random seed " + SEED + " (to repeat it: -Dhotnic.seed=" + SEED + ")");
    }

    Random random;
    Frames frames;
    CardUnderTest bench;
    NetDriverOps card;
    RxQueue rx;
    TxQueue tx;
    NetBufPool pool;
    CableEnd cable;

    /**
     * Makes a card, not attached. A test calls it once, and {@link CardUnderTest#close} at its end.
     *
     * @throws org.opentest4j.TestAbortedException with the reason, if there can be no such card here
     */
    protected abstract CardUnderTest open(CardUnderTest.Wish wish);

    @BeforeEach
    void seed(TestInfo test) {
        random = new Random(SEED ^ test.getDisplayName().hashCode());
        frames = new Frames(random);
    }

    @AfterEach
    void everyBufferIsBack() {
        if (bench == null) {
            return;
        }
        try {
            bench.detach();
            Await.until("free + cached = capacity", () -> free() == pool.capacity(), () -> pool.statistics().toString());
            Await.until("every shell is back", () -> pool.shells().statistics().inUse() == 0, () -> pool.shells().statistics().toString());
            Await.until("every buffer of the other pool is back", () -> bench.otherPool().statistics().inUse() == 0,
                    () -> bench.otherPool().statistics().toString());
            assertThat(bench.status().buffersInFlight()).isZero();
        } finally {
            bench.close();
        }
    }

    // ---- setting up ----

    final void attach() {
        attach(CardUnderTest.Wish.DEFAULT, DeviceConfig.DEFAULT);
    }

    final void attach(CardUnderTest.Wish wish, DeviceConfig config) {
        bench = open(wish);
        pool = bench.pool();
        cable = bench.cable();
        attachAgain(config);
    }

    final void attachAgain(DeviceConfig config) {
        card = bench.attach(config);
        rx = card.rxQueue(0);
        tx = card.txQueue(0);
    }

    final void assumeFeature(NetFeature feature) {
        assumeTrue(card.capabilities().has(feature), () -> "skipped: the card has no " + feature);
    }

    final void assumeFault(CardUnderTest.Fault fault) {
        assumeTrue(bench.faults().contains(fault), () -> "skipped: this device cannot have the fault " + fault);
    }

    static DeviceConfig config(int queues, int ring, int mtu) {
        return new DeviceConfig(queues, queues, ring, ring, mtu, Optional.empty(), false, false, true, 16);
    }

    // ---- buffers ----

    final int free() {
        PoolStatistics s = pool.statistics();
        return s.free() + s.cached();
    }

    /** Free + cached + in flight + held by the test = capacity, as soon as threads that are at it have finished. */
    final void assertConserved(int held) {
        Await.until("free + cached + in flight + " + held + " held = capacity " + pool.capacity(),
                () -> free() + bench.status().buffersInFlight() + held == pool.capacity(),
                () -> pool.statistics() + ", " + bench.status().buffersInFlight() + " in flight");
    }

    /** Everything sent has left the card, and its buffers are back. */
    final void awaitSent() {
        Await.until("nothing is with the card", () -> tx.reclaim() == 0, () -> card.statistics().toString());
    }

    final NetBuf buffer(byte[] frame) {
        NetBuf buf = pool.allocate();
        assertThat(buf).as("a buffer of %s", pool.statistics()).isNotNull();
        buf.setLength(frame.length);
        buf.copyFrom(0, frame, 0, frame.length);
        return buf;
    }

    /** A frame in as many buffers as are needed for pieces of that size. */
    final NetBuf chain(byte[] frame, int piece) {
        NetBuf head = null;
        for (int at = 0; at < frame.length; at += piece) {
            NetBuf part = buffer(Arrays.copyOfRange(frame, at, Math.min(frame.length, at + piece)));
            if (head == null) {
                head = part;
            } else {
                head.chain(part);
            }
        }
        return head;
    }

    // ---- traffic, by the calling thread ----

    /** Transmits a frame, waiting for room. */
    final void send(NetBuf buf) {
        NetBuf[] one = {buf};
        Await.until("room to transmit", () -> tx.transmit(one, 0, 1) == 1, () -> card.statistics().toString());
        assertThat(one[0]).as("what was accepted is nulled").isNull();
    }

    /** Takes the next frames off the far end. */
    final List<byte[]> takeFromCable(int count) {
        List<byte[]> got = new ArrayList<>();
        while (got.size() < count) {
            int n = got.size();
            tx.reclaim();
            got.add(cable.receive(30 * SECOND).orElseThrow(() -> new AssertionError("only " + n + " of " + count + " frames came out of the card: "
                    + card.statistics())));
        }
        return got;
    }

    final void assertNothingOnCable() {
        assertThat(cable.receive(0)).isEmpty();
    }

    final void putOnCable(byte[] frame) {
        assertThat(cable.send(frame, 30 * SECOND)).as("the cable takes a frame").isTrue();
    }

    /** Receives frames, whole, and releases them. */
    final List<byte[]> receive(int count) {
        List<byte[]> got = new ArrayList<>();
        for (NetBuf buf : receiveBuffers(count)) {
            got.add(buf.toByteArray());
            buf.release();
        }
        return got;
    }

    /** Receives frames and keeps them. */
    final List<NetBuf> receiveBuffers(int count) {
        List<NetBuf> got = new ArrayList<>();
        NetBuf[] batch = new NetBuf[BATCH];
        Await.until(count + " frames", () -> {
            int n = rx.receive(batch, 0, Math.min(BATCH, count - got.size()));
            got.addAll(Arrays.asList(batch).subList(0, n));
            return got.size() == count;
        }, () -> got.size() + " came, " + card.statistics() + ", " + pool.statistics());
        return got;
    }

    /** Sends frames through the card and back through the cable, so that it is seen to work. */
    final void assertFramesPass(int count) {
        assertFramesPass(count, Frames.LONGEST);
    }

    /** As {@link #assertFramesPass(int)}, with frames of at most so many bytes. */
    final void assertFramesPass(int count, int longest) {
        for (byte[] frame : frames.manyTo(card.macAddress(), count, longest)) {
            putOnCable(frame);
            assertThat(receive(1).getFirst()).isEqualTo(frame);
        }
        for (byte[] frame : frames.manyTo(Frames.PEER, count, longest)) {
            send(buffer(frame));
            assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        }
    }

    /** The frame reaches the application, or, as the next one shows, it does not. */
    final void assertReceived(String what, boolean expected, byte[] frame) {
        byte[] marker = frames.to(card.macAddress(), 77);
        putOnCable(frame);
        putOnCable(marker);
        byte[] first = receive(1).getFirst();
        if (!expected) {
            assertThat(first).as("the frame after one that is to be filtered: " + what).isEqualTo(marker);
            return;
        }
        assertThat(first).as(what).isEqualTo(frame);
        assertThat(receive(1).getFirst()).isEqualTo(marker);
    }

    // ---- errors ----

    static void assertFails(DevError error, ThrowingCallable call) {
        Assertions.assertThatThrownBy(call).isInstanceOfSatisfying(DevException.class, e -> {
            assertThat(e.error()).as(e.toString()).isEqualTo(error);
            assertThat(e.getMessage()).isNotBlank();
        });
    }

    final NetCapabilities capabilities() {
        return card.capabilities();
    }
}
