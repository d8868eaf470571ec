package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.pool.Expect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of packet comes to. */
class OrderedBufferTest {
    private static final long TIMEOUT = 100;
    private final List<String> out = new ArrayList<>();
    private final MemorySegment source = MemorySegment.ofArray(new byte[128]);
    private OrderedBuffer buffer = buffer(8, 16);
    private final OrderedHandler handler = new OrderedHandler() {
        @Override
        public boolean packet(long sequence, MemorySegment memory, long offset, int length, long arrival) {
            assertThat(length).isEqualTo(8 + (int) (sequence & 15));
            assertThat(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset)).isEqualTo(sequence);
            assertThat(memory.isReadOnly()).isTrue();
            out.add(Long.toUnsignedString(sequence));
            return true;
        }

        @Override
        public void gap(long first, long count) {
            out.add("gap " + Long.toUnsignedString(first) + "+" + count);
        }
    };

    private static OrderedBuffer buffer(int window, int bits) {
        return new OrderedBuffer(new OrderedSpec(window, 100, bits, TIMEOUT), Arena.ofAuto());
    }

    private PacketFate insert(long sequence, long now) {
        long number = sequence & -1L >>> 64 - buffer.spec().sequenceBits();
        source.set(ValueLayout.JAVA_LONG_UNALIGNED, 16, number);
        return buffer.insert(sequence, source, 16, 8 + (int) (number & 15), now);
    }

    private List<String> drain(long now) {
        out.clear();
        int n = buffer.drain(handler, 1000, now);
        assertThat(out.stream().filter(s -> !s.startsWith("gap"))).hasSize(n);
        return out;
    }

    @Test
    void packetsInOrderComeOutAtOnce() {
        for (int i = 100; i < 1000; i++) {
            assertThat(insert(i, i)).isEqualTo(PacketFate.IN_ORDER);
            assertThat(drain(i)).containsExactly("" + i);
        }
        assertThat(buffer.statistics()).isEqualTo(new OrderedStatistics(0, 900, 0, 0, 0, 0, 0, 0, 0, 0, 900));
    }

    @Test
    void packetsOutOfOrderWaitForThoseBeforeThem() {
        insert(10, 0);
        assertThat(insert(13, 1)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(insert(11, 2)).isEqualTo(PacketFate.REORDERED);
        assertThat(drain(3)).containsExactly("10", "11");
        assertThat(buffer.statistics().waiting()).isEqualTo(1);
        assertThat(insert(12, 4)).isEqualTo(PacketFate.REORDERED);
        assertThat(drain(5)).containsExactly("12", "13");
        assertThat(buffer.statistics()).isEqualTo(new OrderedStatistics(0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 4));
    }

    @Test
    void duplicatesAreKnownBeforeAndAfterTheyCameOut() {
        insert(1, 0);
        insert(3, 0);
        assertThat(insert(1, 0)).isEqualTo(PacketFate.DUPLICATE);
        assertThat(insert(3, 0)).isEqualTo(PacketFate.DUPLICATE);
        drain(0);
        assertThat(insert(1, 0)).isEqualTo(PacketFate.DUPLICATE);
        assertThat(drain(TIMEOUT)).containsExactly("gap 2+1", "3");
        assertThat(insert(2, 0)).isEqualTo(PacketFate.LATE);
        assertThat(insert(3, 0)).isEqualTo(PacketFate.DUPLICATE);
        for (int i = 4; i < 12; i++) {
            insert(i, 0);
            drain(0);
        }
        assertThat(insert(4, 0)).as("a window behind").isEqualTo(PacketFate.DUPLICATE);
        assertThat(insert(3, 0)).as("more than a window behind").isEqualTo(PacketFate.LATE);
        assertThat(buffer.statistics().duplicates()).isEqualTo(5);
        assertThat(buffer.statistics().late()).isEqualTo(2);
        assertThat(buffer.statistics().dropped()).isEqualTo(7);
    }

    @Test
    void aGapIsGivenUpWhenAPacketBehindItHasWaitedLongEnough() {
        insert(1, 0);
        drain(0);
        assertThat(buffer.nanosToTimeout(0)).isEqualTo(Long.MAX_VALUE);
        insert(5, 10);
        insert(3, 50);
        assertThat(drain(10 + TIMEOUT - 1)).isEmpty();
        assertThat(buffer.nanosToTimeout(10 + TIMEOUT - 1)).isEqualTo(1);
        assertThat(buffer.nanosToTimeout(10 + TIMEOUT)).isZero();
        assertThat(drain(10 + TIMEOUT)).as("5 has waited, 3 comes before it").containsExactly("gap 2+1", "3", "gap 4+1", "5");
        assertThat(insert(9, 200)).isEqualTo(PacketFate.IN_ORDER);
        insert(7, 250);
        assertThat(drain(260)).isEmpty();
        insert(6, 270);
        assertThat(drain(280)).containsExactly("6", "7");
        assertThat(buffer.nanosToTimeout(280)).as("9 came at 200").isEqualTo(20);
        assertThat(drain(300)).containsExactly("gap 8+1", "9");
        assertThat(buffer.statistics().gaps()).isEqualTo(3);
        assertThat(buffer.statistics().lost()).isEqualTo(3);
    }

    @Test
    void timeMayWrapAround() {
        long now = Long.MAX_VALUE - 20;
        insert(1, now);
        drain(now);
        insert(3, now);
        assertThat(drain(now + TIMEOUT - 1)).isEmpty();
        assertThat(buffer.nanosToTimeout(now + TIMEOUT - 1)).isEqualTo(1);
        assertThat(drain(now + TIMEOUT)).containsExactly("gap 2+1", "3");
    }

    @Test
    void aWindowThatIsFullIsDrainedAndMovesUp() {
        insert(1, 0);
        drain(0);
        insert(3, 0);
        insert(5, 0);
        assertThat(insert(2 + 8, 0)).as("needs the place of 2").isEqualTo(PacketFate.IN_ORDER);
        assertThat(insert(2 + 8, 0)).isEqualTo(PacketFate.DUPLICATE);
        assertThat(insert(4 + 8, 0)).isEqualTo(PacketFate.DRAIN_FIRST);
        assertThat(buffer.nanosToTimeout(0)).isZero();
        assertThat(drain(0)).as("4 is given up too, 6 is not").containsExactly("gap 2+1", "3", "gap 4+1", "5");
        assertThat(insert(4 + 8, 0)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(drain(0)).isEmpty();
        assertThat(insert(100, 0)).isEqualTo(PacketFate.DRAIN_FIRST);
        assertThat(drain(0)).containsExactly("gap 6+4", "10", "gap 11+1", "12");
        assertThat(insert(100, 0)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(drain(TIMEOUT)).containsExactly("gap 13+87", "100");
        assertThat(buffer.statistics().lost()).isEqualTo(1 + 1 + 4 + 1 + 87);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void numbersWrapAround(int bits) {
        buffer = buffer(16, bits);
        long last = -1L >>> 64 - bits;
        buffer.start(-3);
        assertThat(insert(last - 1, 0)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(insert(1, 0)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(insert(-1, 0)).isEqualTo(PacketFate.REORDERED);
        assertThat(insert(last, 0)).isEqualTo(PacketFate.DUPLICATE);
        assertThat(drain(0)).isEmpty();
        assertThat(drain(TIMEOUT)).containsExactly("gap " + Long.toUnsignedString(last - 2) + "+1", Long.toUnsignedString(last - 1),
                Long.toUnsignedString(last), "gap 0+1", "1");
        assertThat(insert(0, TIMEOUT)).isEqualTo(PacketFate.LATE);
        assertThat(insert(last, TIMEOUT)).isEqualTo(PacketFate.DUPLICATE);
        assertThat(insert(2, TIMEOUT)).isEqualTo(PacketFate.IN_ORDER);
    }

    @Test
    void oneFarPacketIsAMistakeAndTwoInARowARestart() {
        insert(1, 0);
        drain(0);
        insert(3, 0);
        assertThat(insert(30_000, 0)).isEqualTo(PacketFate.FAR);
        assertThat(insert(4, 0)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(insert(30_001, 0)).as("not in a row").isEqualTo(PacketFate.FAR);
        assertThat(insert(40_000, 0)).isEqualTo(PacketFate.FAR);
        assertThat(insert(40_001, 0)).isEqualTo(PacketFate.DRAIN_FIRST);
        assertThat(drain(0)).containsExactly("gap 2+1", "3", "4");
        assertThat(insert(40_001, 0)).isEqualTo(PacketFate.IN_ORDER);
        assertThat(drain(0)).as("no gap before it").containsExactly("40001");
        assertThat(insert(40_000, 0)).isEqualTo(PacketFate.LATE);
        assertThat(buffer.statistics().restarts()).isEqualTo(1);
        assertThat(buffer.statistics().far()).isEqualTo(3);
    }

    @Test
    void handlersMayLeaveAPacketOrThrow() {
        insert(1, 0);
        insert(2, 0);
        insert(4, 0);
        assertThat(buffer.drain((s, m, o, l, a) -> s < 2, 10, 0)).isEqualTo(1);
        assertThatThrownBy(() -> buffer.drain((s, m, o, l, a) -> {
            throw new IllegalStateException("no");
        }, 10, 0)).hasMessage("no");
        Expect.error(DevError.BAD_STATE, () -> buffer.drain((s, m, o, l, a) -> insert(7, 0) == null, 10, 0));
        assertThat(Expect.error(DevError.BAD_STATE, () -> buffer.start(9))).contains("2 packets").contains("9");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> buffer.drain(handler, -1, 0))).contains("-1");
        assertThat(drain(TIMEOUT)).containsExactly("2", "gap 3+1", "4");
        buffer.start(9);
        insert(10, 0);
        assertThat(drain(TIMEOUT)).containsExactly("gap 9+1", "10");
    }

    @Test
    void lengthsAreCheckedBeforeAnythingChanges() {
        buffer.start(1);
        assertThat(buffer.insert(1, source, 0, 101, 0)).isEqualTo(PacketFate.TOO_LONG);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> buffer.insert(1, source, 100, 29, 0))).contains("29").contains("100").contains("128");
        Expect.error(DevError.INVALID_PARAM, () -> buffer.insert(1, source, -1, 5, 0));
        Expect.error(DevError.INVALID_PARAM, () -> buffer.insert(1, source, 0, -5, 0));
        assertThat(buffer.insert(1, source, 128, 0, 0)).as("empty packets have their place, too").isEqualTo(PacketFate.IN_ORDER);
        assertThat(buffer.drain((s, m, o, length, a) -> length == 0, 1, 0)).isEqualTo(1);
        assertThat(buffer.statistics().tooLong()).isEqualTo(1);
    }

    @Test
    void itBelongsToOneThread() {
        insert(1, 0);
        Expect.inThread(() -> assertThat(Expect.error(DevError.BAD_STATE, () -> insert(2, 0))).contains("main"));
        buffer.unbind();
        Expect.inThread(() -> assertThat(insert(2, 0)).isEqualTo(PacketFate.IN_ORDER));
        assertThat(drain(0)).containsExactly("1", "2");
    }

    @Test
    void measuresOutOfRangeAreNamed() {
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(8, 100, 24, 0))).contains("24");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(12, 100, 32, 0))).contains("12");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(32_768, 100, 16, 0))).contains("32768").contains("16384");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(8, 0, 32, 0))).contains("maxPacket 0");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(8, 65_536, 32, 0))).contains("65536");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(8, 100, 32, -1))).contains("-1");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(8, 100, 32, 0, 7))).contains("7");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedSpec(8, 100, 16, 0, 32_768))).contains("32768").contains("32767");
        OrderedSpec spec = new OrderedSpec(8, 100, 32, 0);
        assertThat(spec.bytes()).isEqualTo(8 * 128);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new OrderedBuffer(spec, MemorySegment.ofArray(new byte[1023]))))
                .contains("1023").contains("1024");
        for (int bits : new int[] {16, 32, 64}) {
            assertThat(new OrderedSpec(16_384, 100, bits, 0).maxJump()).isGreaterThanOrEqualTo(16_384);
        }
    }
}
