package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.api.DevError;
import net.api.NetBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** References, handles and chains of the buffer. */
class NetBufSharingTest {
    private final BufferPool pool = TestMemory.pool(8);
    private final NetBuf b = pool.allocate();

    @AfterEach
    void nothingIsMissing() {
        assertThat(pool.missing()).isZero();
        pool.close();
    }

    @Test
    void everyReferenceMustBeReleased() {
        assertThat(b.retain().retain()).isSameAs(b);
        assertThat(b.references()).isEqualTo(3);
        b.release();
        b.release();
        assertThat(b.isOwned()).isTrue();
        assertThat(pool.statistics().free()).isEqualTo(7);
        b.release();
        assertThat(pool.statistics().free()).isEqualTo(8);
        assertThat(pool.statistics().releases()).isEqualTo(1);
        Expect.misuse(pool, DevError.BAD_STATE, b::release);
        Expect.error(DevError.BAD_STATE, b::retain);
        assertThat(b.references()).as("as long as it is pooled").isEqualTo(1);
    }

    @Test
    void sharedBufferIsOnlyRead() {
        b.setLength(60);
        b.retain();
        assertThat(b.getByte(59)).isZero();
        assertThat(b.tailroom()).isEqualTo(1860);
        List<Runnable> changes = List.of(() -> b.setLength(1), () -> b.setHeaderLength(1), () -> b.prepend(1), () -> b.append(1), () -> b.trimFront(1),
                () -> b.trim(1), b::reset, b::unchain, b::detach);
        for (Runnable change : changes) {
            assertThat(Expect.error(DevError.RESOURCE_BUSY, change::run)).contains("shared", "2 references");
        }
        NetBuf tail = pool.allocate();
        Expect.error(DevError.RESOURCE_BUSY, () -> b.chain(tail));
        tail.release();
        assertThat(b.length()).isEqualTo(60);
        assertThat(b.references()).isEqualTo(2);
        b.release();
        b.setLength(1);
        b.release();
    }

    @Test
    void handleKeepsTheViewAndWorksOnce() {
        b.setLength(100);
        b.trimFront(14);
        long handle = b.detach();
        assertThat(handle).isNotZero();
        assertThat(handle >>> 48).isEqualTo(pool.id());
        assertThat(handle & 0xff_ffff).isEqualTo(b.index());
        assertThat(pool.attach(handle)).isSameAs(b);
        assertThat(List.of(b.length(), b.headerLength(), b.offset())).containsExactly(86, 14, 142);
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(handle));
        long second = b.detach();
        assertThat(second).isNotEqualTo(handle);
        assertThat(Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(handle))).contains("stale");
        assertThat(pool.attach(second)).isSameAs(b);
        b.release();
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(second));
    }

    @Test
    void handleThatWasNeverGivenOutIsRefusedWhateverTheBufferDoes() {
        long next = b.detach();
        pool.attach(next);
        long forged = next + (1L << 24);
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(forged));
        b.setLength(60);
        b.toDevice();
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(forged));
        pool.reclaim(new NetBuf[] {b});
        Expect.misuse(pool, DevError.BAD_STATE, () -> pool.attach(forged));
    }

    @Test
    void foreignHandlesAreRefused() {
        long handle = b.detach();
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.attach(0));
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.attach(handle + (1L << 48)));
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.attach(handle & ~0xff_ffffL | 8));
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.attach(-1));
        pool.attach(handle).release();
    }

    @Test
    void generationComesRoundAfterItsTwentyFourBits() {
        long first = b.detach();
        long h = first;
        for (int i = 0; i < 1 << 24; i++) {
            pool.attach(h);
            h = b.detach();
            if (i == 0 || i == (1 << 24) - 2) {
                assertThat(h).isNotEqualTo(first);
            }
        }
        assertThat(h).isEqualTo(first);
        pool.attach(h).release();
    }

    @Test
    void frameOfSeveralBuffersIsReleasedAsAWhole() {
        NetBuf c = pool.allocate();
        NetBuf d = pool.allocate();
        b.setLength(10);
        c.setLength(20);
        d.setLength(30);
        c.chain(d);
        b.chain(c);
        assertThat(b.frameLength()).isEqualTo(60);
        assertThat(b.toByteArray()).hasSize(60);
        Expect.error(DevError.INVALID_PARAM, b::detach);
        b.release();
        assertThat(pool.statistics().free()).isEqualTo(8);
        assertThat(pool.statistics().releases()).isEqualTo(3);
        assertThat(b.next()).isNull();
        assertThat(c.next()).isNull();
    }

    @Test
    void chainNeverBecomesARing() {
        NetBuf c = pool.allocate();
        NetBuf d = pool.allocate();
        b.chain(c);
        c.chain(d);
        Expect.error(DevError.INVALID_PARAM, () -> b.chain(b));
        Expect.error(DevError.INVALID_PARAM, () -> b.chain(d));
        Expect.error(DevError.INVALID_PARAM, () -> d.chain(b));
        Expect.error(DevError.INVALID_PARAM, () -> c.chain(b));
        assertThat(d.next()).isNull();
        NetBuf rest = b.unchain();
        assertThat(rest).isSameAs(c);
        assertThat(b.next()).isNull();
        assertThat(b.unchain()).isNull();
        rest.release();
        b.release();
    }

    @Test
    void chainTakesOnlyOwnedBuffersOfOneHost() {
        BufferPool other = new BufferPool(new PoolSpec("test", 1, PoolSpec.DATA_ROOM), 7, "another host", new TestMemory(2048, 4096, false));
        NetBuf foreign = other.allocate();
        Expect.error(DevError.INVALID_PARAM, () -> b.chain(foreign));
        foreign.release();
        NetBuf c = pool.allocate();
        c.release();
        Expect.error(DevError.BAD_STATE, () -> b.chain(c));
        Expect.error(DevError.BAD_STATE, () -> c.chain(b));
        b.release();
        other.close();
    }

    @Test
    void framesAreRetainedAsAWholeAndTailsMayBeShared() {
        NetBuf payload = pool.allocate();
        NetBuf second = pool.allocate();
        payload.retain();
        b.chain(payload);
        second.chain(payload);
        b.retain();
        assertThat(List.of(b.references(), payload.references(), second.references())).containsExactly(2, 3, 1);
        b.release();
        b.release();
        assertThat(List.of(payload.references(), second.references())).containsExactly(1, 1);
        second.release();
        assertThat(payload.isOwned()).isFalse();
    }

    @Test
    void frameWithAFreeSegmentIsRefusedBeforeAnythingChanges() {
        NetBuf c = pool.allocate();
        NetBuf d = pool.allocate();
        b.chain(c);
        c.chain(d);
        d.release();
        Expect.misuse(pool, DevError.BAD_STATE, b::release);
        Expect.error(DevError.BAD_STATE, b::retain);
        assertThat(List.of(b.references(), c.references())).containsExactly(1, 1);
        c.unlink();
        b.release();
    }
}
