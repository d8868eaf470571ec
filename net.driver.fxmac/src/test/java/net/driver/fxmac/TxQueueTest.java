package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.TxOffload;
import net.api.driver.OwnedTxQueue;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.TxBd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The transmit ring, descriptor by descriptor. What drivers for this MAC were seen to get wrong is named. */
class TxQueueTest {
    private static final int SIZE = 128;

    private final Rig rig = new Rig(512);

    @AfterEach
    void close() {
        rig.close();
    }

    private long word(int i) {
        return TxBd.word(rig.m, TxBd.at(0, i));
    }

    @Test
    void anEmptyRingIsUsedThroughoutAndWrapsAtItsEnd() {
        rig.tx(SIZE);
        assertThatAllIsUsed();
    }

    /** Rings and buffers were once given to the device by the address that the program has of them. */
    @Test
    void aDescriptorHasTheBuffersDeviceAddressAndTheFramesLength() {
        FxmacTxQueue q = rig.tx(16);
        NetBuf b = rig.buffer(77);
        long iova = b.packetIova();
        assertThat(iova >>> 32).as("an address that needs 64 bits, so that both halves are seen").isPositive();
        assertThat(q.transmit(b)).isTrue();
        assertThat(word(0)).isEqualTo(iova & 0xffff_ffffL | 77L << 32 | TxBd.LAST);
        assertThat(TxBd.iova(rig.m, 0, word(0))).isEqualTo(iova);
    }

    @Test
    void aFrameOfSeveralDescriptorsEndsInItsLastAndBeginsTheRingAnewInItsMiddle() {
        FxmacTxQueue q = rig.tx(16);
        assertThat(rig.send(q, 14)).isEqualTo(14);
        for (int i = 0; i < 14; i++) {
            rig.sent(i, 0);
        }
        assertThat(q.reclaim()).isZero();
        NetBuf head = rig.buffer(30);
        head.chain(rig.buffer(40));
        head.chain(rig.buffer(50));
        assertThat(q.transmit(head)).isTrue();
        assertThat(TxBd.length(word(14))).isEqualTo(30);
        assertThat(word(14) & (TxBd.USED | TxBd.LAST | TxBd.WRAP)).isZero();
        assertThat(TxBd.length(word(15))).isEqualTo(40);
        assertThat(word(15) & (TxBd.USED | TxBd.LAST | TxBd.WRAP)).isEqualTo(TxBd.WRAP);
        assertThat(TxBd.length(word(0))).isEqualTo(50);
        assertThat(word(0) & (TxBd.USED | TxBd.LAST | TxBd.WRAP)).isEqualTo(TxBd.LAST);
        // The device marks the first alone.
        rig.sent(14, 0);
        assertThat(q.reclaim()).isZero();
        assertThat(word(15)).as("what follows is used").isEqualTo(TxBd.USED | TxBd.WRAP);
        assertThat(word(0)).isEqualTo(TxBd.USED);
        assertThat(q.counters().get(OwnedTxQueue.BYTES)).isEqualTo(14 * 60 + 120);
    }

    /** A Zynq's GEM adds what stands in the field: Linux's macb driver, macb_clear_csum. The field may lie in two buffers. */
    @ParameterizedTest
    @CsvSource({"UDP, 100, 40", "UDP, 41, 40", "UDP, 40, 40", "TCP, 100, 50", "TCP, 51, 50", "TCP, 20, 50"})
    void theFieldOfAChecksumThatTheDeviceFillsInIsZeroAndNothingElseIs(TxOffload.L4 l4, int split, int field) {
        FxmacTxQueue q = rig.tx(16, true);
        NetBuf[] parts = new NetBuf[split == 100 ? 1 : 2];
        Arrays.setAll(parts, i -> rig.buffer(parts.length == 1 ? 100 : i == 0 ? split : 100 - split));
        for (NetBuf b : parts) {
            for (int i = 0; i < b.length(); i++) {
                b.setByte(i, 0x5a);
            }
        }
        if (parts.length == 2) {
            parts[0].chain(parts[1]);
        }
        parts[0].setOffload(TxOffload.checksums(l4));
        long[] at = new long[parts.length];
        assertThat(q.transmit(parts[0])).isTrue();
        Arrays.setAll(at, i -> TxBd.iova(rig.m, TxBd.at(0, i), word(i)));
        rig.sent(0, 0);
        assertThat(q.reclaim()).isZero();
        // All buffers, so that those two are among them: their bytes are as they were sent.
        List<NetBuf> all = Stream.generate(rig.pool::allocate).takeWhile(Objects::nonNull).toList();
        int from = 0;
        for (long iova : at) {
            NetBuf b = all.stream().filter(x -> x.packetIova() == iova).findFirst().orElseThrow();
            int length = parts.length == 1 ? 100 : from == 0 ? split : 100 - split;
            b.setLength(length);
            for (int i = 0; i < length; i++) {
                assertThat(b.getByte(i)).as("byte %d of the frame", from + i).isEqualTo((byte) (from + i == field || from + i == field + 1 ? 0 : 0x5a));
            }
            from += length;
        }
        all.forEach(NetBuf::release);
    }

    /** fxmac_rs skips what is not done and counts on, around the ring: of 124 under way and none done it took 120 back, and with a full ring it never ended. */
    @ParameterizedTest
    @CsvSource({"124, 0, 124", "124, 10, 114", "128, 0, 128", "128, 128, 0", "128, 127, 1", "0, 0, 0"})
    void reclaimStopsAtTheFirstFrameThatIsNotDone(int underWay, int done, int held) {
        FxmacTxQueue q = rig.tx(SIZE);
        assertThat(rig.send(q, underWay)).isEqualTo(underWay);
        for (int i = 0; i < done; i++) {
            rig.sent(i, 0);
        }
        assertThat(q.reclaim()).isEqualTo(held);
        assertThat(rig.inRing()).isEqualTo(held);
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isEqualTo(done);
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    @Test
    void aFrameThatIsDoneBehindOneThatIsNotWaits() {
        FxmacTxQueue q = rig.tx(SIZE);
        rig.send(q, 3);
        rig.sent(1, 0);
        rig.sent(2, 0);
        assertThat(q.reclaim()).isEqualTo(3);
        rig.sent(0, 0);
        assertThat(q.reclaim()).isZero();
    }

    /** With less than half of the ring free, of a quarter the last descriptor is looked at: TRM 16.3.6, the device stops at a frame that it could not send. */
    @Test
    void aGroupOfFramesIsTakenBackWhenItsLastOneWasSent() {
        FxmacTxQueue q = rig.tx(SIZE);
        assertThat(rig.send(q, 100)).isEqualTo(100);
        sent(0, 31);
        assertThat(rig.send(q, 2)).isEqualTo(2);
        assertThat(rig.inRing()).as("there is room, and the group is under way").isEqualTo(102);
        sent(31, 32);
        assertThat(rig.send(q, 2)).isEqualTo(2);
        assertThat(rig.inRing()).as("room again").isEqualTo(104 - 32);
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isEqualTo(32);
        assertThat(q.counters().get(OwnedTxQueue.BYTES)).isEqualTo(32 * 60);
        sent(32, 104);
        assertThat(q.reclaim()).isZero();
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isEqualTo(104);
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    @Test
    void aGroupThatEndsWithAnErrorIsTakenBackFrameByFrame() {
        FxmacTxQueue q = rig.tx(SIZE);
        assertThat(rig.send(q, 100)).isEqualTo(100);
        sent(0, 31);
        rig.sent(31, TxBd.LATE_COLLISION);
        assertThat(rig.send(q, 2)).isEqualTo(2);
        assertThat(rig.inRing()).isEqualTo(102 - 32);
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isEqualTo(31);
        assertThat(q.counters().get(OwnedTxQueue.ERRORS)).isOne();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    /** Where less is left than the batch needs, whatever is done is taken back. */
    @Test
    void aBatchThatHasNoRoomTakesBackWhatIsDone() {
        FxmacTxQueue q = rig.tx(SIZE);
        assertThat(rig.send(q, SIZE)).isEqualTo(SIZE);
        sent(0, 5);
        assertThat(rig.send(q, 8)).isEqualTo(5);
        assertThat(rig.inRing()).isEqualTo(SIZE);
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    /** One by one is a way of its own through the queue. */
    @Test
    void framesThatAreGivenOneByOneAreAsThoseOfABatch() {
        FxmacTxQueue q = rig.tx(SIZE);
        for (int i = 0; i < SIZE; i++) {
            NetBuf b = rig.buffer(60 + i);
            long iova = b.packetIova();
            assertThat(q.transmit(b)).isTrue();
            assertThat(b.isOwned()).isFalse();
            assertThat(rig.ring[i]).isSameAs(b);
            assertThat(word(i)).isEqualTo(iova & 0xffff_ffffL | 60L + i << 32 | TxBd.LAST | (i == SIZE - 1 ? TxBd.WRAP : 0));
            assertThat(TxBd.iova(rig.m, TxBd.at(0, i), word(i))).isEqualTo(iova);
        }
        NetBuf more = rig.buffer(60);
        assertThat(q.transmit(more)).as("the ring is full").isFalse();
        assertThat(more.isOwned()).isTrue();
        sent(0, SIZE);
        assertThat(q.transmit(more)).isTrue();
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isPositive();
        assertThat(word(0) & TxBd.USED).isZero();
        rig.sent(0, 0);
        assertThat(q.reclaim()).isZero();
        assertThat(q.counters().get(OwnedTxQueue.BYTES)).isEqualTo(60L * (SIZE + 1) + SIZE * (SIZE - 1) / 2);
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    private void sent(int from, int to) {
        for (int i = from; i < to; i++) {
            rig.sent(i, 0);
        }
    }

    /** axdriver's glue for fxmac says that it can always transmit. */
    @Test
    void aFullRingSaysSoAndTakesNothing() {
        FxmacTxQueue q = rig.tx(16);
        assertThat(rig.send(q, 20)).isEqualTo(16);
        assertThat(q.canTransmit()).isFalse();
        assertThat(rig.send(q, 1)).isZero();
        rig.sent(0, 0);
        assertThat(q.canTransmit()).isTrue();
        assertThat(rig.send(q, 2)).isOne();
    }

    /** fxmac_rs panics at a frame that is longer than its buffers. */
    @Test
    void aFrameThatIsTooLongIsRefusedInWordsAndStaysTheCallers() {
        FxmacTxQueue q = rig.tx(16);
        NetBuf b = rig.buffer(1519);
        assertThatThrownBy(() -> q.transmit(b)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM))
                .hasMessageContaining("1519");
        assertThat(b.isOwned()).isTrue();
        b.release();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
    }

    /** axdriver's glue for fxmac frees buffers with another layout than they were made with: each frame leaks one. */
    @Test
    void aHundredThousandFramesLeaveNoBufferBehind() {
        FxmacTxQueue q = rig.tx(SIZE);
        int at = 0;
        for (int n = 0; n < 100_000; n += 50) {
            assertThat(rig.send(q, 50)).isEqualTo(50);
            for (int i = 0; i < 50; i++) {
                rig.sent(at++ % SIZE, 0);
            }
            assertThat(q.reclaim()).isZero();
        }
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isEqualTo(100_000);
    }

    @Test
    void aDescriptorOfAllOnesIsAFrameThatWasNotSentAndNothingWorse() {
        FxmacTxQueue q = rig.tx(16);
        rig.send(q, 16);
        rig.m.asSlice(0, 16L * TxBd.SIZE).fill((byte) -1);
        assertThat(q.reclaim()).isZero();
        assertThat(q.counters().get(OwnedTxQueue.ERRORS)).isEqualTo(16);
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isZero();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
        assertThat(rig.send(q, 16)).as("it is used again").isEqualTo(16);
    }

    /** fxmac_rs sets a ring of 8192 descriptors up in memory for 128 after an error, and forgets its buffers. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70, SIZE})
    void aRingThatIsSetUpAgainHasItsGeometryAndItsBuffersAreBack(int underWay) {
        FxmacTxQueue q = rig.tx(SIZE);
        rig.m.asSlice((long) SIZE * TxBd.SIZE).fill((byte) 0x5a);
        rig.send(q, underWay);
        for (int i = 0; i < underWay / 2; i++) {
            rig.sent(i, i % 2 == 0 ? 0 : TxBd.UNDERRUN);
        }
        q.pause();
        assertThat(q.awaitOutside(0)).isTrue();
        assertThat(rig.send(q, 1)).as("while it is set up").isZero();
        q.restart();
        q.resume();
        assertThatAllIsUsed();
        for (long at = (long) SIZE * TxBd.SIZE; at < rig.m.byteSize(); at++) {
            assertThat(rig.m.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at)).as("memory behind the ring").isEqualTo((byte) 0x5a);
        }
        assertThat(rig.inRing()).isZero();
        assertThat(rig.accounted()).isEqualTo(rig.pool.capacity());
        long good = (underWay / 2 + 1) / 2;
        assertThat(q.counters().get(OwnedTxQueue.PACKETS)).isEqualTo(good);
        assertThat(q.counters().get(OwnedTxQueue.ERRORS)).isEqualTo(underWay - good);
        assertThat(rig.send(q, SIZE)).isEqualTo(SIZE);
    }

    private void assertThatAllIsUsed() {
        for (int i = 0; i < SIZE; i++) {
            assertThat(word(i)).isEqualTo(TxBd.USED | (i == SIZE - 1 ? TxBd.WRAP : 0));
        }
    }

    /** fxmac_rs reads NWCTRL, changes it and writes it back, while its interrupt handler does the same. */
    @Test
    void aStartWritesWhatTheRegisterHoldsAndDoesNotReadIt() {
        FxmacTxQueue q = rig.tx(16);
        int running = NetworkControl.TX | NetworkControl.RX | NetworkControl.MDIO;
        rig.mac.control(running);
        int reads = rig.window.reads;
        rig.send(q, 5);
        assertThat(rig.window.written(Fxmac.NWCTRL)).endsWith(running, running | NetworkControl.START_TX);
        assertThat(rig.window.reads).isEqualTo(reads);
    }
}
