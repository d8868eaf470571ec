package net.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.RxInfo;
import net.api.TxOffload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The buffer itself: view, bytes, bounds. */
class NetBufTest {
    private static final int ROOM = PoolSpec.DATA_ROOM;
    private final BufferPool pool = TestMemory.pool(8);
    private final NetBuf b = pool.allocate();

    @AfterEach
    void nothingIsMissing() {
        if (b.isOwned()) {
            b.release();
        }
        assertThat(pool.missing()).isZero();
        pool.close();
    }

    /** Everything that reads or writes an owned buffer. */
    private static final List<Consumer<NetBuf>> ACCESSORS = List.of(NetBuf::length, NetBuf::frameLength, NetBuf::offset, NetBuf::headerLength, NetBuf::headroom,
            NetBuf::tailroom, x -> x.setLength(0), x -> x.setHeaderLength(0), x -> x.prepend(0), x -> x.append(0), x -> x.trimFront(0), x -> x.trim(0),
            NetBuf::reset, x -> x.getByte(0), x -> x.getUnsignedByte(0), x -> x.getShort(0), x -> x.getUnsignedShort(0), x -> x.getInt(0), x -> x.getLong(0),
            x -> x.getMac(0), x -> x.setByte(0, 1), x -> x.setShort(0, 1), x -> x.setInt(0, 1), x -> x.setLong(0, 1), x -> x.setMac(0, 1),
            x -> x.copyFrom(0, new byte[1], 0, 1), x -> x.copyFrom(0, MemorySegment.ofArray(new byte[1]), 0, 1), x -> x.copyTo(0, new byte[1], 0, 1),
            x -> x.copyTo(0, MemorySegment.ofArray(new byte[1]), 0, 1), NetBuf::toByteArray, NetBuf::packet, NetBuf::header, NetBuf::packetWithHeader, NetBuf::raw,
            NetBuf::unchain, NetBuf::retain, NetBuf::detach, NetBuf::release);

    @Test
    void freshBufferIsEmptyBehindTheHeadroom() {
        assertThat(b.isOwned()).isTrue();
        assertThat(b.references()).isEqualTo(1);
        assertThat(b.length()).isZero();
        assertThat(b.headerLength()).isZero();
        assertThat(b.offset()).isEqualTo(NetBufPool.HEADROOM);
        assertThat(b.headroom()).isEqualTo(NetBufPool.HEADROOM);
        assertThat(b.capacity()).isEqualTo(NetBufPool.HEADROOM + ROOM);
        assertThat(b.tailroom()).isEqualTo(ROOM);
        assertThat(b.next()).isNull();
        assertThat(b.pool()).isSameAs(pool);
        assertThat(b).hasToString("buffer 0 of test (owned, 0 bytes at 128, 1 reference)");
    }

    @Test
    void viewGrowsAndShrinksAtBothEnds() {
        b.append(100);
        b.setByte(0, 0x11);
        b.setByte(99, 0x22);
        b.prepend(14);
        assertThat(b.length()).isEqualTo(114);
        assertThat(b.headroom()).isEqualTo(NetBufPool.HEADROOM - 14);
        assertThat(b.getByte(14)).isEqualTo((byte) 0x11);
        b.trimFront(14);
        assertThat(b.headerLength()).isEqualTo(14);
        assertThat(b.headroom()).isEqualTo(NetBufPool.HEADROOM - 14);
        assertThat(b.getByte(0)).isEqualTo((byte) 0x11);
        b.trim(99);
        assertThat(b.length()).isEqualTo(1);
        assertThat(b.tailroom()).isEqualTo(ROOM - 1);
        b.setLength(100);
        assertThat(b.getByte(99)).as("bytes stay").isEqualTo((byte) 0x22);
        b.prepend(20);
        assertThat(b.headerLength()).as("used up").isZero();
        assertThat(b.length()).isEqualTo(120);
        b.reset();
        assertThat(List.of(b.length(), b.headerLength(), b.offset())).containsExactly(0, 0, NetBufPool.HEADROOM);
    }

    @Test
    void viewStaysInsideTheBuffer() {
        b.setLength(ROOM);
        b.setLength(60);
        b.setHeaderLength(NetBufPool.HEADROOM);
        b.setHeaderLength(0);
        String before = b.toString();
        for (int bad : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            Expect.error(DevError.INVALID_PARAM, () -> b.setLength(bad));
            Expect.error(DevError.INVALID_PARAM, () -> b.setHeaderLength(bad));
            Expect.error(DevError.INVALID_PARAM, () -> b.prepend(bad));
            Expect.error(DevError.INVALID_PARAM, () -> b.append(bad));
            Expect.error(DevError.INVALID_PARAM, () -> b.trimFront(bad));
            Expect.error(DevError.INVALID_PARAM, () -> b.trim(bad));
        }
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> b.setLength(ROOM + 1))).contains("1921", "1920", "buffer 0 of test");
        Expect.error(DevError.INVALID_PARAM, () -> b.setHeaderLength(129));
        Expect.error(DevError.INVALID_PARAM, () -> b.prepend(129));
        Expect.error(DevError.INVALID_PARAM, () -> b.append(ROOM - 59));
        Expect.error(DevError.INVALID_PARAM, () -> b.trimFront(61));
        Expect.error(DevError.INVALID_PARAM, () -> b.trim(61));
        assertThat(b).as("nothing changed").hasToString(before);
        b.append(ROOM - 60);
        b.prepend(128);
        assertThat(List.of(b.tailroom(), b.headroom(), b.length())).containsExactly(0, 0, ROOM + 128);
    }

    @Test
    void numbersAreBigEndian() {
        b.setLength(32);
        b.setLong(1, 0x0102_0304_0506_0708L);
        assertThat(b.toByteArray()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 0);
        assertThat(b.getLong(1)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(b.getInt(2)).isEqualTo(0x0203_0405);
        assertThat(b.getShort(3)).isEqualTo((short) 0x0304);
        b.setMac(9, 0xffee_ddcc_bbaaL);
        assertThat(b.getMac(9)).isEqualTo(0xffee_ddcc_bbaaL);
        assertThat(b.getUnsignedByte(9)).isEqualTo(0xff);
        assertThat(b.getUnsignedShort(9)).isEqualTo(0xffee);
        b.setInt(20, -2);
        b.setShort(24, -3);
        b.setByte(26, -4);
        assertThat(List.of(b.getInt(20), (int) b.getShort(24), (int) b.getByte(26))).containsExactly(-2, -3, -4);
    }

    @Test
    void bytesOutsideOfThePacketAreOutOfReach() {
        b.setLength(60);
        List<Consumer<Integer>> one = List.of(b::getByte, b::getUnsignedByte, i -> b.setByte(i, 0));
        List<Consumer<Integer>> two = List.of(b::getShort, b::getUnsignedShort, i -> b.setShort(i, 0));
        List<Consumer<Integer>> four = List.of(b::getInt, i -> b.setInt(i, 0));
        List<Consumer<Integer>> eight = List.of(b::getLong, i -> b.setLong(i, 0));
        List<List<Consumer<Integer>>> all = List.of(one, two, four, eight);
        for (int w = 0; w < 4; w++) {
            int width = 1 << w;
            for (Consumer<Integer> access : all.get(w)) {
                access.accept(60 - width);
                for (int bad : new int[] {-1, 61 - width, 60, Integer.MAX_VALUE, Integer.MAX_VALUE - width, Integer.MIN_VALUE}) {
                    assertThatThrownBy(() -> access.accept(bad)).as(width + " bytes at " + bad).isInstanceOf(IndexOutOfBoundsException.class);
                }
            }
        }
        assertThatThrownBy(() -> b.getMac(55)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> b.setMac(55, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copiesStayInsideEvenWithLengthsThatWrap() {
        b.setLength(60);
        byte[] bytes = new byte[100];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        int[][] bad = {{0, 61}, {60, 1}, {-1, 1}, {1, -1}, {0, Integer.MAX_VALUE}, {Integer.MAX_VALUE, Integer.MAX_VALUE}, {Integer.MAX_VALUE, 61}};
        for (int[] x : bad) {
            assertThatThrownBy(() -> b.copyFrom(x[0], bytes, 0, x[1])).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("outside the packet");
            assertThatThrownBy(() -> b.copyFrom(x[0], segment, 0, x[1])).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("outside the packet");
            assertThatThrownBy(() -> b.copyFrom(x[0], b, x[0], x[1])).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("outside the packet");
            assertThatThrownBy(() -> b.copyTo(x[0], bytes, 0, x[1])).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("outside the packet");
            assertThatThrownBy(() -> b.copyTo(x[0], segment, 0, x[1])).isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("outside the packet");
        }
        assertThatThrownBy(() -> b.copyFrom(0, bytes, 90, 11)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void copiesKeepTheBytes() {
        byte[] in = new byte[1500];
        new Random(1).nextBytes(in);
        b.setLength(1500);
        b.copyFrom(0, in, 0, 1500);
        assertThat(b.toByteArray()).isEqualTo(in);
        NetBuf other = pool.allocate();
        other.setLength(700);
        other.copyFrom(100, b, 800, 600);
        byte[] out = new byte[600];
        other.copyTo(100, out, 0, 600);
        assertThat(out).isEqualTo(java.util.Arrays.copyOfRange(in, 800, 1400));
        MemorySegment target = MemorySegment.ofArray(new byte[1500]);
        b.copyTo(0, target, 0, 1500);
        assertThat(target.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(in);
        other.copyFrom(0, target, 10, 20);
        assertThat(other.getByte(0)).isEqualTo(in[10]);
        other.release();
    }

    @Test
    void segmentsShowHeaderPacketAndWholeBuffer() {
        b.append(50);
        b.trimFront(10);
        assertThat(b.packet().byteSize()).isEqualTo(40);
        assertThat(b.header().byteSize()).isEqualTo(10);
        assertThat(b.packetWithHeader().byteSize()).isEqualTo(50);
        assertThat(b.raw().byteSize()).isEqualTo(b.capacity());
        assertThat(b.packet().address() - b.header().address()).isEqualTo(10);
        assertThat(b.packet().address() - b.raw().address()).isEqualTo(b.offset());
        assertThat(b.memory().address() + b.memoryOffset()).isEqualTo(b.packet().address());
        assertThat(b.packetIova() - b.bufferIova()).isEqualTo(b.offset());
    }

    @Test
    void nothingWorksAfterRelease() {
        b.release();
        refused();
        assertThat(b.isOwned()).isFalse();
        assertThat(b).hasToString("buffer 0 of test (free, 1 reference)");
    }

    @Test
    void nothingWorksWhileADeviceHasIt() {
        b.setLength(60);
        b.toDevice();
        refused();
        assertThat(b.deviceLength()).isEqualTo(60);
        b.fromDevice();
        assertThat(b.length()).isEqualTo(60);
    }

    @Test
    void nothingWorksWhileDetached() {
        b.setLength(60);
        long handle = b.detach();
        refused();
        assertThat(b).hasToString("buffer 0 of test (60 bytes, detached, 1 reference)");
        assertThat(pool.attach(handle)).isSameAs(b);
    }

    private void refused() {
        String before = b.toString();
        for (int i = 0; i < ACCESSORS.size(); i++) {
            Consumer<NetBuf> access = ACCESSORS.get(i);
            String text = Expect.error(DevError.BAD_STATE, () -> access.accept(b));
            assertThat(text).as("accessor " + i).startsWith(before + " cannot be");
        }
        for (int at : new int[] {0, 1, Integer.MAX_VALUE}) {
            Expect.error(DevError.BAD_STATE, () -> b.getByte(at));
            Expect.error(DevError.BAD_STATE, () -> b.setLong(at, 1));
            Expect.error(DevError.BAD_STATE, () -> b.copyTo(at, new byte[0], 0, 0));
            Expect.error(DevError.BAD_STATE, () -> b.copyTo(at, new byte[0], 0, Integer.MAX_VALUE));
        }
        assertThat(b).hasToString(before);
    }

    @Test
    void deviceCannotPlaceAPacketOutsideOfTheBuffer() {
        b.release();
        NetBuf[] ring = new NetBuf[1];
        assertThat(pool.cache().take(ring, 0, 1)).isEqualTo(1);
        NetBuf r = ring[0];
        assertThat(r.isOwned()).isFalse();
        int[][] bad = {{-1, 10}, {0, -1}, {0, 2049}, {2048, 1}, {128, 1921}, {Integer.MAX_VALUE, Integer.MAX_VALUE}, {Integer.MAX_VALUE, 2}, {1, Integer.MAX_VALUE}};
        for (int[] x : bad) {
            Expect.error(DevError.INVALID_PARAM, () -> r.received(x[0], x[1]));
            Expect.error(DevError.INVALID_PARAM, () -> r.arrived(x[0], x[1]));
            assertThat(r.isOwned()).isFalse();
        }
        r.received(128, 1920);
        assertThat(List.of(r.offset(), r.length(), r.headerLength())).containsExactly(128, 1920, 0);
        r.received(2048, 0);
        r.release();
        pool.cache().flush();
    }

    @Test
    void forgottenMarkDoesNotWidenTheBuffer() {
        b.release();
        b.fromDevice();
        assertThat(b.length()).isZero();
        b.toDevice();
    }

    @Test
    void sendableMeansOwnedWholeUnsharedOfThePoolAndInRange() {
        BufferPool other = TestMemory.pool(1);
        b.setLength(60);
        assertThat(b.isSendable(pool, 14, 1518)).isTrue();
        assertThat(b.isSendable(pool, 61, 1518)).isFalse();
        assertThat(b.isSendable(pool, 14, 59)).isFalse();
        assertThat(b.isSendable(other, 14, 1518)).isFalse();
        b.retain();
        assertThat(b.isSendable(pool, 0, Integer.MAX_VALUE)).as("shared").isFalse();
        b.release();
        NetBuf tail = pool.allocate();
        b.chain(tail);
        assertThat(b.isSendable(pool, 14, 1518)).as("chained").isFalse();
        b.unlink();
        tail.release();
        b.toDevice();
        assertThat(b.isSendable(pool, 0, Integer.MAX_VALUE)).as("with a device").isFalse();
        b.fromDevice();
        other.close();
    }

    @Test
    void whatIsSendableIsGivenToTheDeviceAndNothingElse() {
        b.setLength(60);
        assertThat(b.toDevice(pool, 61, 1518)).isEqualTo(-1);
        assertThat(b.toDevice(pool, 14, 59)).isEqualTo(-1);
        assertThat(b.length()).isEqualTo(60);
        assertThat(b.toDevice(pool, 60, 60)).isEqualTo(60);
        assertThat(b.isOwned()).isFalse();
        assertThat(b.deviceLength()).isEqualTo(60);
        assertThat(b.toDevice(pool, 0, Integer.MAX_VALUE)).as("a second time").isEqualTo(-1);
        b.fromDevice();
        assertThat(b.length()).isEqualTo(60);
    }

    @Test
    void buffersOfARowForgetTheHeaderAndWhatWasFoundOutBefore() {
        b.setLength(60);
        b.release();
        NetBuf[] ring = new NetBuf[3];
        assertThat(pool.cache().take(ring, 0, 3)).isEqualTo(3);
        assertThat(ring[0].arrived(100, 60)).as("nothing to forget").isFalse();
        ring[1].received(128, 60);
        ring[1].trimFront(14);
        ring[2].received(128, 60);
        ring[2].found(5);
        for (int i = 1; i < 3; i++) {
            ring[i].toDevice();
            assertThat(ring[i].arrived(100, 70)).isTrue();
        }
        NetBuf.arrived(ring, 0, 3);
        for (int i = 0; i < 3; i++) {
            NetBuf r = ring[i];
            assertThat(List.of(r.offset(), r.headerLength())).containsExactly(100, 0);
            assertThat(r.rxInfo()).isZero();
            assertThat(r.arrived(128, 60)).as("forgotten").isFalse();
            r.release();
        }
        pool.cache().flush();
    }

    @Test
    void anOffloadIsForOneFrameAndItsFirstBuffer() {
        TxOffload vlan = TxOffload.vlan(5);
        b.setLength(60);
        b.setOffload(vlan);
        assertThat(b.offload()).isSameAs(vlan);
        assertThat(b.isSendable(pool, 14, 1518)).as("without further questions").isFalse();
        NetBuf head = pool.allocate();
        head.chain(b);
        assertThat(b.offload()).as("behind another buffer").isNull();
        head.unchain();
        head.release();
        b.setOffload(vlan);
        b.retain();
        Expect.error(DevError.RESOURCE_BUSY, () -> b.setOffload(null));
        b.release();
        b.reset();
        assertThat(b.offload()).as("after reset").isNull();
        b.setOffload(vlan);
        b.unlink();
        assertThat(b.offload()).as("given to a device").isNull();
    }

    @Test
    void releasedBuffersForgetWhatWasAskedForAndFoundOut() {
        NetBuf b = pool.allocate();
        b.setOffload(TxOffload.vlan(5));
        b.found(RxInfo.withVlan(0, 7));
        b.release();
        Expect.error(DevError.BAD_STATE, b::offload);
        Expect.error(DevError.BAD_STATE, b::rxInfo);
        assertThat(pool.allocate()).as("the same buffer again").isSameAs(b);
        assertThat(b.offload()).isNull();
        assertThat(b.rxInfo()).isZero();
        b.found(5);
        b.received(128, 60);
        assertThat(b.rxInfo()).as("of the frame before").isZero();
        b.release();
    }
}
