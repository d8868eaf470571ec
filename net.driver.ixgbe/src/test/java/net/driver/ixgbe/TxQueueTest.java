package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.TxOffload;
import net.api.TxOffload.Ip;
import net.api.TxOffload.L4;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.TxContext;
import net.hw.ixgbe.TxDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxQueueTest {
    private QueueRig rig = new QueueRig(64, 512);

    @AfterEach
    void nothingIsLost() {
        rig.close();
    }

    private void rig(int size, int buffers) {
        rig.close();
        rig = new QueueRig(size, buffers);
    }

    private long packets() {
        return rig.tx.counters().get(IxgbeTxQueue.PACKETS);
    }

    private long bytes() {
        return rig.tx.counters().get(IxgbeTxQueue.BYTES);
    }

    @Test
    void aFrameIsOneDescriptorWithTheWholeTruth() {
        NetBuf b = rig.buffer(77);
        b.prepend(3);
        long address = b.packetIova();
        assertThat(rig.tx.transmit(new NetBuf[] {b}, 0, 1)).isEqualTo(1);
        assertThat(rig.txAddress(0)).isEqualTo(address);
        long word = rig.txWord1(0);
        assertThat(word).isEqualTo(TxDescriptor.word1(80, 80, TxDescriptor.EOP | TxDescriptor.IFCS | TxDescriptor.RS));
        assertThat(rig.registers.takeWrites(Reg.TDT, 0)).containsExactly(1);
        assertThat(b.isOwned()).isFalse();
        assertThat(packets()).as("it was not sent yet").isZero();
        rig.transmit(1);
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).isEqualTo(1);
        assertThat(bytes()).isEqualTo(80);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 512, 1024, 2048, 4096})
    void everyRingIsReclaimedWhateverTheBatchesAre(int size) {
        rig(size, 3 * size);
        Random random = new Random(size);
        long sent = 0;
        long sentBytes = 0;
        while (sent < 6L * size) {
            int count = random.nextInt(1, random.nextBoolean() ? 4 : 300);
            NetBuf[] batch = new NetBuf[count];
            int length = random.nextInt(14, 1519);
            count = rig.pool.allocate(batch, 0, count);
            for (int i = 0; i < count; i++) {
                batch[i].setLength(length);
            }
            int n = rig.tx.transmit(batch, 0, count);
            sent += n;
            sentBytes += (long) n * length;
            assertThat(Arrays.asList(batch).subList(0, n)).allMatch(Objects::isNull);
            rig.pool.release(batch, n, count - n);
            rig.transmit(n == 0 ? rig.txWaiting() : random.nextInt(rig.txWaiting() + 1));
        }
        // Idle: what was given last is reclaimed too.
        rig.transmit(rig.txWaiting());
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).isEqualTo(sent);
        assertThat(bytes()).isEqualTo(sentBytes);
        rig.assertConserved(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 63})
    void anIdleQueueIsReclaimedToTheEnd(int count) {
        assertThat(rig.tx.transmit(rig.buffers(count, 60), 0, count)).isEqualTo(count);
        assertThat(rig.tx.reclaim()).isEqualTo(count);
        rig.transmit(count - 1);
        rig.tx.reclaim();
        assertThat(rig.tx.reclaim()).as("the last one is not done").isPositive();
        rig.transmit(1);
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).isEqualTo(count);
    }

    @Test
    void reclaimTakesBackAllThatIsDoneAndNoMore() {
        rig(256, 1024);
        for (int i = 0; i < 40; i++) {
            assertThat(rig.tx.transmit(rig.buffers(3, 60), 0, 3)).isEqualTo(3);
        }
        for (int done = 1; done <= 40; done++) {
            rig.transmit(2);
            assertThat(rig.tx.reclaim()).as("batch %d is not reported", done).isEqualTo(3 * (40 - done + 1));
            rig.transmit(1);
            assertThat(rig.tx.reclaim()).as("batch %d is done", done).isEqualTo(3 * (40 - done));
            assertThat(packets()).isEqualTo(3 * done);
        }
    }

    @Test
    void aFullRingTakesAllButOneDescriptorAndSaysAgain() {
        NetBuf[] batch = rig.buffers(100, 60);
        assertThat(rig.tx.transmit(batch, 0, 100)).isEqualTo(63);
        assertThat(rig.tx.canTransmit()).isFalse();
        assertThat(rig.tx.transmit(batch, 63, 37)).isZero();
        assertThat(batch[63].isOwned()).isTrue();
        assertThatThrownBy(() -> rig.tx.transmit(new NetBuf[1], 0, 1)).as("a refusal needs no room").isInstanceOf(DevException.class);
        rig.transmit(32);
        assertThat(rig.tx.transmit(batch, 63, 37)).isEqualTo(32);
        rig.transmit(63);
        assertThat(rig.tx.canTransmit()).isTrue();
        assertThat(rig.tx.transmit(batch, 95, 5)).isEqualTo(5);
    }

    @Test
    void theTailIsWrittenOnceABatchAndReportsAreFarApart() {
        rig(512, 1024);
        rig.registers.takeWrites(Reg.TDT, 0);
        assertThat(rig.tx.transmit(rig.buffers(256, 60), 0, 256)).isEqualTo(256);
        assertThat(rig.registers.takeWrites(Reg.TDT, 0)).containsExactly(256);
        assertThat(rig.transmit(256)).isEqualTo(8);
        assertThat(rig.tx.transmit(new NetBuf[0], 0, 0)).isZero();
        assertThat(rig.registers.takeWrites(Reg.TDT, 0)).as("nothing was given").isEmpty();
    }

    @Test
    void aBufferTwiceInABatchEndsTheBatchBeforeTheSecond() {
        NetBuf b = rig.buffer(60);
        NetBuf[] batch = {rig.buffer(60), b, b, rig.buffer(60)};
        assertThat(rig.tx.transmit(batch, 0, 4)).isEqualTo(2);
        assertThat(batch[2]).isSameAs(b);
        assertThatThrownBy(() -> rig.tx.transmit(batch, 2, 2)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        batch[3].release();
    }

    @Test
    void aChainIsADescriptorForEachBufferWithBytes() {
        NetBuf head = rig.buffer(100);
        head.chain(rig.buffer(0));
        head.chain(rig.buffer(200));
        head.chain(rig.buffer(300));
        head.chain(rig.buffer(0));
        assertThat(rig.tx.transmit(new NetBuf[] {head}, 0, 1)).isEqualTo(1);
        assertThat(rig.txWaiting()).isEqualTo(3);
        assertThat(rig.txWord1(0)).isEqualTo(TxDescriptor.word1(100, 600, TxDescriptor.IFCS));
        assertThat(rig.txWord1(1)).isEqualTo(TxDescriptor.word1(200, 0, TxDescriptor.IFCS));
        assertThat(rig.txWord1(2)).isEqualTo(TxDescriptor.word1(300, 0, TxDescriptor.IFCS | TxDescriptor.EOP | TxDescriptor.RS));
        assertThat(rig.tx.reclaim()).isEqualTo(3);
        rig.assertConserved(0);
        rig.transmit(3);
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).isEqualTo(1);
        assertThat(bytes()).isEqualTo(600);
    }

    @Test
    void aContextIsWrittenWhenTheOffloadChanges() {
        TxOffload tagged = TxOffload.checksums(L4.UDP).withVlan(0x6005);
        NetBuf[] batch = rig.buffers(4, 100);
        batch[0].setOffload(tagged);
        batch[1].setOffload(TxOffload.checksums(L4.UDP).withVlan(0x6005));
        batch[3].setOffload(TxOffload.vlan(7));
        assertThat(rig.tx.transmit(batch, 0, 4)).isEqualTo(4);
        assertThat(rig.txWaiting()).isEqualTo(6);
        assertThat(rig.txAddress(0)).isEqualTo(TxContext.word0(20, 14, 0x6005));
        assertThat(rig.txWord1(0)).isEqualTo(TxContext.word1(0, 0, 0, TxContext.IPV4 | TxContext.UDP));
        long simple = TxDescriptor.EOP | TxDescriptor.IFCS | TxDescriptor.RS;
        long sums = simple | TxDescriptor.VLE | TxDescriptor.IXSM | TxDescriptor.TXSM;
        assertThat(rig.txWord1(1)).isEqualTo(TxDescriptor.word1(100, 100, sums));
        assertThat(rig.txWord1(2)).as("the same again needs no context").isEqualTo(TxDescriptor.word1(100, 100, sums));
        assertThat(rig.txWord1(3)).as("a frame without").isEqualTo(TxDescriptor.word1(100, 100, simple));
        assertThat(rig.txAddress(4)).isEqualTo(TxContext.word0(0, 14, 7));
        assertThat(rig.txWord1(5)).isEqualTo(TxDescriptor.word1(100, 100, simple | TxDescriptor.VLE));
        assertThat(rig.tx.reclaim()).as("a context is no buffer").isEqualTo(4);
        rig.transmit(6);
        assertThat(rig.tx.reclaim()).isZero();
        NetBuf[] again = new NetBuf[512];
        int n = rig.pool.allocate(again, 0, again.length);
        assertThat(Arrays.asList(again).subList(0, n)).as("an offload is for one frame").allMatch(b -> b.offload() == null);
        rig.pool.release(again, 0, n);
        assertThat(packets()).isEqualTo(4);
        assertThat(bytes()).isEqualTo(4 * 100 + 3 * 4);
    }

    @Test
    void segmentationTellsHeadersAndPayloadApart() {
        TxOffload o = new TxOffload(TxOffload.NO_VLAN, Ip.V6, false, L4.TCP, 14, 40, 32, 1000);
        NetBuf head = rig.buffer(86);
        head.chain(rig.buffer(2000));
        head.chain(rig.buffer(1500));
        head.setOffload(o);
        assertThat(rig.tx.transmit(new NetBuf[] {head}, 0, 1)).isEqualTo(1);
        assertThat(rig.txAddress(0)).isEqualTo(TxContext.word0(40, 14, 0));
        assertThat(rig.txWord1(0)).isEqualTo(TxContext.word1(32, 1000, 0, TxContext.TCP));
        long all = TxDescriptor.IFCS | TxDescriptor.TSE;
        assertThat(rig.txWord1(1)).isEqualTo(TxDescriptor.word1(86, 3500, all | TxDescriptor.TXSM));
        assertThat(rig.txWord1(2)).isEqualTo(TxDescriptor.word1(2000, 0, all));
        assertThat(rig.txWord1(3)).isEqualTo(TxDescriptor.word1(1500, 0, all | TxDescriptor.EOP | TxDescriptor.RS));
        rig.transmit(4);
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).as("segments").isEqualTo(4);
        assertThat(bytes()).isEqualTo(3500 + 4 * 86);
    }

    @Test
    void offloadsThatDoNotFitTheFrameAreRefused() {
        refused(DevError.INVALID_PARAM, 41, TxOffload.checksums(L4.UDP));
        refused(DevError.INVALID_PARAM, 54, TxOffload.segments(1000));
        refused(DevError.UNSUPPORTED, 1000, TxOffload.segments(1518 - 54 + 1));
        refused(DevError.INVALID_PARAM, 1519, TxOffload.vlan(1));
    }

    private void refused(DevError error, int length, TxOffload offload) {
        NetBuf b = rig.buffer(length);
        b.setOffload(offload);
        assertThatThrownBy(() -> rig.tx.transmit(new NetBuf[] {b}, 0, 1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(error));
        assertThat(b.offload()).isSameAs(offload);
        b.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256})
    void framesOfEveryKindAreReclaimedInAnyMixture(int size) {
        rig(size, 4 * size);
        Random random = new Random(size);
        TxOffload[] kinds = {null, TxOffload.vlan(1), TxOffload.checksums(L4.TCP), TxOffload.segments(300)};
        int sent = 0;
        while (sent < 3000) {
            NetBuf[] batch = new NetBuf[random.nextInt(1, 20)];
            for (int i = 0; i < batch.length; i++) {
                batch[i] = rig.buffer(random.nextInt(60, 300));
                for (int more = random.nextInt(3); more > 0; more--) {
                    batch[i].chain(rig.buffer(random.nextInt(0, 300)));
                }
                batch[i].setOffload(random.nextInt(3) == 0 ? kinds[random.nextInt(kinds.length)] : null);
            }
            int n = rig.tx.transmit(batch, 0, batch.length);
            sent += n;
            rig.pool.release(batch, n, batch.length - n);
            rig.transmit(n == 0 ? rig.txWaiting() : random.nextInt(rig.txWaiting() + 1));
            rig.assertConserved(0);
        }
        rig.transmit(rig.txWaiting());
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).isGreaterThanOrEqualTo(sent);
        rig.assertConserved(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 4096})
    void queuesThatTakeOverGoOnWhereTheOnesBeforeWere(int size) {
        rig(size, 4 * size);
        Random random = new Random(size);
        TxOffload[] kinds = {null, null, TxOffload.vlan(1), TxOffload.checksums(L4.TCP)};
        long sent = 0;
        long sentBytes = 0;
        while (sent < 4L * size) {
            NetBuf[] batch = new NetBuf[random.nextInt(1, 50)];
            long[] lengths = new long[batch.length];
            for (int i = 0; i < batch.length; i++) {
                batch[i] = rig.buffer(random.nextInt(60, 300));
                if (random.nextInt(4) == 0) {
                    batch[i].chain(rig.buffer(random.nextInt(0, 300)));
                }
                batch[i].setOffload(random.nextInt(3) == 0 ? kinds[random.nextInt(kinds.length)] : null);
                lengths[i] = batch[i].frameLength() + (batch[i].offload() == kinds[2] ? 4 : 0);
            }
            int n = rig.tx.transmit(batch, 0, batch.length);
            sent += n;
            sentBytes += Arrays.stream(lengths, 0, n).sum();
            rig.pool.release(batch, n, batch.length - n);
            if (random.nextInt(3) == 0) {
                int before = rig.tx.reclaim();
                rig.handOver();
                assertThat(rig.tx.reclaim()).as("buffers that the device holds").isEqualTo(before);
            }
            rig.transmit(n == 0 ? rig.txWaiting() : random.nextInt(rig.txWaiting() + 1));
            rig.assertConserved(0);
        }
        rig.handOver();
        rig.transmit(rig.txWaiting());
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(packets()).isEqualTo(sent);
        assertThat(bytes()).isEqualTo(sentBytes);
    }

    @Test
    void aContextIsWrittenAgainAfterAHandOver() {
        NetBuf[] batch = rig.buffers(2, 100);
        batch[0].setOffload(TxOffload.vlan(5));
        batch[1].setOffload(TxOffload.vlan(5));
        assertThat(rig.tx.transmit(batch, 0, 1)).isEqualTo(1);
        assertThat(rig.txWaiting()).isEqualTo(2);
        rig.handOver();
        assertThat(rig.tx.transmit(batch, 1, 1)).isEqualTo(1);
        assertThat(rig.txWaiting()).isEqualTo(4);
        rig.transmit(4);
        assertThat(rig.tx.reclaim()).isZero();
        assertThat(bytes()).isEqualTo(208);
    }

    @Test
    void theLongestChainFitsTheSmallestRing() {
        NetBuf head = rig.buffer(14);
        for (int i = 1; i < IxgbeTxQueue.MAX_SEGMENTS; i++) {
            head.chain(rig.buffer(14));
        }
        NetBuf[] one = {head};
        assertThat(rig.tx.transmit(rig.buffers(31, 60), 0, 31)).isEqualTo(31);
        assertThat(rig.tx.transmit(one, 0, 1)).as("no room yet").isZero();
        assertThat(one[0]).isSameAs(head);
        rig.transmit(31);
        assertThat(rig.tx.transmit(one, 0, 1)).isEqualTo(1);
        assertThat(rig.txWaiting()).isEqualTo(40);
    }

    @Test
    void memoryThatVanishesIsReportedAndLosesNoBuffer() {
        NetBuf[] batch = rig.buffers(40, 60);
        rig.tx.transmit(batch, 0, 20);
        rig.txMemory.close();
        int n = rig.tx.transmit(batch, 20, 20);
        assertThat(rig.tx.reclaim()).isPositive();
        assertThat(rig.reports).isNotEmpty().allMatch(r -> r.startsWith("GONE transmit queue 0 of test/card"));
        rig.pool.release(batch, 20 + n, 20 - n);
        rig.assertConserved(0);
    }
}
