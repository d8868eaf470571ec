package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.api.NetBuf;
import net.api.RxInfo;
import net.api.driver.HandOver;
import net.api.driver.OwnedRxQueue;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The receive ring, descriptor by descriptor. What drivers for this MAC were seen to get wrong is named. */
class RxQueueTest {
    private static final int SIZE = 16;
    private static final long WHOLE = RxBd.SOF | RxBd.EOF;

    private final Rig rig = new Rig(64);

    @AfterEach
    void close() {
        rig.close();
    }

    private FxmacRxQueue plain() {
        return rig.rx(SIZE, Rig.ROOM, FrameLimits.PLAIN);
    }

    /** Small buffers, so that frames have several. */
    private FxmacRxQueue pieces() {
        return rig.rx(SIZE, 128, FrameLimits.PLAIN);
    }

    private long violations(FxmacRxQueue q) {
        long n = 0;
        for (Violation v : Violation.values()) {
            n += q.counters().get(FxmacRxQueue.VIOLATIONS + v.ordinal());
        }
        return n;
    }

    private int drain(FxmacRxQueue q) {
        NetBuf[] got = new NetBuf[SIZE];
        int n = q.receive(got, 0, SIZE);
        for (int i = 0; i < n; i++) {
            got[i].release();
        }
        return n;
    }

    @Test
    void aPostedDescriptorHasTheBuffersDeviceAddressAndTheLastOneWraps() {
        plain();
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < SIZE; i++) {
            long at = RxBd.at(0, i);
            long word = RxBd.word(rig.m, at);
            long iova = rig.ring[i].bufferIova() + rig.pool.headroom();
            assertThat(word).isEqualTo(iova & 0xffff_fffcL | (i == SIZE - 1 ? RxBd.WRAP : 0));
            assertThat(RxBd.iova(rig.m, at, word)).isEqualTo(iova);
            assertThat(iova >>> 32).isPositive();
            addresses.add(iova);
        }
        assertThat(addresses).hasSize(SIZE);
    }

    /** fxmac_rs copies frames, before it made the caches forget what they had of them. */
    @Test
    void aFrameIsTheBufferThatTheDeviceFilledAndAnotherOneIsPosted() {
        FxmacRxQueue q = plain();
        NetBuf posted = rig.ring[0];
        long iova = RxBd.iova(rig.m, 0, RxBd.word(rig.m, 0));
        rig.filled(0, WHOLE, 100);
        NetBuf got = q.receive();
        assertThat(got).isSameAs(posted);
        assertThat(got.packetIova()).isEqualTo(iova);
        assertThat(got.length()).isEqualTo(100);
        got.release();
    }

    /** fxmac_rs gives the pieces of a frame out as frames of their own, with lengths that are not theirs. */
    @Test
    void aFrameInSeveralBuffersIsOneFrameWithTheLengthThatItsLastDescriptorHas() {
        FxmacRxQueue q = pieces();
        rig.filled(0, RxBd.SOF, 0);
        rig.filled(1, 0, 0);
        assertThat(drain(q)).as("it has not ended").isZero();
        rig.filled(2, RxBd.EOF, 300);
        NetBuf got = q.receive();
        assertThat(got.frameLength()).isEqualTo(300);
        assertThat(List.of(got.length(), got.next().length(), got.next().next().length())).containsExactly(128, 128, 44);
        got.release();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    /** fxmac_rs takes frames until there are none. */
    @Test
    void aCallTakesNoMoreThanItWasAskedFor() {
        FxmacRxQueue q = plain();
        for (int i = 0; i < SIZE; i++) {
            rig.filled(i, WHOLE, 60 + i);
        }
        NetBuf[] got = new NetBuf[SIZE];
        assertThat(q.receive(got, 3, 5)).isEqualTo(5);
        assertThat(got[2]).isNull();
        assertThat(got[8]).isNull();
        assertThat(got[7].length()).isEqualTo(64);
        rig.pool.release(got, 3, 5);
    }

    /** axdriver's glue for fxmac says what it has buffered, not what the device has. */
    @Test
    void thatThereIsAFrameIsSeenInTheRing() {
        FxmacRxQueue q = plain();
        assertThat(q.canReceive()).isFalse();
        rig.filled(0, WHOLE, 60);
        assertThat(q.canReceive()).isTrue();
        drain(q);
        assertThat(q.canReceive()).isFalse();
    }

    /** ixgbe-driver panics when a frame is there and no buffer is. */
    @Test
    void anEmptyPoolIsCountedAndTheDeviceLooksAgainWhenThereAreBuffers() {
        FxmacRxQueue q = plain();
        List<NetBuf> taken = new ArrayList<>();
        for (NetBuf b = rig.pool.allocate(); b != null; b = rig.pool.allocate()) {
            taken.add(b);
        }
        NetBuf[] got = new NetBuf[SIZE];
        for (int i = 0; i < SIZE; i++) {
            rig.filled(i, WHOLE, 60);
        }
        int n = 0;
        for (int k = q.receive(got, 0, SIZE); k > 0; k = q.receive(got, n, SIZE - n)) {
            n += k;
        }
        assertThat(n).isEqualTo(SIZE);
        assertThat(q.counters().get(OwnedRxQueue.NO_BUF)).isPositive();
        assertThat(rig.window.written(Fxmac.NWCTRL)).as("nothing to look at yet").isEmpty();
        rig.pool.release(got, 0, n);
        taken.forEach(NetBuf::release);
        assertThat(drain(q)).isZero();
        assertThat(rig.inRing()).isEqualTo(SIZE);
        assertThat(rig.window.written(Fxmac.NWCTRL)).as("reception off, its memory flushed, and on").hasSize(2).first().satisfies(
                v -> assertThat(v & NetworkControl.FLUSH_RX).isNotZero());
        assertThat(q.counters().get(FxmacRxQueue.RESTARTS)).isOne();
    }

    /** Of a ring that was full the device waits in front of what is posted, unless it has looked there late enough. */
    @ParameterizedTest
    @CsvSource({"16, 0, 1", "16, 1, 0", "16, 4, 0", "15, 0, 0", "4, 0, 0"})
    void aDeviceThatWaitsIsToldToLookAgainAndOneThatDoesNotIsLeftAlone(int before, int after, int restarts) throws InterruptedException {
        FxmacRxQueue q = plain();
        for (int i = 0; i < before; i++) {
            rig.filled(i, WHOLE, 60);
        }
        NetBuf[] got = new NetBuf[SIZE];
        assertThat(q.receive(got, 0, 4)).isEqualTo(4);
        assertThat(rig.inRing()).as("posted again").isEqualTo(SIZE);
        for (int i = 0; i < after; i++) {
            rig.filled(i, WHOLE, 60);
        }
        assertThat(q.await(0)).isEqualTo(before > 4);
        assertThat(q.counters().get(FxmacRxQueue.RESTARTS)).isEqualTo(restarts);
        assertThat(rig.window.written(Fxmac.NWCTRL)).hasSize(2 * restarts);
        q.await(0);
        assertThat(q.counters().get(FxmacRxQueue.RESTARTS)).as("once").isEqualTo(restarts);
        rig.pool.release(got, 0, 4);
    }

    @Test
    void aDeviceThatWaitsIsToldBeforeAnotherDriverTakesOver() {
        FxmacRxQueue q = plain();
        for (int i = 0; i < SIZE; i++) {
            rig.filled(i, WHOLE, 60);
        }
        NetBuf[] got = new NetBuf[SIZE];
        assertThat(q.receive(got, 0, 4)).isEqualTo(4);
        q.save(HandOver.write("test", 1));
        assertThat(rig.window.written(Fxmac.NWCTRL)).hasSize(2);
        rig.pool.release(got, 0, 4);
    }

    /** One by one is a way of its own through the queue. */
    @Test
    void framesThatAreTakenOneByOneAreThoseThatCame() {
        FxmacRxQueue q = rig.rx(SIZE, Rig.ROOM, FrameLimits.PLAIN, true);
        for (int n = 0; n < 5 * SIZE; n++) {
            int place = n % SIZE;
            assertThat(q.receive()).as("before it came").isNull();
            NetBuf posted = rig.ring[place];
            rig.filled(place, WHOLE | (long) (n % 4) << 54, 60 + n);
            NetBuf got = q.receive();
            assertThat(got).isSameAs(posted);
            assertThat(got.length()).isEqualTo(60 + n);
            assertThat(got.offset()).isEqualTo(rig.pool.headroom());
            assertThat(RxInfo.ip(got.rxInfo())).isEqualTo(n % 4 == 0 ? RxInfo.Checksum.UNKNOWN : RxInfo.Checksum.GOOD);
            assertThat(RxInfo.l4(got.rxInfo())).isEqualTo(n % 4 < 2 ? RxInfo.Checksum.UNKNOWN : RxInfo.Checksum.GOOD);
            got.release();
        }
        assertThat(q.counters().get(OwnedRxQueue.PACKETS)).isEqualTo(5 * SIZE);
        rig.filled(0, WHOLE, 13);
        assertThat(q.receive()).as("of a length that none can have").isNull();
        assertThat(violations(q)).isOne();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    @Test
    void descriptorsOfAllOnesAreViolationsAndTheirBuffersAreKept() {
        FxmacRxQueue q = plain();
        rig.m.asSlice(0, (long) SIZE * RxBd.SIZE).fill((byte) -1);
        for (int i = 0; i < SIZE; i++) {
            drain(q);
        }
        assertThat(violations(q)).isPositive();
        assertThat(q.counters().get(OwnedRxQueue.PACKETS)).isZero();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    @ParameterizedTest
    @CsvSource({"0, 60", "1, 60", "2, 60", "3, 13", "3, 0", "3, 2049", "3, 8191"})
    void aDescriptorThatNoFrameLooksLikeIsAViolation(int marks, int length) {
        FxmacRxQueue q = plain();
        rig.filled(0, (marks & 1) * RxBd.SOF | (marks >>> 1) * RxBd.EOF, length);
        assertThat(drain(q)).isZero();
        assertThat(violations(q)).isOne();
        rig.filled(1, WHOLE, 60);
        assertThat(drain(q)).as("the next frame").isOne();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    @Test
    void aDeviceThatBreaksTheRulesTooOftenIsReportedOnce() {
        FxmacRxQueue q = plain();
        for (int i = 0; i < 40; i++) {
            rig.filled(i % SIZE, WHOLE, 5);
            drain(q);
        }
        assertThat(rig.reports).hasSize(1).first().asString().startsWith("BROKEN").contains("more than 16 violations");
    }

    /** fxmac_rs has no receive buffers any more after an error. */
    @Test
    void aRingThatIsSetUpAgainHasItsGeometryAndItsBuffers() {
        FxmacRxQueue q = plain();
        for (int i = 0; i < 5; i++) {
            rig.filled(i, WHOLE, 60);
        }
        assertThat(drain(q)).isEqualTo(5);
        rig.filled(5, WHOLE, 60);
        int held = rig.inRing();
        q.pause();
        assertThat(q.awaitOutside(0)).isTrue();
        assertThat(drain(q)).as("while it is set up").isZero();
        q.restart();
        q.resume();
        assertThat(rig.inRing()).isEqualTo(held);
        for (int i = 0; i < SIZE; i++) {
            long word = RxBd.word(rig.m, RxBd.at(0, i));
            assertThat(word & RxBd.USED).isEqualTo(i < held ? 0 : RxBd.USED);
            assertThat(word & RxBd.WRAP).isEqualTo(i == SIZE - 1 ? RxBd.WRAP : 0);
            assertThat(rig.ring[i] != null).isEqualTo(i < held);
        }
        rig.filled(0, WHOLE, 60);
        assertThat(drain(q)).isOne();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }
}
