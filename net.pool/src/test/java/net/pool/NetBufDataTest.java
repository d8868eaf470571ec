package net.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.PoolStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that come with their buffers, copies, and what is left in a buffer for the next owner. */
class NetBufDataTest {
    private static byte[] bytes(int n) {
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        return bytes;
    }

    @Test
    void bufferComesWithItsPacket() {
        BufferPool pool = TestMemory.pool(4);
        byte[] data = bytes(1920);
        NetBuf whole = pool.allocate(data, 0, 1920);
        assertThat(whole.toByteArray()).isEqualTo(data);
        assertThat(whole.offset()).isEqualTo(128);
        assertThat(pool.allocate(data, 100, 3).toByteArray()).isEqualTo(Arrays.copyOfRange(data, 100, 103));
        assertThat(pool.allocate(data, 1920, 0).length()).isZero();
        assertThat(pool.allocate(MemorySegment.ofArray(data).asSlice(5, 60)).toByteArray()).isEqualTo(Arrays.copyOfRange(data, 5, 65));
        assertThat(pool.allocate(data, 0, 1)).as("exhausted").isNull();
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(4, 0, 0, 4, 0, 1, 0));
    }

    @Test
    void packetThatDoesNotFitOrCannotBeReadTakesNoBuffer() {
        BufferPool pool = TestMemory.pool(4);
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> pool.allocate(new byte[2000], 0, 1921))).contains("1921", "room for 1920");
        assertThatThrownBy(() -> pool.allocate(new byte[10], 8, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(pool.statistics()).isEqualTo(new PoolStatistics(4, 4, 0, 0, 0, 0, 0));
        MemorySegment gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(64);
        }
        assertThatThrownBy(() -> pool.allocate(gone)).isInstanceOf(IllegalStateException.class);
        assertThat(pool.statistics()).as("taken and given back").isEqualTo(new PoolStatistics(4, 4, 0, 1, 1, 0, 0));
    }

    @Test
    void copyOfASharedFrameIsTheHoldersOwn() {
        BufferPool pool = TestMemory.pool(4);
        NetBuf shared = pool.allocate(bytes(60), 0, 60).retain();
        NetBuf copy = shared.copy(pool);
        assertThat(copy.toByteArray()).isEqualTo(bytes(60));
        assertThat(copy.references()).isEqualTo(1);
        copy.setByte(0, 99);
        copy.trim(1);
        assertThat(shared.toByteArray()).isEqualTo(bytes(60));
        assertThat(shared.references()).isEqualTo(2);
        shared.release();
        shared.release();
        Expect.error(DevError.BAD_STATE, () -> shared.copy(pool));
        copy.release();
        assertThat(pool.missing()).isZero();
    }

    @Test
    void copyOfAChainTakesAsFewBuffersAsItNeeds() {
        BufferPool large = TestMemory.pool(new PoolSpec("large", 4, 3968));
        BufferPool small = TestMemory.pool(new PoolSpec("small", 8, 1526, 0));
        byte[] data = bytes(5000);
        NetBuf frame = large.allocate(data, 0, 3900);
        frame.chain(large.allocate(data, 3900, 1100));
        NetBuf copy = frame.copy(small);
        assertThat(copy.toByteArray()).isEqualTo(data);
        assertThat(small.missing()).as("of 1526 bytes, or a little more behind whole cache lines").isEqualTo(4);
        NetBuf back = copy.copy(large);
        assertThat(back.toByteArray()).isEqualTo(data);
        assertThat(large.missing()).isEqualTo(4);
        assertThat(frame.copy(large)).as("exhausted").isNull();
        small.allocate(new NetBuf[3], 0, 3);
        assertThat(frame.copy(small)).as("one buffer of the four that it takes").isNull();
        assertThat(small.missing()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void scrubbedBufferShowsNothingOfItsLastPacket(int cacheSize) {
        BufferPool pool = TestMemory.pool(new PoolSpec("test", 4, 1920, cacheSize, false, true));
        NetBuf[] all = new NetBuf[4];
        pool.allocate(all, 0, 4);
        fill(all);
        for (NetBuf b : all.clone()) {
            b.release();
        }
        assertZeroAndFill(pool, all);
        all[0].chain(all[1]);
        pool.release(new NetBuf[] {all[0], all[2], all[3]}, 0, 3);
        assertZeroAndFill(pool, all);
        NetBufCache cache = pool.cache();
        cache.release(all.clone(), 0, 4);
        assertZeroAndFill(pool, all);
        for (NetBuf b : all) {
            cache.release(b);
        }
        assertZeroAndFill(pool, all);
        pool.release(all.clone(), 0, 4);
        assertZeroAndFill(pool, all);
        for (NetBuf b : all) {
            b.toDevice();
        }
        cache.give(all, 0, 4);
        assertZeroAndFill(pool, all);
        for (NetBuf b : all) {
            b.toDevice();
        }
        assertThat(pool.reclaim(all.clone())).isEqualTo(4);
        assertZeroAndFill(pool, all);
    }

    private static void assertZeroAndFill(BufferPool pool, NetBuf[] all) {
        assertThat(pool.allocate(all, 0, 4)).isEqualTo(4);
        for (NetBuf b : all) {
            assertThat(b.raw().mismatch(MemorySegment.ofArray(new byte[b.capacity()]))).isEqualTo(-1);
        }
        fill(all);
    }

    private static void fill(NetBuf[] all) {
        for (NetBuf b : all) {
            b.raw().fill((byte) 0x55);
        }
    }
}
