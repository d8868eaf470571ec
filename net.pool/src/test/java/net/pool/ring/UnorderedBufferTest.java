package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.api.DevError;
import net.pool.Expect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thread on both sides of the ring. */
class UnorderedBufferTest {
    private static final int MAX = 1500;
    private static final int MOST = 65_536 / MAX;
    private UnorderedBuffer ring = ring(65_536, 1024, MAX, OverflowPolicy.REFUSE);

    private static UnorderedBuffer ring(int capacity, int records, int max, OverflowPolicy overflow) {
        return new UnorderedBuffer(new RingSpec(capacity, records, max, overflow), Arena.ofAuto());
    }

    /** Pushes a packet whose first byte is given. */
    private int push(int length, int first) {
        return ring.producer().push(Math.max(length, 1), slot -> {
            slot.buffer().put((byte) first);
            return length;
        });
    }

    private List<Integer> popAll() {
        List<Integer> firsts = new ArrayList<>();
        ring.consumer().pop(p -> firsts.add((int) p.getByte(0)), Integer.MAX_VALUE);
        return firsts;
    }

    @ParameterizedTest(name = "{0} to {1} bytes, drained every {2} packets")
    @CsvSource({"1000,1000,1", "64,1400,1", "1,1500,1", "1500,1500,1", "1499,1499,1", "64,64,1", "1,1,1", "1,1500,7", "1000,1000,40", "64,1400,30"})
    void drainingLosesNoCapacityInAMillionPackets(int least, int most, int every) {
        Random random = new Random(least * 31 + most);
        for (int i = 1; i <= 1_000_000; i++) {
            int length = least + random.nextInt(most - least + 1);
            if (ring.producer().push(MAX, slot -> length) != length) {
                throw new AssertionError("packet " + i + " of " + length + " bytes was refused: " + ring.statistics());
            }
            if (i % every == 0) {
                int n = ring.consumer().pop(p -> true, Integer.MAX_VALUE);
                if (n != every || ring.producer().used() != 0) {
                    throw new AssertionError(n + " came out after packet " + i + ", " + ring.producer().used() + " bytes stay used");
                }
            }
        }
        popAll();
        for (int i = 0; i < MOST; i++) {
            assertThat(push(MAX, i)).isEqualTo(MAX);
        }
        assertThat(push(MAX, 0)).isEqualTo(PacketProducer.NO_ROOM);
        assertThat(popAll()).hasSize(MOST);
    }

    @Test
    void failingReceiversChangeNothingNotEvenWhereTheRingWouldWrap() {
        for (int lap = 0; lap < 2_000; lap++) {
            // 43 packets leave 1036 bytes: the next one needs padding.
            while (push(MAX, 1) == MAX) {
                continue;
            }
            assertThat(ring.consumer().pop(p -> true, 2)).isEqualTo(2);
            int used = ring.producer().used();
            long padding = ring.statistics().paddingBytes();
            assertThat(ring.producer().push(MAX, slot -> 0)).isZero();
            assertThatThrownBy(() -> ring.producer().push(MAX, slot -> {
                slot.buffer().putLong(-1);
                throw new IOException("would block");
            })).isInstanceOf(IOException.class).hasMessage("would block");
            assertThat(ring.producer().used()).isEqualTo(used);
            assertThat(ring.statistics().paddingBytes()).isEqualTo(padding);
            ring.consumer().pop(p -> true, 1 + lap % 41);
            ring.producer().push(1 + lap % MAX, slot -> 1);
        }
        popAll();
        assertThat(ring.producer().used()).isZero();
        assertThat(ring.statistics().failed()).isEqualTo(2_000);
        assertThat(ring.statistics().aborted()).isEqualTo(2_000);
    }

    @Test
    void writersThatAlwaysFailNeverFillTheRing() {
        for (int i = 0; i < 1_000_000; i++) {
            if (ring.producer().reserve(MAX) == null) {
                throw new AssertionError("refused after " + i);
            }
            ring.producer().abort();
        }
        assertThat(push(MAX, 5)).isEqualTo(MAX);
        assertThat(popAll()).containsExactly(5);
    }

    @Test
    void paddingIsFreeAsSoonAsThePacketInFrontIs() {
        ring = ring(64, 8, 40, OverflowPolicy.REFUSE);
        assertThat(push(40, 1)).isEqualTo(40);
        ring.consumer().pop(p -> true);
        ring = ring(64, 8, 40, OverflowPolicy.REFUSE);
        push(30, 1);
        push(20, 2);
        ring.consumer().pop(p -> true);
        assertThat(push(20, 3)).as("at the front, behind 14 bytes of padding").isEqualTo(20);
        assertThat(ring.producer().used()).isEqualTo(20 + 14 + 20);
        assertThat(ring.statistics().paddingBytes()).isEqualTo(14);
        ring.consumer().pop(p -> true);
        assertThat(ring.producer().used()).isEqualTo(20);
        assertThat(push(40, 4)).as("all but the packet at the front is free").isEqualTo(40);
        assertThat(popAll()).containsExactly(3, 4);
    }

    @Test
    void recordsAreCheckedBeforeAnythingChanges() {
        ring = ring(64, 4, 40, OverflowPolicy.REFUSE);
        push(30, 1);
        push(10, 2);
        push(10, 3);
        ring.consumer().pop(p -> true);
        assertThat(push(20, 4)).as("two records are free, one for the padding").isEqualTo(20);
        assertThat(push(1, 5)).as("there are bytes, but no record").isEqualTo(PacketProducer.NO_ROOM);
        ring.consumer().pop(p -> true);
        assertThat(push(1, 5)).isEqualTo(1);
        assertThat(popAll()).containsExactly(3, 4, 5);

        ring = ring(64, 4, 40, OverflowPolicy.REFUSE);
        push(30, 1);
        push(10, 2);
        push(10, 3);
        push(1, 4);
        ring.consumer().pop(p -> true);
        assertThat(push(20, 5)).as("one record is free, two are needed").isEqualTo(PacketProducer.NO_ROOM);
        assertThat(ring.producer().used()).isEqualTo(21);
        assertThat(push(13, 6)).as("without padding one is enough").isEqualTo(13);
        assertThat(popAll()).containsExactly(2, 3, 4, 6);
    }

    @Test
    void aRecordUsedAgainKeepsNothingOfItsFormerPacket() throws Exception {
        ring = ring(64, 2, 60, OverflowPolicy.REFUSE);
        InetSocketAddress sender = new InetSocketAddress(InetAddress.getByName("fe80::1%7"), 4711);
        for (int i = 0; i < 4; i++) {
            ring.producer().push(8, slot -> {
                slot.sender(sender);
                slot.time(-1);
                return 8;
            });
            ring.consumer().pop(p -> p.sender().equals(sender) && p.senderScope() == 7 && p.time() == -1);
        }
        for (int i = 0; i < 4; i++) {
            push(3, i);
            PacketView p = ring.consumer().peek();
            assertThat(new long[] {p.length(), p.time(), p.senderFamily(), p.senderPort(), p.senderHigh(), p.senderLow(), p.senderScope()})
                    .containsExactly(3, 0, 0, 0, 0, 0, 0);
            assertThat(p.sender()).isNull();
            ring.consumer().remove();
        }
    }

    @Test
    void lengthZeroIsNoPacketAndImpossibleLengthsAreRefused() {
        assertThat(ring.producer().push(10, slot -> 0)).isZero();
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> ring.producer().push(10, slot -> 11))).contains("11").contains("10");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> ring.producer().push(10, slot -> -3))).contains("-3");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> ring.producer().push(0, slot -> 0))).contains("0").contains("1500");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> ring.producer().push(1501, slot -> 0))).contains("1501").contains("1500");
        assertThat(ring.isEmpty()).isTrue();
        assertThat(push(10, 3)).isEqualTo(10);
        assertThat(popAll()).containsExactly(3);
        RingStatistics s = ring.statistics();
        assertThat(s).isEqualTo(new RingStatistics(0, 1, 10, 1, 10, 0, 0, 0, 0, 1, 2, 0));
    }

    @Test
    void reservedPlacesAreCommittedOrAborted() {
        PacketProducer producer = ring.producer();
        assertThat(Expect.error(DevError.BAD_STATE, () -> producer.commit(1))).contains("no place reserved");
        assertThat(Expect.error(DevError.BAD_STATE, producer::abort)).contains("no place reserved");
        PacketSlot slot = producer.reserve(100);
        assertThat(slot.room()).isEqualTo(100);
        assertThat(Expect.error(DevError.BAD_STATE, () -> producer.reserve(1))).contains("commit or abort");
        assertThat(Expect.error(DevError.BAD_STATE, () -> producer.push(1, s -> 1))).contains("commit or abort");
        slot.copyFrom(new byte[] {9, 8, 7}, 1, 2);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> slot.copyFrom(new byte[101], 0, 101))).contains("101").contains("100");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> slot.copyFrom(MemorySegment.ofArray(new byte[5]), 4, 2))).contains("4");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> producer.commit(101))).contains("101").contains("100");
        assertThat(producer.commit(2)).isEqualTo(2);
        Expect.error(DevError.INVALID_PARAM, () -> slot.copyFrom(new byte[1], 0, 1));
        assertThat(popAll()).containsExactly(8);
    }

    @Test
    void handlersMayLeaveAPacketOrThrow() {
        for (int i = 1; i <= 5; i++) {
            push(i, i);
        }
        PacketConsumer consumer = ring.consumer();
        assertThat(consumer.pop(p -> false)).isZero();
        assertThat(consumer.pop(p -> p.getByte(0) < 3, 10)).isEqualTo(2);
        assertThatThrownBy(() -> consumer.pop(p -> {
            if (p.getByte(0) == 4) {
                throw new IllegalStateException("four");
            }
            return true;
        }, 10)).hasMessage("four");
        PacketView p = consumer.peek();
        assertThat(p.length()).isEqualTo(4);
        Expect.error(DevError.BAD_STATE, consumer::peek);
        Expect.error(DevError.BAD_STATE, () -> consumer.pop(x -> true));
        consumer.leavePacket();
        assertThat(p.length()).isNegative();
        assertThat(Expect.error(DevError.BAD_STATE, () -> p.getByte(0))).contains("removed");
        Expect.error(DevError.BAD_STATE, consumer::remove);
        assertThat(popAll()).containsExactly(4, 5);
        assertThat(consumer.peek()).isNull();
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> consumer.pop(x -> true, -1))).contains("-1");
        assertThat(ring.statistics().left()).isEqualTo(3);
    }

    @Test
    void viewsReadOnlyTheirPacket() {
        ring.producer().push(MemorySegment.ofArray(new byte[] {1, 2, 3, 4}), 1, 3, 77);
        PacketView p = ring.consumer().peek();
        byte[] bytes = new byte[5];
        p.copyTo(bytes, 1);
        assertThat(bytes).containsExactly(0, 2, 3, 4, 0);
        p.copyTo(MemorySegment.ofArray(bytes), 2);
        assertThat(bytes).containsExactly(0, 2, 2, 3, 4);
        assertThat(p.buffer().remaining()).isEqualTo(3);
        assertThat(p.buffer().isReadOnly() && p.memory().isReadOnly()).isTrue();
        assertThat(p.time()).isEqualTo(77);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> p.getByte(3))).contains("3");
        Expect.error(DevError.INVALID_PARAM, () -> p.getByte(-1));
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> p.copyTo(bytes, 3))).contains("3").contains("5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.255", "2001:db8::ffff:ffff", "fe80::8000:0:0:1%3"})
    void sendersComeOutAsTheyWentIn(String text) throws Exception {
        InetSocketAddress sender = new InetSocketAddress(InetAddress.getByName(text), 65_535);
        ring.producer().push(1, slot -> {
            slot.sender(sender);
            return 1;
        });
        PacketView p = ring.consumer().peek();
        assertThat(p.sender()).isEqualTo(sender);
        assertThat(p.sender().getAddress().getHostAddress()).isEqualTo(sender.getAddress().getHostAddress());
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> ring.producer().push(1, slot -> {
            slot.sender(0x7f000001, 65_536);
            return 1;
        }))).contains("65536");
    }

    @Test
    void eachSideBelongsToOneThread() {
        push(1, 1);
        Expect.inThread(() -> {
            assertThat(Expect.error(DevError.BAD_STATE, () -> push(1, 2))).contains("main").contains("helper").contains("unbind");
            assertThat(ring.consumer().pop(p -> true)).isEqualTo(1);
        });
        assertThat(ring.consumer().pop(p -> true)).as("its owner has ended").isZero();
        ring.producer().unbind();
        Expect.inThread(() -> {
            assertThat(push(1, 3)).isEqualTo(1);
            assertThat(Expect.error(DevError.BAD_STATE, () -> ring.consumer().pop(p -> true))).contains("consumer");
        });
        assertThat(popAll()).containsExactly(3);
    }

    @Test
    void callbacksCannotCallTheSideThatCallsThem() {
        push(1, 1);
        Expect.error(DevError.BAD_STATE, () -> ring.producer().push(1, slot -> push(1, 2)));
        Expect.error(DevError.BAD_STATE, () -> ring.consumer().pop(p -> ring.consumer().pop(x -> true) == 1));
        assertThat(ring.consumer().pop(p -> push(1, 4) == 1)).as("the other side is free to be called").isEqualTo(1);
        assertThat(popAll()).containsExactly(4);
    }

    @Test
    void aThreadThatCannotReachTheMemoryIsTold() {
        try (Arena arena = Arena.ofConfined()) {
            ring = new UnorderedBuffer(new RingSpec(64, 10), arena);
            push(1, 1);
            Expect.inThread(() -> assertThat(Expect.error(DevError.BAD_STATE, () -> ring.consumer().pop(p -> true))).contains("arena"));
        }
    }

    @Test
    void refusedDroppedNewestOrDroppedOldest() {
        ring = ring(64, 8, 40, OverflowPolicy.REFUSE);
        assertThat(new int[] {push(30, 1), push(30, 2), push(30, 3)}).containsExactly(30, 30, PacketProducer.NO_ROOM);
        assertThat(popAll()).containsExactly(1, 2);
        assertThat(ring.statistics().refused()).isEqualTo(1);

        ring = ring(64, 8, 40, OverflowPolicy.DROP_NEWEST);
        assertThat(new int[] {push(30, 1), push(30, 2), push(30, 3), push(4, 4)}).containsExactly(30, 30, PacketProducer.DROPPED, 4);
        assertThat(popAll()).containsExactly(1, 2, 4);
        assertThat(ring.statistics().droppedNewest()).isEqualTo(1);

        ring = ring(64, 8, 40, OverflowPolicy.DROP_OLDEST);
        assertThat(new int[] {push(30, 1), push(30, 2), push(30, 3), push(5, 4)}).containsExactly(30, 30, 30, 5);
        assertThat(popAll()).containsExactly(3, 4);
        assertThat(ring.statistics().droppedOldest()).isEqualTo(2);
    }

    @Test
    void nothingIsDroppedForAPacketThatDoesNotCome() {
        ring = ring(64, 8, 64, OverflowPolicy.DROP_OLDEST);
        push(64, 1);
        assertThat(ring.producer().push(64, slot -> 0)).isZero();
        assertThatThrownBy(() -> ring.producer().push(64, slot -> {
            throw new IOException("no");
        })).hasMessage("no");
        assertThat(ring.statistics().droppedOldest()).isZero();
        assertThat(popAll()).containsExactly(1);
    }

    @Test
    void whatTheConsumerHoldsIsNotDropped() {
        ring = ring(64, 8, 40, OverflowPolicy.DROP_OLDEST);
        push(30, 1);
        push(30, 2);
        PacketView p = ring.consumer().peek();
        assertThat(push(30, 3)).isEqualTo(PacketProducer.DROPPED);
        assertThat(p.getByte(0)).isEqualTo((byte) 1);
        ring.consumer().leavePacket();
        assertThat(push(30, 4)).isEqualTo(30);
        assertThat(ring.consumer().pop(x -> push(30, 5) == PacketProducer.DROPPED)).isEqualTo(1);
        assertThat(popAll()).containsExactly(4);
        assertThat(ring.statistics().droppedNewest()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(OverflowPolicy.class)
    void theCallersMemoryIsUsedAndNoMore(OverflowPolicy overflow) {
        RingSpec spec = new RingSpec(128, 16, 100, overflow);
        assertThat(spec.bytes()).isEqualTo(overflow == OverflowPolicy.REFUSE ? 128 : 228);
        byte[] bytes = new byte[300];
        ring = new UnorderedBuffer(spec, MemorySegment.ofArray(bytes));
        for (int i = 0; i < 100; i++) {
            ring.producer().push(100, slot -> {
                slot.memory().asSlice(slot.offset(), slot.room()).fill((byte) 1);
                return 100;
            });
        }
        for (int i = 0; i < bytes.length; i++) {
            assertThat(bytes[i]).as("byte %d", i).isEqualTo((byte) (i < 100 || i >= 128 && i < spec.bytes() ? 1 : 0));
        }
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new UnorderedBuffer(spec, MemorySegment.ofArray(new byte[127])))).contains("127");
        Expect.error(DevError.INVALID_PARAM, () -> new UnorderedBuffer(spec, MemorySegment.ofArray(bytes).asReadOnly()));
    }

    @Test
    void measuresOutOfRangeAreNamed() {
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(100, 10))).contains("100").contains("power of two");
        Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(32, 10));
        Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(Integer.MIN_VALUE, 10));
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(64, 65))).contains("65").contains("64");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(64, 0))).contains("0");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(64, 1, 64, OverflowPolicy.REFUSE))).contains("records 1");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new RingSpec(64, 2, 64, null))).contains("REFUSE");
    }
}
