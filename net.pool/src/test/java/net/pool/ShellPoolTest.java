package net.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufShells;
import net.api.PoolStatistics;
import net.api.device.DmaMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clones, and memory of others. */
class ShellPoolTest {
    private static final int SHELLS = 4;
    private final TestHost host = new TestHost("sim");
    private final BufferPool pool = PoolMaker.make(host, new PoolSpec("default", 8, 1920, 0).withShells(SHELLS));
    private final NetBufShells shells = pool.shells();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(pool.missing()).as("buffers that are missing").isZero();
        assertThat(shells.statistics().inUse()).as("shells that are missing").isZero();
        pool.close();
        assertThat(host.open()).isZero();
    }

    private NetBuf frame(int... bytes) {
        NetBuf b = pool.allocate();
        b.append(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            b.setByte(i, bytes[i]);
        }
        return b;
    }

    // ---- clones ----

    @Test
    void aCloneHasTheSameBytesAtTheSameDeviceAddress() {
        NetBuf b = frame(1, 2, 3, 4, 5);
        b.trimFront(2);
        NetBuf c = shells.cloneOf(b);
        assertThat(c.toByteArray()).containsExactly(3, 4, 5);
        assertThat(c.packetIova()).isEqualTo(b.packetIova());
        assertThat(c.bufferIova()).isEqualTo(b.bufferIova());
        assertThat(c.packet().address()).isEqualTo(b.packet().address());
        assertThat(c.headerLength()).isEqualTo(2);
        assertThat(c.isDirect()).isFalse();
        assertThat(b.isDirect()).isTrue();
        assertThat(c.pool()).isSameAs(shells);
        assertThat(b.references()).isEqualTo(2);
        assertThat(c.references()).isEqualTo(1);
        b.release();
        assertThat(c.toByteArray()).as("the buffer stays as long as the clone").containsExactly(3, 4, 5);
        assertThat(pool.missing()).isEqualTo(1);
        c.release();
        assertThat(pool.missing()).isZero();
    }

    @Test
    void theOriginalIsSharedAndTheCloneIsOnlyRead() {
        NetBuf b = frame(1, 2, 3);
        NetBuf c = shells.cloneOf(b);
        Expect.error(DevError.RESOURCE_BUSY, () -> b.append(1));
        assertThat(b.isSendable(pool, 0, 9999)).isFalse();
        assertThatThrownBy(() -> c.setByte(0, 9)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> c.copyFrom(0, new byte[1], 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> c.packet().set(ValueLayout.JAVA_BYTE, 0, (byte) 1)).isInstanceOf(IllegalArgumentException.class);
        c.trimFront(1);
        c.trim(1);
        assertThat(c.toByteArray()).as("its view is its own").containsExactly(2);
        assertThat(b.toByteArray()).containsExactly(1, 2, 3);
        c.release();
        b.append(1);
        b.release();
    }

    @Test
    void clonesOfAChainHoldEachBufferForItself() {
        NetBuf b = frame(1, 2);
        NetBuf second = frame(3);
        b.chain(second);
        NetBuf c = shells.cloneOf(b);
        NetBuf d = shells.cloneOf(c);
        assertThat(shells.statistics().inUse()).isEqualTo(4);
        b.release();
        assertThat(c.toByteArray()).containsExactly(1, 2, 3);
        NetBuf rest = c.unchain();
        c.release();
        assertThat(d.toByteArray()).containsExactly(1, 2, 3);
        assertThat(pool.missing()).isEqualTo(2);
        d.release();
        assertThat(pool.missing()).as("the second buffer alone is held").isEqualTo(1);
        assertThat(rest.toByteArray()).containsExactly(3);
        assertThat(second.references()).isEqualTo(1);
        rest.release();
    }

    @Test
    void aCloneOfACloneHoldsTheOriginalAndNotTheClone() {
        NetBuf b = frame(7);
        NetBuf c = shells.cloneOf(b);
        NetBuf d = shells.cloneOf(c);
        assertThat(c.references()).isEqualTo(1);
        assertThat(b.references()).isEqualTo(3);
        b.release();
        c.release();
        assertThat(d.toByteArray()).containsExactly(7);
        d.release();
    }

    @Test
    void cloneBehindAHeaderIsOneFrame() {
        NetBuf payload = frame(5, 6);
        List<NetBuf> frames = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            NetBuf header = frame(i);
            header.chain(shells.cloneOf(payload));
            frames.add(header);
        }
        payload.release();
        for (int i = 0; i < 3; i++) {
            assertThat(frames.get(i).toByteArray()).containsExactly(i, 5, 6);
            frames.get(i).release();
        }
    }

    @Test
    void tooFewShellsGiveNothingAndHoldNothing() {
        NetBuf b = frame(1);
        b.chain(frame(2));
        b.chain(frame(3));
        NetBuf c = shells.cloneOf(b);
        assertThat(shells.cloneOf(b)).as("one shell is left, three are needed").isNull();
        assertThat(shells.statistics().inUse()).isEqualTo(3);
        assertThat(shells.statistics().failures()).isEqualTo(1);
        assertThat(b.references()).isEqualTo(2);
        c.release();
        b.release();
    }

    @Test
    void whatCannotBeClonedIsRefusedAndHoldsNothing() {
        NetBuf gone = frame(1);
        gone.release();
        Expect.error(DevError.BAD_STATE, () -> shells.cloneOf(gone));
        try (BufferPool foreign = PoolMaker.make(new TestHost("qemu"), new PoolSpec("other", 4, 1920, 0))) {
            NetBuf b = foreign.allocate();
            assertThat(Expect.error(DevError.INVALID_PARAM, () -> shells.cloneOf(b))).contains("host sim", "host qemu");
            NetBuf mine = frame(1);
            Expect.error(DevError.INVALID_PARAM, () -> mine.chain(b));
            mine.release();
            b.release();
            Expect.error(DevError.UNSUPPORTED, foreign::shells);
        }
        assertThat(shells.statistics().inUse()).isZero();
    }

    @Test
    void aCloneOfAnotherPoolOfTheHost() {
        try (BufferPool jumbo = PoolMaker.make(host, new PoolSpec("jumbo", 2, 9216, 0))) {
            NetBuf b = jumbo.allocate(new byte[] {1, 2}, 0, 2);
            NetBuf c = shells.cloneOf(b);
            b.release();
            assertThat(c.toByteArray()).containsExactly(1, 2);
            assertThat(jumbo.missing()).isEqualTo(1);
            c.release();
            assertThat(jumbo.missing()).isZero();
        }
    }

    @Test
    void doubleReleaseOfACloneIsRefusedAndLeavesTheOriginal() {
        NetBuf b = frame(1);
        NetBuf c = shells.cloneOf(b);
        c.release();
        Expect.misuse(shells, DevError.BAD_STATE, c::release);
        NetBuf bare = shells.allocate();
        Expect.misuse(pool, DevError.INVALID_PARAM, () -> pool.release(bare));
        bare.release();
        shells.attach(shells.cloneOf(b).detach()).release();
        assertThat(b.references()).isEqualTo(1);
        b.release();
    }

    @Test
    void aShellThatRefersToNothingHasNoRoom() {
        NetBuf s = shells.allocate();
        assertThat(s.capacity()).isZero();
        assertThat(s.hasIova()).isFalse();
        Expect.error(DevError.INVALID_PARAM, () -> s.append(1));
        assertThatThrownBy(() -> s.getByte(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(s.raw().byteSize()).isZero();
        s.release();
        assertThat(shells.dataRoom() + shells.headroom()).isZero();
        Expect.error(DevError.INVALID_PARAM, () -> shells.allocate(new byte[1], 0, 1));
    }

    @Test
    void clonesAreReleasedByWhoeverHasTheLastReferenceInItsOwnCaches() {
        BufferPool cached = PoolMaker.make(host, new PoolSpec("cached", 64, 1920, 32).withShells(64));
        Expect.inThread(() -> {
            cached.cache();
            cached.shells().cache();
            NetBuf[] clones = new NetBuf[16];
            for (int round = 0; round < 100; round++) {
                NetBuf b = cached.allocate(new byte[] {1, 2, 3}, 0, 3);
                for (int i = 0; i < clones.length; i++) {
                    clones[i] = cached.shells().cloneOf(b);
                }
                b.release();
                cached.shells().release(clones, 0, clones.length);
                assertThat(clones).containsOnlyNulls();
            }
        });
        PoolStatistics s = cached.statistics();
        assertThat(s.inUse()).isZero();
        assertThat(s.cached()).isPositive();
        assertThat(cached.shells().statistics().inUse()).isZero();
        assertThat(cached.shells().statistics().allocations()).isEqualTo(1600);
        cached.close();
    }

    @Test
    void aPoolThatIsClosedKeepsItsMemoryForClones() {
        TestHost other = new TestHost("sim");
        BufferPool p = PoolMaker.make(other, new PoolSpec("p", 4, 1920, 0).withShells(2));
        NetBuf b = p.allocate(new byte[] {9}, 0, 1);
        NetBuf c = p.shells().cloneOf(b);
        b.release();
        p.close();
        assertThat(other.open()).isEqualTo(1);
        assertThat(c.toByteArray()).containsExactly(9);
        assertThat(p.shells().allocate()).isNull();
        c.release();
        assertThat(other.open()).isZero();
    }

    @Test
    void aLostCloneIsFound() {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf b = frame(1);
        NetBuf c = shells.cloneOf(b);
        assertThat(pool.leaks(java.time.Duration.ZERO)).hasSize(2).extracting(Leak::taken).allMatch(t -> t.getFirst().getMethodName().startsWith("aLost")
                || t.getFirst().getMethodName().equals("frame"));
        c.release();
        b.release();
        pool.leakDetection(LeakDetection.DISABLED);
    }

    // ---- memory of others ----

    @Test
    void wrappedMemoryThatIsMappedHasADeviceAddressAndIsGivenBackOnce() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mine = arena.allocate(8192, 4096);
            DmaMemory mapped = shells.map(mine);
            mine.set(ValueLayout.JAVA_BYTE, 100, (byte) 42);
            NetBuf b = shells.wrap(mapped, 100, 60, calls::incrementAndGet);
            assertThat(b.length()).isEqualTo(60);
            assertThat(b.getByte(0)).isEqualTo((byte) 42);
            assertThat(b.packetIova()).isEqualTo(mapped.iova(100));
            b.setByte(59, 7);
            assertThat(mine.get(ValueLayout.JAVA_BYTE, 159)).isEqualTo((byte) 7);
            assertThat(b.headroom() + b.tailroom()).as("what lies around it is not the packet's").isZero();
            b.retain();
            NetBuf c = shells.cloneOf(b);
            b.release();
            b.release();
            assertThat(calls).as("the clone still refers to it").hasValue(0);
            assertThat(Expect.error(DevError.RESOURCE_BUSY, mapped::close)).contains("1 packets");
            c.release();
            assertThat(calls).hasValue(1);
            mapped.close();
            mapped.close();
            Expect.error(DevError.INVALID_PARAM, () -> shells.wrap(mapped, 0, 60, calls::incrementAndGet));
            assertThat(mine.get(ValueLayout.JAVA_BYTE, 100)).isEqualTo((byte) 42);
        }
    }

    @Test
    void aPacketMustLieAtDeviceAddressesThatDoNotJump() {
        try (Arena arena = Arena.ofShared(); DmaMemory mapped = shells.map(arena.allocate(3 * 4096, 4096))) {
            shells.wrap(mapped, 4095, 1, calls::incrementAndGet).release();
            shells.wrap(mapped, 4096, 4096, calls::incrementAndGet).release();
            int[][] bad = {{4095, 2}, {0, 4097}, {0, 0}, {0, -1}, {-1, 10}, {12_288, 1}, {12_287, 2}, {0, 65_664}};
            for (int[] range : bad) {
                Expect.error(DevError.INVALID_PARAM, () -> shells.wrap(mapped, range[0], range[1], calls::incrementAndGet));
            }
            assertThat(calls).hasValue(2);
        }
    }

    @Test
    void memoryWithoutADeviceAddressIsReadAndWritten() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mine = arena.allocate(100);
            NetBuf b = shells.wrap(mine, calls::incrementAndGet);
            b.setByte(99, 3);
            assertThat(mine.get(ValueLayout.JAVA_BYTE, 99)).isEqualTo((byte) 3);
            assertThat(b.hasIova()).isFalse();
            NetBuf copy = b.copy(pool);
            assertThat(copy.toByteArray()).isEqualTo(b.toByteArray());
            copy.release();
            NetBuf c = shells.cloneOf(b);
            assertThat(c.hasIova()).isFalse();
            b.release();
            c.release();
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void memoryThatThreadsCannotShareIsRefused() {
        try (Arena arena = Arena.ofShared(); Arena confined = Arena.ofConfined()) {
            List<MemorySegment> bad = List.of(MemorySegment.ofArray(new byte[4096]), confined.allocate(4096, 4096), arena.allocate(4096, 4096).asReadOnly(),
                    arena.allocate(0));
            for (MemorySegment m : bad) {
                Expect.error(DevError.INVALID_PARAM, () -> shells.wrap(m, calls::incrementAndGet));
                Expect.error(DevError.INVALID_PARAM, () -> shells.map(m));
            }
            MemorySegment large = arena.allocate(65_664);
            Expect.error(DevError.INVALID_PARAM, () -> shells.wrap(large, calls::incrementAndGet));
            shells.wrap(large.asSlice(0, 65_663), calls::incrementAndGet).release();
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void memoryIsWrappedByTheShellsThatMappedIt() {
        try (Arena arena = Arena.ofShared(); BufferPool other = PoolMaker.make(host, new PoolSpec("other", 4, 1920, 0).withShells(1));
                DmaMemory mapped = shells.map(arena.allocate(4096, 4096))) {
            assertThat(Expect.error(DevError.INVALID_PARAM, () -> other.shells().wrap(mapped, 0, 60, calls::incrementAndGet))).contains("pool other", "map it there");
            Expect.error(DevError.INVALID_PARAM, () -> shells.wrap(new TestMemory(4096, 4096, true), 0, 60, calls::incrementAndGet));
            BufferPool plain = TestMemory.pool(new PoolSpec("plain", 4, 1920, 0).withShells(1));
            assertThat(Expect.error(DevError.UNSUPPORTED, () -> plain.shells().map(arena.allocate(4096, 4096)))).contains("without its host");
            plain.close();
        }
    }

    @Test
    void exhaustedShellsWrapNothingAndACallThatFailsIsNoHarm() {
        try (Arena arena = Arena.ofShared(); DmaMemory mapped = shells.map(arena.allocate(4096, 4096))) {
            List<NetBuf> all = new ArrayList<>();
            for (int i = 0; i < SHELLS; i++) {
                all.add(shells.wrap(mapped, i, 1, () -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("on purpose");
                }));
            }
            assertThat(shells.wrap(mapped, 0, 1, calls::incrementAndGet)).isNull();
            assertThat(shells.wrap(arena.allocate(10), calls::incrementAndGet)).isNull();
            all.forEach(NetBuf::release);
            assertThat(calls).hasValue(SHELLS);
        }
    }

    @Test
    void aPoolInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment mine = arena.allocate(5 * 4096, 4096);
            BufferPool p = PoolMaker.make(host, new PoolSpec("mine", 10, 1920), mine);
            NetBuf b = p.allocate(new byte[] {77}, 0, 1);
            long at = b.packet().address() - mine.address();
            assertThat(mine.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) 77);
            b.release();
            p.close();
            assertThat(mine.get(ValueLayout.JAVA_BYTE, at)).as("the memory is the caller's still").isEqualTo((byte) 77);
            Expect.error(DevError.NO_MEMORY, () -> PoolMaker.make(host, new PoolSpec("mine", 11, 1920), mine));
            Expect.error(DevError.INVALID_PARAM, () -> PoolMaker.make(host, new PoolSpec("mine", 10, 1920, 0, true, false), mine));
        }
    }
}
