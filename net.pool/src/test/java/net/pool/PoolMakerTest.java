package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.api.DevError;
import net.api.NetBuf;
import org.junit.jupiter.api.Test;

/** Pools in a host's memory. */
class PoolMakerTest {
    @Test
    void poolOfAHostHasWhatWasAskedFor() {
        TestHost host = new TestHost("sim");
        BufferPool pool = PoolMaker.make(host, new PoolSpec("default", 8192, 1920));
        assertThat(pool.capacity()).isEqualTo(8192);
        assertThat(pool.host()).isEqualTo("sim");
        assertThat(pool).hasToString("pool default of sim: 8192 buffers of 1920 bytes");
        assertThat(host.lent).hasSize(1);
        assertThat(host.lent.getFirst().size()).isBetween(8192L * 2048, 8192L * 2112);
        pool.close();
        assertThat(host.open()).isZero();
    }

    @Test
    void pagesThatWasteMemoryGetMoreOfIt() {
        TestHost host = new TestHost("sim");
        BufferPool pool = PoolMaker.make(host, new PoolSpec("odd", 100, 2000));
        assertThat(pool.capacity()).isEqualTo(100);
        assertThat(host.open()).as("the first attempt was given back").isEqualTo(1);
        pool.close();
        assertThat(host.open()).isZero();
    }

    @Test
    void buffersLargerThanAPageAreMadeInContiguousMemory() {
        TestHost host = new TestHost("sim");
        BufferPool pool = PoolMaker.make(host, new PoolSpec("jumbo", 100, 9216));
        NetBuf b = pool.allocate();
        assertThat(b.bufferIova()).isEqualTo(TestMemory.FIRST_IOVA + b.index() * 9344L);
        b.release();
        pool.close();
        TestHost large = new TestHost("sim", 1L << 30, 1 << 21, false);
        BufferPool inLargePages = PoolMaker.make(large, new PoolSpec("jumbo", 1000, 9216));
        assertThat(inLargePages.capacity()).isEqualTo(1000);
        inLargePages.close();
        assertThat(host.open() + large.open()).isZero();
    }

    @Test
    void lessMemoryMakesASmallerPool() {
        TestHost host = new TestHost("sim", 1_000_000, 4096, true);
        BufferPool pool = PoolMaker.make(host, new PoolSpec("default", 8192, 1920));
        assertThat(pool.capacity()).isEqualTo(256);
        NetBuf[] all = new NetBuf[257];
        assertThat(pool.allocate(all, 0, 257)).isEqualTo(256);
        for (NetBuf b : all) {
            if (b != null) {
                assertThat(pool.attach(b.detach())).isSameAs(b);
            }
        }
        pool.release(all, 0, 257);
        pool.close();
        assertThat(host.open()).isZero();
    }

    @Test
    void noMemoryAtAllSaysWhatWasAskedAndWhy() {
        TestHost host = new TestHost("sim", 100, 4096, true);
        assertThat(Expect.error(DevError.NO_MEMORY, () -> PoolMaker.make(host, new PoolSpec("default", 8192, 1920))))
                .contains("pool default of host sim", "8192 buffers of 2048 bytes", "got 0", "there are 100")
                .as("what is said is said of all of them").containsPattern("wants 1[67]\\d{6} bytes");
        TestHost noJumbo = new TestHost("sim", 1 << 30, 4096, false);
        Expect.error(DevError.NO_MEMORY, () -> PoolMaker.make(noJumbo, new PoolSpec("jumbo", 4, 9216)));
        assertThat(host.open() + noJumbo.open()).isZero();
    }

    @Test
    void idsAreUniqueAmongLivePoolsAndComeBack() {
        TestHost host = new TestHost("sim");
        PoolSpec spec = new PoolSpec("a", 1, 1920);
        BufferPool held = PoolMaker.make(host, spec);
        NetBuf out = held.allocate();
        held.close();
        Set<Integer> ids = new HashSet<>();
        for (int i = 0; i < 70_000; i++) {
            int id = PoolIds.next();
            ids.add(id);
            PoolIds.free(id);
        }
        assertThat(ids).as("those of buffers that are still out are not used").doesNotContain(0, 65_536, held.id()).hasSizeGreaterThan(65_000);
        out.release();
        for (int i = 0; i < 70_000; i++) {
            int id = PoolIds.next();
            ids.add(id);
            PoolIds.free(id);
        }
        assertThat(ids).contains(held.id());
    }

    @Test
    void memoryBelow4GiBIsAskedForOnlyOnRequest() {
        TestHost host = new TestHost("sim");
        try (BufferPool any = PoolMaker.make(host, new PoolSpec("any", 10, 1920));
                BufferPool low = PoolMaker.make(host, new PoolSpec("low", 10, 1920, 0, true, false))) {
            assertThat(host.requests).extracting(net.api.host.DmaRequest::below4GiB).containsExactly(false, true);
            assertThat(low.capacity()).isEqualTo(any.capacity());
        }
    }
}
