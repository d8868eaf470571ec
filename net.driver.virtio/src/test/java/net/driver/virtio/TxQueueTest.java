package net.driver.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetCounter;
import net.api.NetDriverOps;
import net.api.TxOffload;
import net.api.TxQueue;
import net.hw.virtio.Feature;
import net.pool.BufferPool;
import net.pool.PoolSpec;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TxQueueTest {
    private final TestRig rig = new TestRig(128);
    private final ScriptedDevice script = rig.script;
    private NetDriverOps ops;
    private TxQueue queue;
    private final List<NetBuf> mine = new ArrayList<>();

    @AfterEach
    void nothingIsLost() {
        mine.stream().filter(NetBuf::isOwned).forEach(NetBuf::release);
        assertThat(rig.missingAfterStop()).as("buffers missing after the stop").isZero();
        rig.close();
    }

    private void attach(long more) {
        script.offered |= more;
        ops = rig.attach();
        queue = ops.txQueue(0);
    }

    private NetBuf buffer(byte[] bytes) {
        NetBuf b = rig.pool.allocate();
        b.setLength(bytes.length);
        b.copyFrom(0, bytes, 0, bytes.length);
        mine.add(b);
        return b;
    }

    private static byte[] bytes(int length, int seed) {
        byte[] f = new byte[length];
        new Random(seed).nextBytes(f);
        return f;
    }

    private long counter(String name) {
        return ops.statistics().extended().stream().filter(c -> c.name().equals(name)).mapToLong(NetCounter::value).sum();
    }

    private void complete() {
        while (script.waiting(1) > 0) {
            script.use(1, script.next(1), 0);
        }
    }

    private static void refused(DevError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
    }

    @Test
    void framesOfAllShapesLeaveByteForByteOverManyTurnsOfTheRing() {
        for (long features : new long[] {0, Feature.EVENT_IDX.mask(), Feature.INDIRECT_DESC.mask()}) {
            try (TestRig own = new TestRig(128)) {
                own.script.offered |= features;
                BufferPool other = new BufferPool(new PoolSpec("other", 128, 1920, 0), 2, "test", own.space.allocate(128 * 2048));
                NetDriverOps card = own.attach();
                card.setMtu(9000);
                long seed = System.nanoTime();
                Random random = new Random(seed);
                Deque<byte[]> expected = new ArrayDeque<>();
                NetBuf[] batch = new NetBuf[5];
                int sent = 0;
                while (sent < 70_000) {
                    int n = 1 + random.nextInt(batch.length);
                    List<byte[]> frames = new ArrayList<>();
                    for (int i = 0; i < n; i++) {
                        frames.add(bytes(14 + random.nextInt(random.nextInt(10) == 0 ? 4000 : 50), random.nextInt()));
                        batch[i] = shaped(random.nextInt(5) == 0 ? other : own.pool, frames.get(i), random);
                        if (random.nextInt(5) == 0) {
                            NetBuf original = batch[i];
                            batch[i] = own.pool.shells().cloneOf(original);
                            original.release();
                        }
                    }
                    int taken = card.txQueue(0).transmit(batch, 0, n);
                    expected.addAll(frames.subList(0, taken));
                    for (int i = 0; i < n; i++) {
                        assertThat(batch[i] == null).as("%d of %d taken, seed %d", taken, n, seed).isEqualTo(i < taken);
                        if (batch[i] != null) {
                            batch[i].release();
                        }
                    }
                    sent += taken;
                    for (int k = random.nextInt(8); k > 0 && own.script.waiting(1) > 0; k--) {
                        int head = own.script.next(1);
                        assertThat(own.script.frame(head)).as("seed %d", seed).isEqualTo(expected.poll());
                        own.script.use(1, head, 0);
                    }
                }
                while (own.script.waiting(1) > 0) {
                    own.script.use(1, own.script.next(1), 0);
                }
                assertThat(card.txQueue(0).reclaim()).isZero();
                assertThat(card.statistics().opackets()).isEqualTo(sent);
                assertThat(own.missingAfterStop()).as("seed %d", seed).isZero();
                assertThat(own.pool.shells().statistics().inUse()).as("shells, seed %d", seed).isZero();
                assertThat(other.missing()).as("buffers of the other pool, seed %d", seed).isZero();
            }
        }
        attach(0);
    }

    /** A frame in one or several buffers of a pool, some empty, some without room for a header. */
    private static NetBuf shaped(BufferPool pool, byte[] frame, Random random) {
        NetBuf head = null;
        int at = 0;
        do {
            NetBuf b = pool.allocate();
            int n = random.nextInt(6) == 0 ? random.nextInt(20) : frame.length;
            n = Math.min(Math.min(n, frame.length - at), 1920);
            if (head == null && random.nextInt(6) == 0) {
                b.prepend(b.offset() - random.nextInt(12));
            }
            b.setLength(n);
            b.copyFrom(0, frame, at, n);
            at += n;
            if (head == null) {
                head = b;
            } else {
                head.chain(b);
            }
        } while (at < frame.length);
        return head;
    }

    @Test
    void aFrameWithoutRoomForTheHeaderGivesItsTableBack() {
        attach(Feature.INDIRECT_DESC.mask());
        for (int i = 0; i < 200; i++) {
            NetBuf b = rig.pool.allocate();
            b.prepend(b.offset());
            b.setLength(60);
            assertThat(queue.transmit(new NetBuf[] {b}, 0, 1)).as("frame %d", i).isOne();
            assertThat(script.chain(1, script.next(1))).as("header and packet").hasSize(2);
            script.use(1, i & 15, 0);
        }
    }

    @Test
    void completionsMayComeInAnyOrder() {
        attach(0);
        Random random = new Random(5);
        for (int turn = 0; turn < 1000; turn++) {
            NetBuf[] batch = {buffer(bytes(60, turn)), buffer(bytes(61, turn)), shaped(rig.pool, bytes(300, turn), random)};
            assertThat(queue.transmit(batch, 0, 3)).isEqualTo(3);
            List<Integer> heads = new ArrayList<>();
            while (script.waiting(1) > 0) {
                heads.add(script.next(1));
            }
            Collections.shuffle(heads, random);
            heads.forEach(h -> script.use(1, h, 0));
            mine.clear();
        }
        assertThat(queue.reclaim()).isZero();
        assertThat(ops.statistics().obytes()).isEqualTo(1000 * (60 + 61 + 300));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, -1, 9})
    void aCompletionOfWhatTheDeviceDoesNotHoldIsCounted(int id) {
        attach(0);
        NetBuf[] batch = {buffer(bytes(60, 1)), buffer(bytes(60, 2))};
        queue.transmit(batch, 0, 2);
        script.use(1, id, 0);
        assertThat(queue.reclaim()).as("both are still there").isEqualTo(2);
        assertThat(counter("tx_bad_used_id")).isOne();
        script.use(1, script.next(1), 0);
        assertThat(queue.reclaim()).isOne();
    }

    @Test
    void aCompletionThatComesTwiceIsCounted() {
        attach(0);
        NetBuf[] batch = {buffer(bytes(60, 1)), buffer(bytes(60, 2))};
        queue.transmit(batch, 0, 2);
        int head = script.next(1);
        script.use(1, head, 0);
        script.use(1, head, 0);
        assertThat(queue.reclaim()).isOne();
        assertThat(counter("tx_bad_used_id")).isOne();
    }

    @Test
    void anIndexThatRunsAheadIsNotFollowed() {
        attach(0);
        NetBuf[] batch = {buffer(bytes(60, 1))};
        queue.transmit(batch, 0, 1);
        script.publish(1, 2);
        assertThat(queue.reclaim()).isOne();
        assertThat(counter("tx_bad_used_idx")).isOne();
    }

    @Test
    void aFullRingTakesNoMoreAndTheRestStaysTheCallers() {
        attach(0);
        NetBuf[] batch = new NetBuf[20];
        for (int i = 0; i < 20; i++) {
            batch[i] = buffer(bytes(60, i));
        }
        assertThat(queue.transmit(batch, 0, 20)).isEqualTo(16);
        assertThat(batch[15]).isNull();
        assertThat(batch[16].isOwned()).isTrue();
        assertThat(queue.canTransmit()).isFalse();
        assertThat(queue.transmit(batch, 16, 4)).isZero();
        script.use(1, script.next(1), 0);
        assertThat(queue.canTransmit()).isTrue();
        assertThat(queue.transmit(batch, 16, 4)).isOne();
    }

    @Test
    void theFirstBadFrameIsExplainedAndEndsTheBatchOtherwise() {
        attach(0);
        NetBuf shared = buffer(bytes(60, 1));
        shared.retain();
        NetBuf empty = rig.pool.allocate();
        mine.add(empty);
        NetBuf tooLong = buffer(bytes(1519, 1));
        NetBuf chain = buffer(bytes(60, 1));
        for (int i = 0; i < 15; i++) {
            NetBuf b = rig.pool.allocate();
            b.setLength(10);
            chain.chain(b);
        }
        BufferPool other = new BufferPool(new PoolSpec("other", 4, 1920, 0), 2, "elsewhere", rig.space.allocate(4 * 2048));
        NetBuf foreign = other.allocate();
        foreign.setLength(60);
        NetBuf free = rig.pool.allocate();
        free.release();
        refused(DevError.INVALID_PARAM, () -> queue.transmit(new NetBuf[1], 0, 1));
        refused(DevError.RESOURCE_BUSY, () -> queue.transmit(new NetBuf[] {shared}, 0, 1));
        refused(DevError.BAD_STATE, () -> queue.transmit(new NetBuf[] {free}, 0, 1));
        refused(DevError.INVALID_PARAM, () -> queue.transmit(new NetBuf[] {empty}, 0, 1));
        refused(DevError.INVALID_PARAM, () -> queue.transmit(new NetBuf[] {tooLong}, 0, 1));
        refused(DevError.INVALID_PARAM, () -> queue.transmit(new NetBuf[] {chain}, 0, 1));
        refused(DevError.INVALID_PARAM, () -> queue.transmit(new NetBuf[] {foreign}, 0, 1));
        assertThat(script.waiting(1)).isZero();
        NetBuf[] batch = {buffer(bytes(60, 1)), tooLong, buffer(bytes(60, 2))};
        assertThat(queue.transmit(batch, 0, 3)).isOne();
        assertThat(batch).containsExactly(null, tooLong, batch[2]);
        ops.setMtu(1501);
        assertThat(queue.transmit(batch, 1, 2)).isEqualTo(2);
        shared.release();
    }

    @Test
    void aBufferThatIsInABatchTwiceIsSentOnce() {
        attach(0);
        NetBuf b = buffer(bytes(60, 1));
        NetBuf[] batch = {b, b};
        assertThat(queue.transmit(batch, 0, 2)).isOne();
        assertThat(b.isOwned()).isFalse();
        assertThat(script.waiting(1)).isOne();
        refused(DevError.BAD_STATE, () -> queue.transmit(batch, 1, 1));
    }

    @Test
    void theDeviceIsNotifiedOnceForABatchThatPassesItsEventAlsoAtTheWrap() {
        attach(Feature.EVENT_IDX.mask());
        int sent = 0;
        int kicks = 0;
        Random random = new Random(3);
        script.notified.clear();
        NetBuf[] batch = new NetBuf[7];
        while (sent < 140_000) {
            int n = 1 + random.nextInt(7);
            int event = sent - 2 + random.nextInt(10) & 0xffff;
            script.wish(1, event);
            for (int i = 0; i < n; i++) {
                batch[i] = rig.pool.allocate();
                batch[i].setLength(60);
            }
            assertThat(queue.transmit(batch, 0, n)).isEqualTo(n);
            for (int i = sent; i < sent + n; i++) {
                kicks += (i & 0xffff) == event ? 1 : 0;
            }
            assertThat(script.notified).as("after %d frames", sent + n).hasSize(kicks);
            sent += n;
            complete();
        }
        assertThat(kicks).isGreaterThan(1000);
    }

    @Test
    void aDeviceThatWantsNoNotificationGetsNone() {
        attach(0);
        script.notified.clear();
        ScriptedDevice.Queue q = script.queues.get(1);
        net.hw.virtio.VirtqUsed.setFlagsOpaque(script.memory(q.used, 4), 0, net.hw.virtio.VirtqUsed.NO_NOTIFY);
        queue.transmit(new NetBuf[] {buffer(bytes(60, 1))}, 0, 1);
        assertThat(script.notified).isEmpty();
        net.hw.virtio.VirtqUsed.setFlagsOpaque(script.memory(q.used, 4), 0, 0);
        queue.transmit(new NetBuf[] {buffer(bytes(60, 1)), buffer(bytes(60, 2))}, 0, 2);
        assertThat(script.notified).containsExactly(1);
    }

    @Test
    void singleFramesKeepTheContractOfTheSeeds() {
        attach(0);
        assertThat(ops.canTransmit()).isTrue();
        NetBuf b = ops.allocTxBuffer(100);
        assertThat(b.length()).isEqualTo(100);
        assertThat(ops.transmit(b)).isTrue();
        assertThat(ops.recycleTxBuffers()).isOne();
        complete();
        assertThat(ops.recycleTxBuffers()).isZero();
        refused(DevError.INVALID_PARAM, () -> ops.allocTxBuffer(13));
        refused(DevError.INVALID_PARAM, () -> ops.allocTxBuffer(1519));
        refused(DevError.INVALID_PARAM, () -> ops.transmit(null));
        assertThat(ops.receive()).isNull();
        script.receive(bytes(60, 4));
        assertThat(ops.canReceive()).isTrue();
        NetBuf got = ops.receive();
        assertThat(got.toByteArray()).isEqualTo(bytes(60, 4));
        ops.recycleRxBuffer(got);
        refused(DevError.BAD_STATE, () -> ops.recycleRxBuffer(got));
        refused(DevError.INVALID_PARAM, () -> ops.txQueue(1));
        refused(DevError.INVALID_PARAM, () -> ops.rxQueue(-1));
    }

    @Test
    void aFrameWithAnOffloadIsRefusedByACardWithoutOne() {
        attach(0);
        NetBuf[] one = {buffer(bytes(100, 1))};
        one[0].setOffload(TxOffload.vlan(5));
        assertThatThrownBy(() -> queue.transmit(one, 0, 1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error())
                .isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("vlanTag=5");
        one[0].setOffload(null);
        NetBuf rest = buffer(bytes(100, 2));
        one[0].chain(rest);
        rest.setOffload(TxOffload.vlan(5));
        assertThatThrownBy(() -> queue.transmit(one, 0, 1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error())
                .isEqualTo(DevError.INVALID_PARAM))
                .hasMessageContaining("not the first buffer");
        assertThat(one[0].unchain()).isSameAs(rest);
    }
}
