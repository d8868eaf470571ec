package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.NetBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Size classes behind one service. */
class PoolSetTest {
    private final TestHost host = new TestHost("sim");
    private final BufferPool small = PoolMaker.make(host, new PoolSpec("small", 2, 1600, 0));
    private final BufferPool jumbo = PoolMaker.make(host, new PoolSpec("jumbo", 2, 9216, 0));
    private final BufferPool huge = PoolMaker.make(host, new PoolSpec("huge", 1, 65_535, 0));
    private final PoolSet set = new PoolSet("default", "sim");

    PoolSetTest() {
        set.add(huge);
        set.add(small);
        set.add(jumbo);
    }

    @AfterEach
    void everythingIsGivenBack() {
        for (BufferPool p : List.of(small, jumbo, huge)) {
            assertThat(p.missing()).as(p.toString()).isZero();
            p.close();
        }
        assertThat(host.open()).isZero();
    }

    @Test
    void theSmallestClassThatFitsIsTaken() {
        assertThat(set.pools()).containsExactly(small, jumbo, huge);
        int[] sizes = {0, 1600, 1601, 9216, 9217, 65_535};
        List<BufferPool> classes = List.of(small, small, jumbo, jumbo, huge, huge);
        for (int i = 0; i < sizes.length; i++) {
            assertThat(set.poolFor(sizes[i])).as("%d bytes", sizes[i]).isSameAs(classes.get(i));
            NetBuf b = set.allocate(sizes[i]);
            assertThat(b.pool()).as("%d bytes", sizes[i]).isSameAs(classes.get(i));
            assertThat(b.length()).isZero();
            b.append(sizes[i]);
            b.release();
        }
    }

    @Test
    void aLargerClassStepsInForAnExhaustedOne() {
        List<NetBuf> taken = new ArrayList<>();
        for (NetBuf b = set.allocate(100); b != null; b = set.allocate(100)) {
            taken.add(b);
        }
        assertThat(taken).extracting(NetBuf::pool).containsExactly(small, small, jumbo, jumbo, huge);
        assertThat(small.statistics().failures()).as("the class tells that it is too small").isEqualTo(4);
        assertThat(huge.statistics().failures()).isEqualTo(1);
        taken.forEach(NetBuf::release);
        small.close();
        NetBuf b = set.allocate(MemorySegment.ofArray(new byte[] {5}));
        assertThat(b.pool()).as("a closed class is passed over").isSameAs(jumbo);
        assertThat(b.getByte(0)).isEqualTo((byte) 5);
        b.release();
    }

    @Test
    void sizesThatNoClassHasAreRefused() {
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> set.allocate(65_536))).contains("65536 bytes").contains("65535");
        Expect.error(DevError.INVALID_PARAM, () -> set.allocate(-1));
        Expect.error(DevError.INVALID_PARAM, () -> set.poolFor(-1));
        Expect.error(DevError.INVALID_PARAM, () -> set.allocate(MemorySegment.ofArray(new byte[65_536])));
        set.remove(huge);
        Expect.error(DevError.INVALID_PARAM, () -> set.allocate(9217));
        set.remove(jumbo);
        set.remove(small);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> set.allocate(1))).contains("no pools");
        assertThat(small.statistics().failures() + jumbo.statistics().failures() + huge.statistics().failures()).isZero();
    }

    @Test
    void aChainedFrameIsCopiedIntoOneBufferOfItsClass() {
        NetBuf frame = small.allocate(new byte[1600], 0, 1600);
        frame.setByte(1599, 7);
        frame.chain(small.allocate(new byte[] {1, 2, 3}, 0, 3));
        NetBuf copy = set.copy(frame);
        assertThat(copy.pool()).isSameAs(jumbo);
        assertThat(copy.next()).isNull();
        assertThat(copy.toByteArray()).isEqualTo(frame.toByteArray());
        frame.release();
        copy.release();
        Expect.error(DevError.BAD_STATE, () -> set.copy(copy));
    }

    @Test
    void aPoolIsAClassOnceAndOfTheSameHost() {
        Expect.error(DevError.ALREADY_EXISTS, () -> set.add(small));
        try (BufferPool foreign = PoolMaker.make(new TestHost("qemu"), new PoolSpec("small", 2, 1600))) {
            assertThat(Expect.error(DevError.INVALID_PARAM, () -> set.add(foreign))).contains("qemu").contains("sim");
        }
        assertThat(set.pools()).hasSize(3);
        assertThat(set).hasToString("set default of sim: 1600, 9216, 65535 bytes");
    }
}
