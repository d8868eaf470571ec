package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Once warm, no operation of a packet's way allocates on the Java heap. */
class RingGarbageTest {
    private static final int OPERATIONS = 300_000;
    /** The measurement itself, and one recompilation more or less. */
    private static final long NOISE = 2048;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final MemorySegment source = Arena.ofAuto().allocate(2000);
    private final InetSocketAddress sender = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
    private long sum;
    private long number;

    @ParameterizedTest
    @EnumSource(OverflowPolicy.class)
    void unorderedBufferAllocatesNothing(OverflowPolicy overflow) {
        UnorderedBuffer ring = new UnorderedBuffer(new RingSpec(4096, 64, 1500, overflow), Arena.ofShared());
        PacketReceiver<RuntimeException> receiver = slot -> {
            slot.buffer().putInt(7);
            slot.sender(sender);
            slot.time(3);
            return 800;
        };
        PacketReceiver<RuntimeException> none = slot -> 0;
        PacketHandler handler = p -> {
            sum += p.buffer().getInt() + p.time() + p.senderLow() + p.senderPort();
            return true;
        };
        PacketHandler leave = p -> false;
        assertNoGarbage(() -> {
            for (int i = 0; i < 8; i++) {
                ring.producer().push(1500, receiver);
                ring.producer().push(source, 3, 100, 1);
                ring.producer().push(1500, none);
            }
            ring.consumer().pop(leave);
            if (ring.consumer().peek() != null) {
                ring.consumer().remove();
            }
            ring.consumer().pop(handler, 32);
        });
    }

    @Test
    void orderedBufferAllocatesNothing() {
        OrderedBuffer ordered = new OrderedBuffer(new OrderedSpec(64, 1500, 16, 1000), Arena.ofShared());
        OrderedHandler handler = (sequence, memory, offset, length, arrival) -> {
            sum += sequence + length + arrival + offset;
            return true;
        };
        assertNoGarbage(() -> {
            ordered.insert(number + 2, source, 0, 100, number);
            ordered.insert(number + 1, source, 0, 100, number);
            ordered.insert(number + 1, source, 0, 100, number);
            ordered.insert(number - 5, source, 0, 100, number);
            ordered.drain(handler, 10, number);
            ordered.insert(number + 5, source, 0, 100, number);
            ordered.drain(handler, 10, number + 2000);
            number += 5;
        });
    }

    private void assertNoGarbage(Runnable operation) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 6 && least > NOISE; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < OPERATIONS; i++) {
                operation.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes in %d operations", OPERATIONS).isLessThanOrEqualTo(NOISE);
    }
}
