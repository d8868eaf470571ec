package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.pool.Expect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real datagrams over the loopback interface. */
class DatagramReaderTest {
    private static final int MAX = 1000;
    private final List<DatagramChannel> open = new ArrayList<>();
    private DatagramChannel to;
    private DatagramChannel from;
    private UnorderedBuffer ring = new UnorderedBuffer(new RingSpec(16_384, 256, MAX + 1, OverflowPolicy.REFUSE), Arena.ofShared());
    private DatagramReader reader;

    @BeforeEach
    void channels() throws IOException {
        to = channel();
        to.configureBlocking(false);
        from = channel();
        reader = new DatagramReader(to, ring, MAX);
    }

    @AfterEach
    void close() throws IOException {
        for (DatagramChannel c : open) {
            c.close();
        }
    }

    private DatagramChannel channel() throws IOException {
        DatagramChannel c = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        open.add(c);
        return c;
    }

    private void send(DatagramChannel sender, int length, int first) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            b.put(i, (byte) (first + i));
        }
        sender.send(b, to.getLocalAddress());
    }

    /** Loopback delivers at once or nearly: waits for so many. */
    private void read(int stored) throws IOException {
        long deadline = System.nanoTime() + 30_000_000_000L;
        int n = 0;
        while (n < stored) {
            n += reader.read(64);
            assertThat(System.nanoTime() - deadline).as("%d of %d datagrams came", n, stored).isNegative();
        }
        assertThat(n).isEqualTo(stored);
    }

    private int popOne(int length, int first, DatagramChannel sender) {
        return ring.consumer().pop(p -> {
            assertThat(p.length()).isEqualTo(length);
            for (int i = 0; i < length; i++) {
                assertThat(p.getByte(i)).isEqualTo((byte) (first + i));
            }
            try {
                assertThat(p.sender()).isEqualTo(sender == null ? null : sender.getLocalAddress());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(System.nanoTime() - p.time()).isBetween(0L, 60_000_000_000L);
            return true;
        });
    }

    @Test
    void datagramsComeWithSenderAndTime() throws IOException {
        DatagramChannel other = channel();
        assertThat(reader.read(10)).isZero();
        for (int round = 0; round < 200; round++) {
            send(from, 1 + round * 5 % MAX, round);
            send(other, MAX, round + 1);
            read(2);
            assertThat(popOne(1 + round * 5 % MAX, round, from)).isEqualTo(1);
            assertThat(popOne(MAX, round + 1, other)).isEqualTo(1);
        }
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void whatIsTooLongOrEmptyIsCountedAndPassedOver() throws IOException {
        send(from, MAX + 1, 1);
        send(from, 0, 1);
        send(from, MAX + 500, 1);
        send(from, 5, 9);
        read(1);
        assertThat(popOne(5, 9, from)).isEqualTo(1);
        assertThat(reader.tooLong()).isEqualTo(2);
        assertThat(reader.empty()).isEqualTo(1);
        assertThat(ring.producer().used()).isZero();
    }

    @Test
    void aFullRingLeavesDatagramsInTheSocket() throws IOException {
        for (int i = 0; i < 30; i++) {
            send(from, MAX, i);
        }
        read(16);
        assertThat(reader.read(64)).isZero();
        assertThat(ring.statistics().refused()).isPositive();
        for (int i = 0; i < 16; i++) {
            assertThat(popOne(MAX, i, from)).isEqualTo(1);
        }
        read(14);
        for (int i = 16; i < 30; i++) {
            assertThat(popOne(MAX, i, from)).isEqualTo(1);
        }
    }

    @Test
    void droppingTheOldestKeepsTheNewest() throws IOException {
        ring = new UnorderedBuffer(new RingSpec(4096, 64, MAX + 1, OverflowPolicy.DROP_OLDEST), Arena.ofShared());
        reader = new DatagramReader(to, ring, MAX);
        for (int i = 0; i < 20; i++) {
            send(from, MAX, i);
        }
        read(20);
        assertThat(ring.statistics().droppedOldest()).isEqualTo(16);
        for (int i = 16; i < 20; i++) {
            assertThat(popOne(MAX, i, from)).isEqualTo(1);
        }
    }

    @Test
    void connectedChannelsNoteNoSenderAndOutliveErrors() throws IOException {
        to.connect(from.getLocalAddress());
        send(from, 100, 3);
        read(1);
        assertThat(popOne(100, 3, null)).isEqualTo(1);
        from.close();
        to.write(ByteBuffer.allocate(1));
        long deadline = System.nanoTime() + 30_000_000_000L;
        assertThatThrownBy(() -> {
            while (System.nanoTime() - deadline < 0) {
                reader.read(10);
            }
        }).isInstanceOf(PortUnreachableException.class);
        assertThat(ring.statistics().failed()).isEqualTo(1);
        assertThat(ring.producer().used()).isZero();
        assertThat(reader.read(10)).isZero();
    }

    @Test
    void blockingChannelsAndImpossibleLengthsAreRefused() throws IOException {
        to.configureBlocking(true);
        assertThat(Expect.error(DevError.BAD_STATE, () -> reader.read(1))).contains("configureBlocking");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new DatagramReader(to, ring, MAX + 1))).contains("1001");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> new DatagramReader(to, ring, 0))).contains("0");
    }

    @Test
    void onlyAChangeOfSenderMakesGarbage() throws IOException {
        DatagramChannel other = channel();
        long one = garbage(from, from);
        long two = garbage(from, other);
        to.connect(from.getLocalAddress());
        long connected = garbage(from, from);
        System.out.printf("DatagramReaderTest: bytes of garbage a datagram: connected %.1f, one sender %.1f, senders in turn %.1f%n", connected / 2000.0,
                one / 2000.0, two / 2000.0);
        assertThat(connected).as("connected").isLessThan(2000);
        assertThat(one).as("one sender").isLessThan(2000);
    }

    /** Bytes allocated by reader and consumer for 2000 datagrams, the least of some rounds. */
    private long garbage(DatagramChannel a, DatagramChannel b) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        PacketHandler handler = p -> p.length() > 0;
        ByteBuffer bytes = ByteBuffer.allocateDirect(64);
        InetSocketAddress target = (InetSocketAddress) to.getLocalAddress();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 12 && least > 0; round++) {
            long sum = 0;
            for (int i = 0; i < 1000; i++) {
                a.send(bytes.clear(), target);
                b.send(bytes.clear(), target);
                long before = threads.getCurrentThreadAllocatedBytes();
                int got = 0;
                for (int tries = 0; got < 2 && tries < 1_000_000; tries++) {
                    got += reader.read(2);
                }
                int popped = ring.consumer().pop(handler, 8);
                sum += threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(popped).isEqualTo(2);
            }
            least = Math.min(least, sum);
        }
        return least;
    }
}
