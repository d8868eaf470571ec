package net.hw.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Each field against all ones, both ways: it is as wide as the datasheet says, and where it says. */
class IxgbeDescriptorsTest {
    /** The getter sees exactly the bits {@code from} to {@code to} of a word, and shows them from bit 0 on. */
    private static void field(String name, int from, int to, LongUnaryOperator get) {
        long mask = -1L >>> 63 - (to - from);
        assertThat(get.applyAsLong(-1L) & mask).as("%s of all ones", name).isEqualTo(mask);
        assertThat(get.applyAsLong(mask << from) & mask).as("%s alone", name).isEqualTo(mask);
        assertThat(get.applyAsLong(~(mask << from))).as("%s of all the others", name).isZero();
        assertThat(get.applyAsLong(1L << from)).as("lowest bit of %s", name).isEqualTo(1);
        assertThat(get.applyAsLong(1L << to) & mask).as("highest bit of %s", name).isEqualTo(1L << to - from);
    }

    @Test
    void receiveWriteBackFields() {
        field("RSS type", 0, 3, RxDescriptor::rssType);
        field("packet type", 4, 16, RxDescriptor::packetType);
        field("RSC count", 17, 20, RxDescriptor::rscCount);
        field("header length", 21, 30, RxDescriptor::headerLength);
        field("SPH", 31, 31, w -> RxDescriptor.isSplit(w) ? 1 : 0);
        field("RSS hash", 32, 63, RxDescriptor::rssHash);
        field("status", 0, 19, RxDescriptor::status);
        field("DD", 0, 0, w -> RxDescriptor.isDone(w) ? 1 : 0);
        field("EOP", 1, 1, w -> RxDescriptor.isLast(w) ? 1 : 0);
        field("errors", 20, 31, RxDescriptor::errors);
        field("length", 32, 47, RxDescriptor::length);
        field("VLAN", 48, 63, RxDescriptor::vlan);
    }

    @Test
    void descriptorsThatAreWrittenTogetherAreAsIfTheyWereWrittenOneByOne() {
        for (int n = 1; n <= 9; n++) {
            MemorySegment one = Arena.ofAuto().allocate(160, 16);
            MemorySegment all = Arena.ofAuto().allocate(160, 16);
            long[] rx = new long[2 * 9];
            long[] tx = new long[2 * 9];
            for (int i = 0; i < n; i++) {
                rx[2 * i] = 0x1234_5678_9abc_def0L + i;
                tx[2 * i] = i;
                tx[2 * i + 1] = TxDescriptor.word1(60 + i, 60 + i, TxDescriptor.EOP);
                RxDescriptor.setRead(one, RxDescriptor.at(16, i), rx[2 * i], 0);
            }
            RxDescriptor.setRead(all, 16, rx, n);
            assertThat(all.mismatch(one)).isEqualTo(-1);
            for (int i = 0; i < n; i++) {
                TxDescriptor.set(one, TxDescriptor.at(0, i), tx[2 * i], tx[2 * i + 1]);
            }
            TxDescriptor.set(all, 0, tx, n);
            assertThat(all.mismatch(one)).isEqualTo(-1);
        }
    }

    @Test
    void receiveErrorBitsAreThoseOfTheDatasheet() {
        assertThat(RxDescriptor.errors(1L << 31)).isEqualTo(RxDescriptor.IPE);
        assertThat(RxDescriptor.errors(1L << 30)).isEqualTo(RxDescriptor.TCPE);
        assertThat(RxDescriptor.errors(1L << 29)).isEqualTo(RxDescriptor.RXE);
        assertThat(RxDescriptor.errors(1L << 23)).isEqualTo(RxDescriptor.HBO);
    }

    @Test
    void receiveWordsAreCutToTheirFields() {
        assertThat(RxDescriptor.word0(-1, 0, 0, 0, false, 0)).isEqualTo(0xfL);
        assertThat(RxDescriptor.word0(0, -1, 0, 0, false, 0)).isEqualTo(0x1_fff0L);
        assertThat(RxDescriptor.word0(0, 0, -1, 0, false, 0)).isEqualTo(0x1e_0000L);
        assertThat(RxDescriptor.word0(0, 0, 0, -1, false, 0)).isEqualTo(0x7fe0_0000L);
        assertThat(RxDescriptor.word0(0, 0, 0, 0, true, 0)).isEqualTo(0x8000_0000L);
        assertThat(RxDescriptor.word0(0, 0, 0, 0, false, -1)).isEqualTo(0xffff_ffff_0000_0000L);
        assertThat(RxDescriptor.word1(-1, 0, 0, 0)).isEqualTo(0xf_ffffL);
        assertThat(RxDescriptor.word1(0, -1, 0, 0)).isEqualTo(0xfff0_0000L);
        assertThat(RxDescriptor.word1(0, 0, -1, 0)).isEqualTo(0xffff_0000_0000L);
        assertThat(RxDescriptor.word1(0, 0, 0, -1)).isEqualTo(0xffff_0000_0000_0000L);
    }

    @Test
    void transmitFields() {
        field("DTALEN", 0, 15, TxDescriptor::length);
        field("DTYP", 20, 23, TxDescriptor::type);
        field("IDX", 36, 38, TxDescriptor::index);
        field("PAYLEN", 46, 63, TxDescriptor::payload);
        assertThat(TxDescriptor.indexBits(-1)).isEqualTo(7L << 36);
        assertThat(TxDescriptor.word1(60, 60, TxDescriptor.EOP | TxDescriptor.IFCS | TxDescriptor.RS)).isEqualTo(60L << 46 | 0x2b30_0000L | 60);
        assertThat(TxDescriptor.word1(-1, 0, 0)).isEqualTo(0x2030_ffffL);
        assertThat(TxDescriptor.word1(0, -1, 0)).isEqualTo(0xffff_c000_2030_0000L);
    }

    @Test
    void contextFields() {
        field("IPLEN", 0, 8, TxContext::ipLength);
        field("MACLEN", 9, 15, TxContext::macLength);
        field("VLAN", 16, 31, w -> TxContext.vlan(w) & 0xffff_ffffL);
        field("L4LEN", 40, 47, TxContext::l4Length);
        field("MSS", 48, 63, TxContext::mss);
        assertThat(TxContext.word0(-1, 0, 0)).isEqualTo(0x1ffL);
        assertThat(TxContext.word0(0, -1, 0)).isEqualTo(0xfe00L);
        assertThat(TxContext.word0(0, 0, -1)).isEqualTo(0xffff_0000L);
        assertThat(TxContext.word1(-1, 0, 0, 0)).isEqualTo(0xff00_2020_0000L);
        assertThat(TxContext.word1(0, -1, 0, 0)).isEqualTo(0xffff_0000_2020_0000L);
        assertThat(TxContext.word1(0, 0, 1, TxContext.IPV4 | TxContext.TCP)).isEqualTo(0x10_2020_0c00L);
        assertThat(TxDescriptor.type(TxContext.word1(0, 0, 0, 0))).isEqualTo(TxDescriptor.CONTEXT);
    }

    @Test
    void accessesTouchTheirDescriptorOnly() {
        touches(m -> RxDescriptor.setRead(m, 16, -1, -1), 16, 32);
        touches(m -> RxDescriptor.setWord0(m, 16, -1), 16, 24);
        touches(m -> RxDescriptor.setWord1Release(m, 16, -1), 24, 32);
        touches(m -> TxDescriptor.set(m, 16, -1, -1), 16, 32);
        touches(m -> TxContext.set(m, 16, -1, -1), 16, 32);
        assertThat(RxDescriptor.at(128, 3)).isEqualTo(176);
        assertThat(TxDescriptor.at(128, 4095)).isEqualTo(65_648);
    }

    @Test
    void whatIsWrittenIsRead() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(64, 128);
            RxDescriptor.setRead(m, 16, 0x1234_5678_9abc_def0L, 0);
            assertThat(RxDescriptor.packet(m, 16)).isEqualTo(0x1234_5678_9abc_def0L);
            assertThat(RxDescriptor.header(m, 16)).isZero();
            RxDescriptor.setWord0(m, 16, 7);
            RxDescriptor.setWord1Release(m, 16, 9);
            assertThat(RxDescriptor.word0(m, 16)).isEqualTo(7);
            assertThat(RxDescriptor.word1Acquire(m, 16)).isEqualTo(9);
            TxDescriptor.set(m, 32, 5, TxDescriptor.word1(1, 1, 0));
            assertThat(TxDescriptor.address(m, 32)).isEqualTo(5);
            assertThat(TxDescriptor.isDoneAcquire(m, 32)).isFalse();
            TxDescriptor.setDoneRelease(m, 32);
            assertThat(TxDescriptor.isDoneAcquire(m, 32)).isTrue();
            assertThat(TxDescriptor.address(m, 32)).isZero();
            TxContext.set(m, 48, 3, 4);
            assertThat(TxContext.word0(m, 48)).isEqualTo(3);
            assertThat(TxDescriptor.word1(m, 48)).isEqualTo(4);
        }
    }

    private interface Write {
        void to(MemorySegment m);
    }

    private static void touches(Write write, int from, int to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(64, 128);
            write.to(m);
            for (int i = 0; i < 64; i++) {
                assertThat(m.get(ValueLayout.JAVA_BYTE, i)).as("byte %d", i).isEqualTo((byte) (i >= from && i < to ? -1 : 0));
            }
        }
    }
}
