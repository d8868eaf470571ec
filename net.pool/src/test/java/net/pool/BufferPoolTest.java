package net.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.PoolStatistics;
import org.junit.jupiter.api.Test;

/** The pool from any thread. */
class BufferPoolTest {
    @Test
    void everyBufferIsGivenOnceThenThereAreNone() {
        BufferPool pool = TestMemory.pool(100);
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            assertThat(seen.add(pool.allocate().index())).isTrue();
        }
        assertThat(seen).hasSize(100);
        assertThat(pool.allocate()).isNull();
        assertThat(pool.allocate(new NetBuf[4], 0, 4)).isZero();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(100, 0, 0, 100, 0, 2, 0));
        assertThat(pool.missing()).isEqualTo(100);
    }

    @Test
    void lastReleasedIsNextAllocated() {
        BufferPool pool = TestMemory.pool(100);
        NetBuf a = pool.allocate();
        NetBuf b = pool.allocate();
        a.release();
        b.release();
        assertThat(pool.allocate()).isSameAs(b);
        assertThat(pool.allocate()).isSameAs(a);
    }

    @Test
    void batchesOfAnySizeComeAndGo() {
        BufferPool pool = TestMemory.pool(1000);
        for (int n : new int[] {0, 1, 2, 31, 32, 33, 64, 100, 999, 1000}) {
            NetBuf[] bufs = new NetBuf[n + 2];
            assertThat(pool.allocate(bufs, 1, n)).isEqualTo(n);
            assertThat(new HashSet<>(Arrays.asList(bufs).subList(1, n + 1))).hasSize(n).allMatch(NetBuf::isOwned);
            assertThat(pool.statistics().free()).isEqualTo(1000 - n);
            pool.release(bufs, 0, n + 2);
            assertThat(bufs).containsOnlyNulls();
            assertThat(pool.statistics().free()).isEqualTo(1000);
        }
        NetBuf[] more = new NetBuf[1500];
        assertThat(pool.allocate(more, 0, 1500)).as("as many as there are").isEqualTo(1000);
        assertThat(more[1000]).isNull();
        assertThat(pool.statistics().failures()).isEqualTo(1);
        pool.release(more, 0, 1500);
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(1000, 1000, 0, 3262, 3262, 1, 0));
    }

    @Test
    void rangesAreChecked() {
        BufferPool pool = TestMemory.pool(10);
        NetBuf[] bufs = new NetBuf[4];
        for (int[] bad : new int[][] {{0, 5}, {4, 1}, {-1, 1}, {0, -1}, {2, Integer.MAX_VALUE}}) {
            assertThatThrownBy(() -> pool.allocate(bufs, bad[0], bad[1])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> pool.release(bufs, bad[0], bad[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(pool.missing()).isZero();
    }

    @Test
    void refusedFrameOfABatchStaysAndThoseBeforeItAreReleased() {
        BufferPool pool = TestMemory.pool(10);
        NetBuf[] bufs = new NetBuf[5];
        pool.allocate(bufs, 0, 5);
        NetBuf[] before = bufs.clone();
        bufs[0].retain();
        bufs[3].release();
        Expect.error(DevError.BAD_STATE, () -> pool.release(bufs, 0, 5));
        assertThat(bufs).containsExactly(null, null, null, before[3], before[4]);
        assertThat(before[0].isOwned()).isTrue();
        assertThat(before[4].isOwned()).isTrue();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(10, 8, 0, 5, 3, 0, 1));
        before[0].release();
        before[4].release();
        assertThat(pool.missing()).isZero();
    }

    @Test
    void foreignBuffersAreRefusedByEveryWayIn() {
        BufferPool pool = TestMemory.pool(10);
        BufferPool other = TestMemory.pool(10);
        NetBuf foreign = other.allocate();
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.release(foreign));
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.release(new NetBuf[] {foreign}, 0, 1));
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.cache().release(foreign));
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.cache().release(new NetBuf[] {foreign}, 0, 1));
        NetBuf[] ring = {foreign};
        assertThat(pool.reclaim(ring)).isZero();
        assertThat(pool.statistics().misuse()).isEqualTo(5);
        assertThat(foreign.isOwned()).isTrue();
        foreign.release();
        assertThat(other.missing()).isZero();
    }

    @Test
    void frameMixedWithOtherFramesInABatch() {
        BufferPool pool = TestMemory.pool(10);
        NetBuf[] bufs = new NetBuf[4];
        pool.allocate(bufs, 0, 4);
        bufs[0].chain(bufs[1]);
        bufs[1] = null;
        pool.release(bufs, 0, 4);
        assertThat(bufs).containsOnlyNulls();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(10, 10, 0, 4, 4, 0, 0));
    }

    @Test
    void everyBufferLiesInOnePageAndKnowsItsDeviceAddress() {
        for (int dataRoom : new int[] {1526, 1664, 1920, 1921, 2048, 3968}) {
            PoolSpec spec = new PoolSpec("test", 50, dataRoom);
            BufferPool pool = TestMemory.pool(spec);
            assertThat(spec.stride() % 64).isZero();
            assertThat(spec.stride()).isGreaterThanOrEqualTo(128 + dataRoom);
            long end = -1;
            NetBuf[] all = new NetBuf[50];
            pool.allocate(all, 0, 50);
            Arrays.sort(all, java.util.Comparator.comparingInt(NetBuf::index));
            for (int i = 0; i < 50; i++) {
                NetBuf b = all[i];
                assertThat(b.index()).as("index is position").isEqualTo(i);
                long at = b.memoryOffset() - b.offset();
                assertThat(at).isGreaterThan(end);
                assertThat(at % 64).isZero();
                end = at + b.capacity() - 1;
                assertThat(end / 4096).as("page of the last byte").isEqualTo(at / 4096);
                assertThat(b.bufferIova()).isEqualTo(TestMemory.FIRST_IOVA + at / 4096 * 8192 + at % 4096);
                assertThat(pool.attach(b.detach())).isSameAs(b);
            }
            pool.release(all, 0, 50);
            pool.close();
        }
    }

    @Test
    void buffersLargerThanAPageNeedContiguousAddresses() {
        PoolSpec jumbo = new PoolSpec("jumbo", 10, 9216);
        TestMemory jumping = new TestMemory(200_000, 4096, false);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new BufferPool(jumbo, 1, "host", jumping))).contains("9344", "4096", "contiguous");
        assertThat(jumping.isClosed()).as("stays the caller's").isFalse();
        BufferPool pool = new BufferPool(jumbo, 1, "host", new TestMemory(93_440, 4096, true));
        NetBuf b = pool.allocate();
        b.setLength(9216);
        b.setByte(9215, 1);
        b.release();
        pool.close();
    }

    @Test
    void sizesAreChecked() {
        assertThat(new PoolSpec("a", 1, NetBufPool.MIN_DATA_ROOM).stride()).isEqualTo(1664);
        assertThat(Spacing.of(new PoolSpec("a", NetBufPool.MAX_CAPACITY, NetBufPool.MAX_DATA_ROOM), 4096).bytes(NetBufPool.MAX_CAPACITY)).isEqualTo((1L << 24) * 65_664);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", 0, 1920))).contains("buffers is 0", "1 to 16777216");
        Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", -1, 1920));
        Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", NetBufPool.MAX_CAPACITY + 1, 1920));
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", 1, 1525))).contains("dataRoom is 1525", "1526 to 65535");
        Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", 1, 65_536));
        Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", 1, 1920, -1));
        Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec("a", 1, 1920, 4097));
        for (String name : new String[] {null, "", "a b", "a/b", "x".repeat(33)}) {
            Expect.error(DevError.INVALID_PARAM, () -> new PoolSpec(name, 1, 1920));
        }
        for (int id : new int[] {0, -1, 65_536}) {
            Expect.error(DevError.INVALID_PARAM, () -> new BufferPool(new PoolSpec("a", 1, 1920), id, "host", new TestMemory(4096, 4096, true)));
        }
        assertThat(Expect.error(DevError.NO_MEMORY, () -> new BufferPool(new PoolSpec("a", 5, 1920), 1, "host", new TestMemory(8192, 4096, true))))
                .contains("asked for 5 buffers of 2048 bytes", "4 buffers");
    }

    @Test
    void firstLinesOfBuffersInLargePagesAreSpreadOverTheSetsOfACache() {
        PoolSpec spec = new PoolSpec("a", 128, PoolSpec.DATA_ROOM);
        for (long page : new long[] {4096, 1 << 16, 1 << 21}) {
            Spacing spacing = Spacing.of(spec, page);
            TestMemory memory = new TestMemory(spacing.bytes(128), page, false);
            BufferPool pool = new BufferPool(spec, 7, "host", memory);
            NetBuf[] all = new NetBuf[128];
            assertThat(pool.allocate(all, 0, 128)).isEqualTo(128);
            // 64 sets of 64 bytes, as in the first-level caches of x86-64 and AArch64
            long sets = java.util.Arrays.stream(all).mapToLong(b -> b.memoryOffset() / 64 % 64).distinct().count();
            assertThat(sets).as("page %d", page).isEqualTo(page == 4096 ? 2 : page == 1 << 16 ? 31 : 64);
            for (NetBuf b : all) {
                assertThat((b.memoryOffset() - 128) / page).as("one page").isEqualTo((b.memoryOffset() - 128 + b.capacity() - 1) / page);
            }
            assertThat(memory.size()).as("costs little").isLessThan(128 * 2048 * 17L / 16);
            pool.release(all, 0, 128);
            pool.close();
        }
        TestMemory scarce = new TestMemory(128 * 2048, 1 << 21, false);
        BufferPool pool = new BufferPool(spec, 7, "host", scarce);
        assertThat(pool.capacity()).as("where there is no room for the lines between, they are close").isEqualTo(128);
        pool.close();
    }

    @Test
    void largestBufferTakesTheLongestPacket() {
        BufferPool big = new BufferPool(new PoolSpec("big", 2, 65_535), 1, "host", new TestMemory(2 * 65_664, 4096, true));
        NetBuf b = big.allocate();
        b.setLength(65_535);
        b.prepend(128);
        assertThat(b.length()).isEqualTo(65_663);
        b.toDevice();
        assertThat(b.deviceLength()).isEqualTo(65_663);
    }

    @Test
    void ringIsReclaimedWhateverTheDriverLeftInIt() {
        BufferPool pool = TestMemory.pool(20);
        NetBuf[] ring = new NetBuf[10];
        assertThat(pool.cache().take(ring, 0, 4)).isEqualTo(4);
        NetBuf sent = pool.allocate();
        sent.setLength(60);
        sent.toDevice();
        ring[4] = sent;
        NetBuf head = pool.allocate();
        NetBuf tail = pool.allocate();
        head.chain(tail);
        head.toDevice();
        tail.toDevice();
        ring[5] = head;
        ring[6] = tail;
        NetBuf mine = pool.allocate();
        ring[7] = mine;
        ring[8] = ring[0];
        assertThat(pool.reclaim(ring)).as("all but the application's, and none twice").isEqualTo(7);
        assertThat(ring).containsOnlyNulls();
        assertThat(mine.isOwned()).isTrue();
        assertThat(pool.statistics().misuse()).isEqualTo(2);
        mine.release();
        pool.cache().flush();
        NetBuf[] all = new NetBuf[20];
        assertThat(pool.allocate(all, 0, 20)).isEqualTo(20);
        assertThat(new HashSet<>(List.of(all))).hasSize(20).allMatch(b -> b.next() == null);
    }

    @Test
    void framesOfOtherPoolsInARingGoBackToTheirs() {
        BufferPool pool = TestMemory.pool(4);
        BufferPool sibling = TestMemory.pool(new PoolSpec("sibling", 2, 1600, 0).withShells(2));
        BufferPool foreign = new BufferPool(new PoolSpec("foreign", 1, PoolSpec.DATA_ROOM), 7, "another host", new TestMemory(2048, 4096, false));
        NetBuf original = sibling.allocate(new byte[60], 0, 60);
        NetBuf[] ring = {sibling.allocate(new byte[60], 0, 60), sibling.shells().cloneOf(original), foreign.allocate(new byte[60], 0, 60), pool.allocate(), null, null};
        ring[4] = ring[0];
        for (int i = 0; i < 4; i++) {
            ring[i].toDevice();
        }
        NetBuf strange = ring[2];
        assertThat(pool.reclaim(ring)).isEqualTo(3);
        assertThat(pool.statistics().misuse()).as("the one of another host, and the one that was there twice").isEqualTo(2);
        assertThat(pool.missing()).isZero();
        assertThat(original.references()).isEqualTo(1);
        assertThat(sibling.shells().statistics().inUse()).isZero();
        assertThat(sibling.missing()).isEqualTo(1);
        original.release();
        strange.fromDevice();
        strange.release();
        assertThat(sibling.missing() + foreign.missing()).isZero();
    }

    @Test
    void closedPoolGivesNothingAndFreesItsMemoryWithTheLastBuffer() {
        PoolSpec spec = new PoolSpec("test", 100, 1920);
        TestMemory memory = new TestMemory(Spacing.tight(spec, 4096).bytes(spec.buffers()), 4096, false);
        BufferPool pool = new BufferPool(spec, 7, "host", memory);
        NetBuf a = pool.allocate();
        long handle = pool.allocate().detach();
        NetBuf[] ring = new NetBuf[5];
        pool.cache().take(ring, 0, 5);
        pool.close();
        assertThat(pool.missing()).isEqualTo(7);
        assertThat(pool.statistics().cached()).isZero();
        assertThat(pool.allocate()).isNull();
        assertThat(pool.allocate(new NetBuf[2], 0, 2)).isZero();
        assertThat(pool.statistics().failures()).as("closed is not exhausted").isZero();
        assertThat(Expect.error(DevError.BAD_STATE, pool::cache)).contains("closed");
        a.setLength(10);
        a.setByte(9, 1);
        a.release();
        assertThat(pool.reclaim(ring)).isEqualTo(5);
        assertThat(memory.isClosed()).isFalse();
        pool.close();
        assertThat(pool.missing()).isEqualTo(1);
        pool.attach(handle).release();
        assertThat(memory.closes()).isEqualTo(1);
        assertThat(pool.missing()).isZero();
        Expect.misuse(pool, DevError.BAD_STATE, a::release);
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(handle));
        pool.close();
        assertThat(memory.closes()).isEqualTo(1);
    }

    @Test
    void memoryThatCannotBeFreedIsNoConcernOfWhoReleases() {
        PoolSpec spec = new PoolSpec("test", 1, 1920);
        TestMemory memory = new TestMemory(4096, 4096, false);
        net.api.device.DmaMemory broken = new net.api.device.DmaMemory() {
            @Override
            public java.lang.foreign.MemorySegment segment() {
                return memory.segment();
            }

            @Override
            public long pageSize() {
                return 4096;
            }

            @Override
            public long iova(long offset) {
                return offset;
            }

            @Override
            public void close() {
                throw new IllegalStateException("the host is gone (expected in this test)");
            }
        };
        BufferPool pool = new BufferPool(spec, 7, "host", broken);
        NetBuf b = pool.allocate();
        pool.close();
        b.release();
        assertThat(pool.missing()).isZero();
    }
}
