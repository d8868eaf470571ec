package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Random;
import net.api.NetBuf;
import net.api.NetCounter;
import net.api.RxInfo;
import net.api.RxInfo.Checksum;
import net.api.driver.RxOffload;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RxQueueTest {
    private static final int WHOLE = RxDescriptor.DD | RxDescriptor.EOP;

    private QueueRig rig = new QueueRig(64, 256);
    private final NetBuf[] to = new NetBuf[256];

    @AfterEach
    void nothingIsLost() {
        for (NetBuf b : to) {
            if (b != null && b.isOwned()) {
                b.release();
            }
        }
        rig.close();
    }

    private void rig(int size, int buffers) {
        rig.close();
        rig = new QueueRig(size, buffers);
    }

    private long counter(int which) {
        return rig.rx.counters().get(which);
    }

    private long violations(Violation v) {
        return counter(IxgbeRxQueue.VIOLATIONS + v.ordinal());
    }

    private void release(int n) {
        rig.pool.release(to, 0, n);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 256, 4096})
    void queuesThatTakeOverGoOnWhereTheOnesBeforeWere(int size) {
        rig(size, size + 256);
        Random random = new Random(size);
        int put = 0;
        int got = 0;
        while (got < 5 * size) {
            for (int burst = random.nextInt(0, rig.rxOwned() + 1); burst > 0; burst--, put++) {
                rig.frame(60 + put % 1400, put);
            }
            if (random.nextInt(3) == 0) {
                rig.handOver();
            }
            int n = rig.rx.receive(to, 0, random.nextInt(0, 100));
            for (int i = 0; i < n; i++, got++) {
                assertThat(to[i].getInt(0)).isEqualTo(got);
                assertThat(to[i].length()).isEqualTo(60 + got % 1400);
            }
            release(n);
            rig.assertConserved(0);
        }
        assertThat(counter(IxgbeRxQueue.PACKETS)).isEqualTo(got);
        assertThat(counter(IxgbeRxQueue.ERRORS)).isZero();
    }

    @Test
    void allButOneDescriptorAreTheDevicesAtFirst() {
        assertThat(rig.rxTail()).isEqualTo(63);
        assertThat(rig.held()).isEqualTo(64);
        for (int i = 0; i < 64; i++) {
            assertThat(RxDescriptor.packet(rig.rxMemory.segment(), RxDescriptor.at(0, i))).isEqualTo(rig.rxRing[i].bufferIova() + rig.pool.headroom());
            assertThat(RxDescriptor.header(rig.rxMemory.segment(), RxDescriptor.at(0, i))).isZero();
        }
        assertThat(rig.rx.receive(to, 0, 32)).isZero();
        assertThat(rig.rx.canReceive()).isFalse();
    }

    @Test
    void aDescriptorThatChangesAfterItWasSeenDoneIsJudgedByWhatItSaysWhenItsFrameIsTaken() {
        for (int i = 0; i < 8; i++) {
            rig.frame(60 + i, i);
        }
        assertThat(rig.rx.receive(to, 0, 1)).isEqualTo(1);
        word1(1, -1);
        word1(2, RxDescriptor.word1(RxDescriptor.DD | RxDescriptor.EOP, 0, QueueRig.ROOM + 1, 0));
        word1(3, 0);
        assertThat(rig.rx.receive(to, 1, 32)).isZero();
        assertThat(counter(IxgbeRxQueue.ERRORS)).isEqualTo(2);
        assertThat(violations(Violation.LENGTH)).isEqualTo(2);
        assertThat(violations(Violation.ORDER)).isPositive();
        word1(3, RxDescriptor.word1(RxDescriptor.DD | RxDescriptor.EOP, 0, 63, 0));
        assertThat(rig.rx.receive(to, 1, 32)).isEqualTo(5);
        for (int i = 1; i < 6; i++) {
            assertThat(to[i].length()).isEqualTo(62 + i);
            assertThat(to[i].getInt(0)).isEqualTo(2 + i);
        }
    }

    private void word1(int i, long word) {
        RxDescriptor.setWord1Release(rig.rxMemory.segment(), RxDescriptor.at(0, i), word);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 512, 1024, 2048, 4096})
    void framesOfManyTimesTheRingComeInOrderWithTheirBytes(int size) {
        rig(size, size + 256);
        Random random = new Random(size);
        int put = 0;
        int got = 0;
        long bytes = 0;
        while (got < 5 * size) {
            int burst = random.nextInt(0, rig.rxOwned() + 1);
            for (int i = 0; i < burst; i++, put++) {
                rig.frame(60 + put % 1400, put);
            }
            assertThat(rig.rx.canReceive()).isEqualTo(put > got);
            int max = random.nextInt(0, 100);
            int n = rig.rx.receive(to, 3, max);
            assertThat(n).isEqualTo(Math.min(max, put - got));
            for (int i = 0; i < n; i++, got++) {
                assertThat(to[3 + i].getInt(0)).isEqualTo(got);
                assertThat(to[3 + i].length()).isEqualTo(60 + got % 1400);
                bytes += to[3 + i].length();
                to[3 + i].release();
                to[3 + i] = null;
            }
        }
        assertThat(counter(IxgbeRxQueue.PACKETS)).isEqualTo(got);
        assertThat(counter(IxgbeRxQueue.BYTES)).isEqualTo(bytes);
        rig.assertConserved(0);
    }

    @Test
    void theTailIsWrittenOnceForABatchAndOnlyForWholeGroups() {
        rig.registers.takeWrites(Reg.RDT, 0);
        for (int i = 0; i < 40; i++) {
            rig.frame(60, i);
        }
        assertThat(rig.rx.receive(to, 0, 31)).isEqualTo(31);
        assertThat(rig.registers.takeWrites(Reg.RDT, 0)).as("31 places are free").isEmpty();
        assertThat(rig.rx.receive(to, 31, 9)).isEqualTo(9);
        assertThat(rig.registers.takeWrites(Reg.RDT, 0)).as("a group was posted").containsExactly(31);
        release(40);
        for (int i = 0; i < 55; i++) {
            rig.frame(60, i);
        }
        assertThat(rig.rx.receive(to, 0, 100)).isEqualTo(55);
        assertThat(rig.registers.takeWrites(Reg.RDT, 0)).containsExactly(31 + 32);
    }

    @Test
    void aFrameOfSeveralBuffersIsAChainAndWaitsForItsEnd() {
        rig.frame(60, 1);
        part(2048, 2);
        part(2048, 3);
        assertThat(rig.rx.receive(to, 0, 8)).isEqualTo(1);
        assertThat(rig.rx.receive(to, 1, 8)).as("its end is missing").isZero();
        assertThat(counter(IxgbeRxQueue.ERRORS)).isZero();
        rig.frame(17, 4);
        rig.frame(61, 5);
        assertThat(rig.rx.receive(to, 1, 8)).isEqualTo(2);
        assertThat(to[1].frameLength()).isEqualTo(2 * 2048 + 17);
        assertThat(to[1].getInt(0)).isEqualTo(2);
        assertThat(to[1].next().getInt(0)).isEqualTo(3);
        assertThat(to[1].next().next().getInt(0)).isEqualTo(4);
        assertThat(to[1].next().next().length()).isEqualTo(17);
        assertThat(to[2].getInt(0)).isEqualTo(5);
        assertThat(counter(IxgbeRxQueue.PACKETS)).isEqualTo(3);
        assertThat(counter(IxgbeRxQueue.BYTES)).isEqualTo(60 + 2 * 2048 + 17 + 61);
        to[1].release();
        rig.assertConserved(2);
    }

    @Test
    void chainsAcrossTheRingsEndAndSmallBatches() {
        rig(64, 512);
        Random random = new Random(5);
        int put = 0;
        int got = 0;
        for (int round = 0; round < 500; round++) {
            while (rig.rxOwned() >= QueueRig.LONGEST && random.nextInt(5) != 0) {
                int parts = random.nextInt(QueueRig.LONGEST);
                for (int i = 0; i < parts; i++) {
                    part(2048, put);
                }
                rig.frame(random.nextInt(14, 2049), put++);
            }
            int n = rig.rx.receive(to, 0, random.nextInt(1, 6));
            for (int i = 0; i < n; i++, got++) {
                assertThat(to[i].getInt(0)).isEqualTo(got);
                to[i].release();
            }
        }
        assertThat(got).isGreaterThan(500);
        assertThat(rig.reports).isEmpty();
    }

    private void part(int length, int number) {
        rig.put(rig.rxHead, number);
        rig.writeBack(0, RxDescriptor.word1(RxDescriptor.DD, 0, length, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 2049, 0xffff})
    void alengthThatCannotBeIsAViolationAndItsBufferIsBack(int length) {
        rig.frame(60, 1);
        rig.frame(length, 2);
        rig.frame(61, 3);
        assertThat(rig.rx.receive(to, 0, 8)).isEqualTo(2);
        assertThat(to[0].getInt(0)).isEqualTo(1);
        assertThat(to[1].getInt(0)).isEqualTo(3);
        assertThat(violations(Violation.LENGTH)).isEqualTo(1);
        assertThat(counter(IxgbeRxQueue.ERRORS)).isEqualTo(1);
        rig.assertConserved(2);
    }

    @ParameterizedTest
    @CsvSource({"2047, 60", "2048, 0", "0, 60", "2049, 60", "2048, 2049"})
    void partsThatDoNotFitTogetherDropTheWholeFrame(int first, int last) {
        part(first, 1);
        rig.frame(last, 2);
        rig.frame(60, 3);
        assertThat(rig.rx.receive(to, 0, 8)).isEqualTo(1);
        assertThat(to[0].getInt(0)).isEqualTo(3);
        assertThat(violations(Violation.LENGTH)).isEqualTo(1);
        assertThat(counter(IxgbeRxQueue.ERRORS)).isEqualTo(1);
        rig.assertConserved(1);
    }

    @Test
    void aFrameWithoutEndIsDroppedInPieces() {
        for (int i = 0; i < QueueRig.LONGEST + 2; i++) {
            part(2048, i);
        }
        rig.frame(60, 3);
        rig.frame(60, 4);
        assertThat(rig.rx.receive(to, 0, 8)).isEqualTo(2);
        assertThat(violations(Violation.NO_END)).isEqualTo(1);
        assertThat(to[0].frameLength()).as("what comes behind it is a frame as any").isEqualTo(2 * 2048 + 60);
        assertThat(to[1].getInt(0)).isEqualTo(4);
        to[0].release();
        rig.assertConserved(1);
    }

    @Test
    void aHoleIsAViolationAndEndsWhenItIsFilled() {
        int hole = rig.rxHead++;
        for (int i = 0; i < 3; i++) {
            rig.frame(60, i);
        }
        assertThat(rig.rx.receive(to, 0, 8)).isZero();
        assertThat(violations(Violation.ORDER)).isEqualTo(1);
        rig.writeBackAt(hole, 0, RxDescriptor.word1(WHOLE, 0, 60, 0));
        assertThat(rig.rx.receive(to, 0, 8)).isEqualTo(4);
    }

    @Test
    void tooManyViolationsAreReportedOnce() {
        int limit = 16;
        for (int i = 0; i < 2 * limit; i++) {
            rig.frame(5, i);
            rig.rx.receive(to, 0, 1);
            assertThat(rig.reports).hasSize(i < limit ? 0 : 1);
        }
        assertThat(rig.reports.getFirst()).startsWith("BROKEN receive queue 0 of test/card: bad_length, the device wrote 5 where 14 was the limit");
    }

    @Test
    void framesWithMacErrorsAreCountedAndDroppedThoseWithWrongChecksumsAreNot() {
        rig.writeBack(0, RxDescriptor.word1(WHOLE, RxDescriptor.RXE, 60, 0));
        rig.writeBack(0, RxDescriptor.word1(WHOLE, RxDescriptor.HBO, 60, 0));
        rig.writeBack(0, RxDescriptor.word1(WHOLE | RxDescriptor.IPCS | RxDescriptor.L4CS, RxDescriptor.IPE | RxDescriptor.TCPE, 60, 0));
        assertThat(rig.rx.receive(to, 0, 8)).isEqualTo(1);
        assertThat(counter(IxgbeRxQueue.ERRORS)).isEqualTo(2);
        assertThat(counter(IxgbeRxQueue.PACKETS)).isEqualTo(1);
        assertThat(rig.reports).isEmpty();
        assertThat(to[0].rxInfo()).isZero();
    }

    @Test
    void allOnesAreDroppedAsWhatTheyAre() {
        for (int i = 0; i < 20; i++) {
            rig.writeBack(-1, -1);
            rig.rx.receive(to, 0, 8);
        }
        assertThat(counter(IxgbeRxQueue.PACKETS)).isZero();
        assertThat(violations(Violation.LENGTH)).isEqualTo(20);
        assertThat(rig.reports).hasSize(1);
        rig.assertConserved(0);
    }

    @Test
    void whatTheCardFoundOutIsToldIfItIsWanted() {
        rig.close();
        rig = new QueueRig(64, 256, EnumSet.allOf(RxOffload.class));
        rig.writeBack(RxDescriptor.word0(RxDescriptor.RSS_IPV4_TCP, 0, 0, 0, false, 0xdeadbeef),
                RxDescriptor.word1(WHOLE | RxDescriptor.VP | RxDescriptor.IPCS | RxDescriptor.L4CS, RxDescriptor.TCPE, 60, 0x8123));
        rig.writeBack(RxDescriptor.word0(RxDescriptor.RSS_NONE, 0, 0, 0, false, 0x1234), RxDescriptor.word1(WHOLE, RxDescriptor.IPE, 60, 0x8123));
        part(2048, 1);
        rig.writeBack(RxDescriptor.word0(RxDescriptor.RSS_IPV6, 0, 0, 0, false, 7), RxDescriptor.word1(WHOLE | RxDescriptor.VP, 0, 60, 5));
        assertThat(rig.rx.receive(to, 0, 2)).isEqualTo(2);
        assertThat(rig.rx.receive(to, 2, 2)).isEqualTo(1);
        long first = to[0].rxInfo();
        assertThat(RxInfo.hash(first)).isEqualTo(0xdeadbeef);
        assertThat(RxInfo.vlan(first)).isEqualTo(0x8123);
        assertThat(RxInfo.ip(first)).isEqualTo(Checksum.GOOD);
        assertThat(RxInfo.l4(first)).isEqualTo(Checksum.BAD);
        assertThat(to[1].rxInfo()).isZero();
        assertThat(RxInfo.hash(to[2].rxInfo())).isEqualTo(7);
        assertThat(RxInfo.vlan(to[2].rxInfo())).isEqualTo(5);
        assertThat(RxInfo.ip(to[2].rxInfo())).isEqualTo(Checksum.UNKNOWN);
    }

    @Test
    void anEmptyPoolStopsPostingAndNothingIsThrown() {
        NetBuf[] all = new NetBuf[256];
        int mine = rig.pool.allocate(all, 0, 256);
        for (int i = 0; i < 63; i++) {
            rig.frame(60, i);
        }
        assertThat(rig.rx.receive(to, 0, 100)).isEqualTo(63);
        assertThat(rig.rxOwned()).isZero();
        assertThat(counter(IxgbeRxQueue.NO_BUF)).isEqualTo(1);
        assertThat(rig.rx.receive(to, 63, 100)).as("descriptors that were taken are still done").isZero();
        assertThat(rig.rx.canReceive()).isFalse();
        rig.assertConserved(mine + 63);
        release(31);
        assertThat(rig.rx.receive(to, 100, 10)).isZero();
        assertThat(rig.rxOwned()).as("less than a group").isZero();
        rig.pool.release(to, 31, 32);
        assertThat(rig.rx.receive(to, 100, 10)).isZero();
        assertThat(rig.rxOwned()).as("a group, and what was kept back").isEqualTo(32);
        rig.frame(60, 99);
        assertThat(rig.rx.receive(to, 0, 10)).isEqualTo(1);
        assertThat(to[0].getInt(0)).isEqualTo(99);
        rig.pool.release(all, 0, mine);
    }

    @Test
    @Timeout(30)
    void theDescriptorThatIsKeptBackMayBeWrittenToo() {
        NetBuf[] all = new NetBuf[256];
        int mine = rig.pool.allocate(all, 0, 256);
        for (int i = 0; i < 63; i++) {
            rig.frame(60, i);
        }
        rig.writeBackAt(63, 0, RxDescriptor.word1(WHOLE, 0, 60, 0));
        assertThat(rig.rx.receive(to, 0, 100)).as("it has a buffer").isEqualTo(64);
        assertThat(rig.rx.receive(to, 64, 100)).as("all descriptors are without buffers").isZero();
        assertThat(rig.rx.canReceive()).isFalse();
        rig.assertConserved(mine + 64);
        rig.pool.release(all, 0, mine);
    }

    @Test
    void memoryThatVanishesIsReportedAndLosesNoBuffer() {
        for (int i = 0; i < 40; i++) {
            rig.frame(60, i);
        }
        rig.rxMemory.close();
        assertThat(rig.rx.canReceive()).isFalse();
        assertThat(rig.rx.receive(to, 0, 32)).isZero();
        assertThat(rig.reports).hasSize(1).first().asString().startsWith("GONE receive queue 0 of test/card");
        rig.assertConserved(0);
    }

    @Test
    void countersAreNamedAfterTheRules() {
        assertThat(Violation.values()).extracting(Violation::counter).doesNotHaveDuplicates();
        assertThat(new NetCounter("rx_" + Violation.ORDER.counter(), "events", 0).name()).isEqualTo("rx_bad_order");
    }
}
