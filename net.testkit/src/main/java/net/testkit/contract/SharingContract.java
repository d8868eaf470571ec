package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetBufShells;
import net.api.NetFeature;
import net.api.device.DmaMemory;
import net.pool.BufferPool;
import net.pool.PoolSpec;
import org.junit.jupiter.api.Test;

/** Frames in memory that is not the card's own pool's: other pools of the host, clones, memory of the application. */
abstract class SharingContract extends OwnershipContract {
    /** Memory that no device reaches. */
    private record Elsewhere(MemorySegment segment) implements DmaMemory {
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
            // it goes with its last user
        }
    }

    /** The card is done with everything that it was given. */
    private NetBuf otherBuffer(byte[] frame) {
        NetBuf buf = bench.otherPool().allocate(frame, 0, frame.length);
        assertThat(buf).isNotNull();
        return buf;
    }

    @Test
    void framesOfAnotherPoolOfTheHostAreSentAndGoBackThere() {
        attach();
        NetBufPool other = bench.otherPool();
        for (int round = 0; round < 3 * other.capacity(); round++) {
            byte[] strange = frames.to(Frames.PEER, 60 + round);
            byte[] own = frames.to(Frames.PEER, 200 + round);
            NetBuf[] batch = {buffer(own), otherBuffer(strange), buffer(own)};
            int n = 0;
            while (n < batch.length) {
                n += tx.transmit(batch, n, batch.length - n);
            }
            assertThat(batch).containsOnlyNulls();
            assertThat(takeFromCable(3)).containsExactly(own, strange, own);
            awaitSent();
            assertThat(other.statistics().inUse()).isZero();
        }
        assertConserved(0);
    }

    @Test
    void aChainOfSeveralPoolsIsOneFrame() {
        attach();
        assumeFeature(NetFeature.MULTI_SEGMENT_TX);
        byte[] frame = frames.to(Frames.PEER, 300);
        for (int i = 0; i < 50; i++) {
            NetBuf head = i % 2 == 0 ? buffer(Arrays.copyOf(frame, 100)) : otherBuffer(Arrays.copyOf(frame, 100));
            head.chain(i % 2 == 0 ? otherBuffer(Arrays.copyOfRange(frame, 100, 300)) : buffer(Arrays.copyOfRange(frame, 100, 300)));
            send(head);
            assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
            awaitSent(); // the other pool is small, and what a driver has sent it may keep for a while
        }
        assertConserved(0);
    }

    @Test
    void clonesOfOneFrameAreSentWithoutACopy() {
        attach();
        NetBufShells shells = pool.shells();
        byte[] frame = frames.to(Frames.PEER, 500);
        int count = 12;
        for (int round = 0; round < 20; round++) {
            NetBuf original = buffer(frame);
            NetBuf[] clones = new NetBuf[count];
            for (int i = 0; i < count; i++) {
                clones[i] = shells.cloneOf(original);
            }
            assertFails(DevError.RESOURCE_BUSY, () -> tx.transmit(new NetBuf[] {original}, 0, 1));
            original.release();
            for (int n = 0; n < count;) {
                n += tx.transmit(clones, n, count - n);
            }
            assertThat(clones).containsOnlyNulls();
            assertThat(takeFromCable(count)).containsExactlyElementsOf(Collections.nCopies(count, frame));
            awaitSent();
            assertConserved(0);
        }
    }

    @Test
    void whatADriverWritesInFrontOfAFrameIsNotWrittenInFrontOfAClone() {
        attach();
        byte[] frame = frames.to(Frames.PEER, 200);
        byte[] before = new byte[64];
        Arrays.fill(before, (byte) 0x5a);
        NetBuf original = pool.allocate(before, 0, before.length);
        original.append(frame.length);
        original.copyFrom(before.length, frame, 0, frame.length);
        NetBuf clone = pool.shells().cloneOf(original);
        clone.trimFront(before.length);
        send(clone);
        assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        awaitSent();
        assertThat(Arrays.copyOf(original.toByteArray(), before.length)).isEqualTo(before);
        original.release();
    }

    @Test
    void aHeaderOfItsOwnInFrontOfEachClone() {
        attach();
        assumeFeature(NetFeature.MULTI_SEGMENT_TX);
        byte[] frame = frames.to(Frames.PEER, 400);
        NetBuf payload = buffer(Arrays.copyOfRange(frame, 14, 400));
        for (int i = 0; i < 10; i++) {
            frame[0] = (byte) (2 * i);
            NetBuf header = buffer(Arrays.copyOf(frame, 14));
            header.chain(pool.shells().cloneOf(payload));
            send(header);
            assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        }
        payload.release();
        awaitSent();
        assertConserved(0);
    }

    @Test
    void aReceivedFrameIsClonedAndSentBack() {
        attach();
        byte[] frame = frames.to(card.macAddress(), 333);
        putOnCable(frame);
        NetBuf got = receiveBuffers(1).getFirst();
        NetBuf clone = pool.shells().cloneOf(got);
        got.release();
        send(clone);
        assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
        awaitSent();
    }

    @Test
    void memoryOfTheApplicationIsSentWhereTheHostCanShowItToDevices() {
        attach();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8192, 4096);
            byte[] frame = frames.to(Frames.PEER, 1000);
            MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 3000, frame.length);
            AtomicInteger released = new AtomicInteger();
            NetBuf unseen = pool.shells().wrap(memory.asSlice(3000, 1000), released::incrementAndGet);
            assertRefused(DevError.INVALID_PARAM, unseen);
            unseen.release();
            assertThat(released).hasValue(1);
            try (DmaMemory mapped = map(memory)) {
                for (int i = 0; i < 20; i++) {
                    send(pool.shells().wrap(mapped, 3000, 1000, released::incrementAndGet));
                    assertThat(takeFromCable(1).getFirst()).isEqualTo(frame);
                }
                awaitSent();
                assertThat(released).hasValue(21);
                assertThat(memory.get(ValueLayout.JAVA_BYTE, 2999)).as("nothing is written around it").isZero();
            }
        }
    }

    private DmaMemory map(MemorySegment memory) {
        try {
            return pool.shells().map(memory);
        } catch (DevException e) {
            assumeTrue(e.error() != DevError.UNSUPPORTED, () -> "skipped: " + e.getMessage());
            return abort(e.getMessage());
        }
    }

    @Test
    void framesOfAnotherHostAreRefused() {
        attach();
        PoolSpec spec = new PoolSpec("elsewhere", 1, 2048);
        try (BufferPool elsewhere = new BufferPool(spec, 1, "elsewhere", new Elsewhere(Arena.ofAuto().allocate(spec.stride(), 64)))) {
            NetBuf foreign = elsewhere.allocate(frames.to(Frames.PEER, 100), 0, 100);
            assertRefused(DevError.INVALID_PARAM, foreign);
            NetBuf mine = buffer(frames.to(Frames.PEER, 100));
            assertFails(DevError.INVALID_PARAM, () -> mine.chain(foreign));
            mine.release();
            foreign.release();
        }
    }

    @Test
    void everythingIsBackWhenTheCardIsDetachedWithFramesInFlight() {
        attach();
        List<byte[]> sent = frames.manyTo(Frames.PEER, 8);
        NetBuf original = buffer(sent.getFirst());
        for (byte[] frame : sent) {
            NetBuf[] batch = {otherBuffer(frame), pool.shells().cloneOf(original), buffer(frame)};
            for (int n = 0; n < batch.length;) {
                n += tx.transmit(batch, n, batch.length - n);
            }
        }
        bench.detach();
        original.release();
        assertThat(free()).isEqualTo(pool.capacity());
    }
}
