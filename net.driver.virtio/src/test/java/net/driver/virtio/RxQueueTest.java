package net.driver.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetCounter;
import net.api.NetDriverOps;
import net.api.RxQueue;
import net.hw.virtio.Feature;
import net.hw.virtio.NetHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RxQueueTest {
    private final TestRig rig = new TestRig();
    private final ScriptedDevice script = rig.script;
    private NetDriverOps ops;
    private RxQueue queue;
    private final NetBuf[] to = new NetBuf[64];

    @AfterEach
    void nothingIsLost() {
        for (int i = 0; i < to.length; i++) {
            if (to[i] != null) {
                to[i].release();
            }
        }
        assertThat(rig.missingAfterStop()).as("buffers missing after the stop").isZero();
        rig.close();
    }

    private void attach(long more) {
        script.offered |= more;
        ops = rig.attach();
        queue = ops.rxQueue(0);
    }

    private static byte[] frame(int length, int seed) {
        byte[] f = new byte[length];
        new Random(seed).nextBytes(f);
        return f;
    }

    private long counter(String name) {
        return ops.statistics().extended().stream().filter(c -> c.name().equals(name)).mapToLong(NetCounter::value).sum();
    }

    @Test
    void framesArriveByteForByteOverManyTurnsOfTheRing() {
        attach(Feature.EVENT_IDX.mask());
        int given = 0;
        for (int turn = 0; turn < 9000; turn++) {
            int n = 1 + turn % 9;
            for (int i = 0; i < n; i++) {
                script.receive(frame(14 + (given + i) % 1500, given + i));
            }
            int got = queue.receive(to, 0, 64);
            assertThat(got).isEqualTo(n);
            for (int i = 0; i < got; i++) {
                if (turn % 50 == 0) {
                    assertThat(to[i].toByteArray()).isEqualTo(frame(14 + (given + i) % 1500, given + i));
                }
                to[i].release();
                to[i] = null;
            }
            given += n;
        }
        assertThat(ops.statistics().ipackets()).as("more than two times around 16 bits").isEqualTo(given).isGreaterThan(40_000);
        assertThat(rig.reports).isEmpty();
    }

    @Test
    void aDeviceMayCompleteInAnyOrder() {
        attach(0);
        Random random = new Random(1);
        for (int turn = 0; turn < 500; turn++) {
            List<Integer> heads = new ArrayList<>();
            while (script.waiting(0) > 0 && heads.size() < 7) {
                heads.add(script.next(0));
            }
            Collections.shuffle(heads, random);
            for (int head : heads) {
                byte[] f = frame(20 + head, head);
                script.fill(head, 1, f);
                script.use(0, head, NetHeader.SIZE + f.length);
            }
            int got = queue.receive(to, 0, 64);
            assertThat(got).isEqualTo(heads.size());
            for (int i = 0; i < got; i++) {
                assertThat(to[i].toByteArray()).isEqualTo(frame(20 + heads.get(i), heads.get(i)));
                to[i].release();
                to[i] = null;
            }
        }
        assertThat(script.waiting(0)).isGreaterThan(10);
    }

    @Test
    void aFrameOfSeveralBuffersArrivesAsAChainAmongOthers() {
        attach(0);
        byte[] f = frame(1920 + 1932 + 77, 3);
        script.receive(frame(60, 1));
        int a = script.next(0);
        int b = script.next(0);
        int c = script.next(0);
        script.fill(a, 3, Arrays.copyOf(f, 1920));
        script.memory(script.chain(0, b).getFirst()[0], 1932).copyFrom(java.lang.foreign.MemorySegment.ofArray(Arrays.copyOfRange(f, 1920, 1920 + 1932)));
        script.memory(script.chain(0, c).getFirst()[0], 77).copyFrom(java.lang.foreign.MemorySegment.ofArray(Arrays.copyOfRange(f, 1920 + 1932, f.length)));
        script.element(0, 0, a, 1932);
        script.element(0, 1, b, 1932);
        script.element(0, 2, c, 77);
        script.publish(0, 3);
        script.receive(frame(61, 2));
        assertThat(queue.receive(to, 0, 2)).isEqualTo(2);
        assertThat(to[0].toByteArray()).isEqualTo(frame(60, 1));
        assertThat(to[1].toByteArray()).isEqualTo(f);
        assertThat(queue.receive(to, 2, 2)).isOne();
        assertThat(to[2].toByteArray()).isEqualTo(frame(61, 2));
        assertThat(ops.statistics().ibytes()).isEqualTo(60 + f.length + 61);
    }

    @ParameterizedTest
    @CsvSource({"16", "65536", "-1", "-2147483648", "5"})
    void aUsedIdThatTheDeviceDoesNotHoldIsCounted(int id) {
        attach(0);
        for (int i = 0; i < 6; i++) {
            script.receive(frame(60, i));
        }
        assertThat(queue.receive(to, 0, 64)).isEqualTo(6);
        // The buffer of 5 was delivered; more frames than a batch, so that it is not posted again unseen.
        int head = script.next(0);
        if (id == 5) {
            script.use(0, head, 72);
            script.fill(head, 1, frame(60, 9));
            assertThat(queue.receive(to, 6, 1)).isOne();
            script.use(0, head, 72);
        } else {
            script.use(0, id, 72);
        }
        assertThat(queue.receive(to, 10, 64 - 10)).isZero();
        assertThat(counter("rx_bad_used_id")).isOne();
        assertThat(ops.statistics().ierrors()).isOne();
        script.receive(frame(99, 7));
        assertThat(queue.receive(to, 10, 64 - 10)).as("the queue goes on").isOne();
        assertThat(to[10].toByteArray()).isEqualTo(frame(99, 7));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 11, 12, 25, 1933, 65536, -1})
    void anImpossibleLengthDropsTheFrameAndKeepsTheBuffer(int length) {
        attach(0);
        int head = script.next(0);
        script.fill(head, 1, frame(60, 1));
        script.use(0, head, length);
        script.receive(frame(99, 7));
        assertThat(queue.receive(to, 0, 64)).isOne();
        assertThat(to[0].toByteArray()).isEqualTo(frame(99, 7));
        assertThat(counter("rx_bad_used_len")).isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {26, 1932})
    void theLimitsOfTheLengthAreInside(int length) {
        attach(0);
        int head = script.next(0);
        script.fill(head, 1, frame(length - 12, 1));
        script.use(0, head, length);
        assertThat(queue.receive(to, 0, 64)).isOne();
        assertThat(to[0].length()).isEqualTo(length - 12);
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 0x8000, 0xffff})
    void anIndexThatRunsAheadIsNotFollowed(int step) {
        attach(0);
        script.publish(0, step);
        assertThat(queue.receive(to, 0, 64)).isZero();
        assertThat(counter("rx_bad_used_idx")).isOne();
        assertThat(queue.canReceive()).isTrue();
        script.publish(0, 0x10000 - step);
        script.receive(frame(60, 1));
        assertThat(queue.receive(to, 0, 64)).as("back where it was").isOne();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 17, 0xffff})
    void aWrongNumberOfBuffersDropsTheFrame(int number) {
        attach(0);
        int head = script.next(0);
        script.fill(head, number, frame(60, 1));
        script.use(0, head, 72);
        assertThat(queue.receive(to, 0, 64)).isZero();
        assertThat(counter("rx_bad_num_buffers")).isOne();
        script.receive(frame(60, 2));
        assertThat(queue.receive(to, 0, 64)).isOne();
    }

    @Test
    void withoutMergingTheNumberOfBuffersMeansNothing() {
        script.offered &= ~Feature.MRG_RXBUF.mask();
        attach(0);
        int head = script.next(0);
        script.fill(head, 0, frame(60, 1));
        script.use(0, head, 72);
        assertThat(queue.receive(to, 0, 64)).isOne();
    }

    @Test
    void anOffloadThatWasNotNegotiatedDropsTheFrame() {
        attach(0);
        int head = script.next(0);
        script.fill(head, 1, frame(60, 1));
        NetHeader.setFlags(script.memory(script.chain(0, head).getFirst()[0], 72), 0, NetHeader.NEEDS_CSUM);
        script.use(0, head, 72);
        int other = script.next(0);
        script.fill(other, 1, frame(60, 1));
        NetHeader.setGsoType(script.memory(script.chain(0, other).getFirst()[0], 72), 0, 1);
        script.use(0, other, 72);
        assertThat(queue.receive(to, 0, 64)).isZero();
        assertThat(counter("rx_bad_header")).isEqualTo(2);
    }

    @Test
    void oneViolationMoreThanAllowedIsReportedOnce() {
        attach(0);
        for (int i = 0; i < 6; i++) {
            assertThat(rig.reports).hasSize(i > 3 ? 1 : 0);
            script.use(0, script.next(0), 5);
            queue.receive(to, 0, 64);
        }
        assertThat(rig.reports).singleElement().asString().startsWith("BROKEN receive queue 0").contains("bad_used_len").contains("wrote 5");
    }

    @Test
    void anExhaustedPoolLeavesTheQueueWithWhatIsPosted() {
        attach(0);
        NetBuf[] all = new NetBuf[64];
        int held = rig.pool.allocate(all, 0, 64);
        for (int i = 0; i < 16; i++) {
            script.receive(frame(60, i));
        }
        assertThat(queue.receive(to, 0, 64)).isEqualTo(16);
        assertThat(ops.statistics().rxNoBuf()).isPositive();
        assertThat(script.waiting(0)).isZero();
        rig.pool.release(all, 0, held);
        assertThat(queue.receive(to, 16, 16)).isZero();
        assertThat(script.waiting(0)).as("posted as soon as there were buffers").isEqualTo(16);
        script.receive(frame(60, 1));
        assertThat(queue.receive(to, 16, 16)).isOne();
    }

    @Test
    void waitingAlsoRefillsAnEmptyRing() throws InterruptedException {
        attach(0);
        NetBuf[] all = new NetBuf[64];
        int held = rig.pool.allocate(all, 0, 64);
        for (int i = 0; i < 16; i++) {
            script.receive(frame(60, i));
        }
        queue.receive(to, 0, 64);
        rig.pool.release(all, 0, held);
        assertThat(queue.await(0)).isFalse();
        assertThat(script.waiting(0)).isEqualTo(16);
    }

    @Test
    void anInterruptIsAskedForBeforeTheSleepOnly() throws InterruptedException {
        rig.vectors = 2;
        attach(Feature.EVENT_IDX.mask());
        ScriptedDevice.Queue q = script.queues.get(0);
        java.util.function.IntSupplier event = () -> net.hw.virtio.VirtqAvail.usedEventOpaque(script.memory(q.avail, 64), 0, q.size);
        assertThat(event.getAsInt()).as("far behind").isEqualTo(0xffff);
        assertThat(queue.await(0)).isFalse();
        assertThat(event.getAsInt()).isEqualTo(0xffff);
        assertThat(queue.await(1000)).isFalse();
        assertThat(event.getAsInt()).as("the next one").isZero();
        script.receive(frame(60, 1));
        assertThat(queue.await(1000)).isTrue();
        assertThat(event.getAsInt()).isEqualTo(0xffff);
    }

    @Test
    void vanishedMemoryIsReportedAndEndsNothing() {
        attach(0);
        rig.memory.forEach(net.api.device.DmaMemory::close);
        assertThat(queue.receive(to, 0, 64)).isZero();
        assertThat(queue.canReceive()).isFalse();
        assertThat(ops.txQueue(0).canTransmit()).isTrue();
        assertThat(rig.reports).first().asString().startsWith("GONE");
    }

    @Test
    void afterTheStopEveryCallSaysSo() {
        attach(0);
        queue.receive(to, 0, 1);
        rig.instance.stop();
        assertThatThrownBy(() -> queue.receive(to, 0, 1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        assertThatThrownBy(() -> queue.await(1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        assertThat(queue.canReceive()).isFalse();
    }
}
