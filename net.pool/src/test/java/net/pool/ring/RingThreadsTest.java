package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two threads: packets carry their number, a length and bytes that follow from it, and a sum over all; a third thread reads the counters. */
class RingThreadsTest {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int MIN = 16;
    private UnorderedBuffer ring;
    private int most;
    private volatile Throwable failure;
    private volatile boolean pushedAll;
    private long accepted;
    private long last;
    private long taken;

    @ParameterizedTest(name = "{0} packets of 16 to {3} bytes through {1} bytes and {2} records, {4}, batches of {5}")
    @CsvSource({"10000000,65536,2048,48,REFUSE,32", "300000,256,8,120,REFUSE,1", "2000000,4096,16,32,DROP_NEWEST,8", "4000000,4096,64,64,DROP_OLDEST,4",
            "2000000,256,4,100,DROP_OLDEST,1", "200000,64,2,64,REFUSE,2", "1000000,64,2,64,DROP_OLDEST,2"})
    void whatComesOutIsWhatWentIn(long count, int capacity, int records, int largest, OverflowPolicy overflow, int batch) throws Exception {
        long packets = Boolean.getBoolean("hotnic.long") ? 5 * count : count;
        most = largest;
        ring = new UnorderedBuffer(new RingSpec(capacity, records, most, overflow), Arena.ofShared());
        Thread producer = start("producer", () -> produce(packets));
        Thread consumer = start("consumer", () -> consume(batch));
        long samples = 0;
        long lastPushed = 0;
        while (consumer.isAlive() && failure == null) {
            RingStatistics s = ring.statistics();
            boolean possible = s.popped() + s.droppedOldest() <= s.pushed() && s.poppedBytes() <= s.pushedBytes() && s.pushed() >= lastPushed
                    && s.queued() >= 0 && s.queued() <= records;
            assertThat(possible).as("%s", s).isTrue();
            lastPushed = s.pushed();
            samples++;
            consumer.join(Duration.ofMillis(1));
        }
        assertThat(producer.join(Duration.ofSeconds(60)) && consumer.join(Duration.ofSeconds(60))).as("threads ended").isTrue();
        assertThat(failure).isNull();
        RingStatistics s = ring.statistics();
        System.out.println("RingThreadsTest: " + overflow + " " + s + ", " + samples + " samples");
        assertThat(ring.isEmpty()).isTrue();
        assertThat(s.queued()).isZero();
        assertThat(s.pushed()).isEqualTo(accepted);
        assertThat(s.popped()).isEqualTo(taken);
        assertThat(s.pushed() + s.droppedNewest()).as("each packet was pushed or dropped").isEqualTo(packets);
        assertThat(s.popped() + s.droppedOldest()).as("each pushed packet was popped or dropped").isEqualTo(s.pushed());
        if (overflow == OverflowPolicy.REFUSE) {
            assertThat(taken).isEqualTo(packets);
            assertThat(last).isEqualTo(packets);
        }
        ring.producer().unbind();
        assertThat(ring.producer().used()).isZero();
    }

    private void produce(long packets) {
        PacketProducer producer = ring.producer();
        for (long n = 1; n <= packets && failure == null; n++) {
            int length = MIN + (int) (mix(n) >>> 33) % (most - MIN + 1);
            PacketSlot slot;
            while ((slot = producer.reserve(most)) == null) {
                pause();
                if (failure != null) {
                    return;
                }
            }
            MemorySegment m = slot.memory();
            long at = slot.offset();
            m.set(LONG, at, n);
            long sum = n;
            for (int i = 8; i + 16 <= length; i += 8) {
                long word = mix(n + i);
                m.set(LONG, at + i, word);
                sum += word;
            }
            m.set(LONG, at + length - 8, sum);
            slot.time(~n);
            slot.sender((int) n, (int) n & 0xffff);
            if (producer.commit(length) == length) {
                accepted++;
            }
            if (ring.spec().overflow() != OverflowPolicy.REFUSE && n % 16 == 0) {
                // Nothing else holds this side up: on few processors the other one would hardly come in.
                Thread.yield();
            }
        }
        pushedAll = true;
    }

    private void consume(int batch) {
        while (failure == null) {
            boolean end = pushedAll;
            int n = ring.consumer().pop(this::verify, batch);
            taken += n;
            if (n == 0) {
                if (end) {
                    return;
                }
                pause();
            }
        }
    }

    private boolean verify(PacketView p) {
        MemorySegment m = p.memory();
        long at = p.offset();
        int length = p.length();
        long n = m.get(LONG, at);
        long sum = n;
        if (n % 64 == 0) {
            // Lets the producer in while this side reads: it must not touch this packet.
            Thread.yield();
        }
        boolean right = n > last && length == MIN + (int) (mix(n) >>> 33) % (most - MIN + 1);
        for (int i = 8; right && i + 16 <= length; i += 8) {
            long word = m.get(LONG, at + i);
            right = word == mix(n + i);
            sum += word;
        }
        if (!right || m.get(LONG, at + length - 8) != sum || p.time() != ~n || p.senderLow() != (n & 0xffff_ffffL) || p.senderPort() != (n & 0xffff)) {
            throw new AssertionError("packet " + n + " of " + length + " bytes at " + at + " after " + last + ": " + ring.statistics());
        }
        last = n;
        return true;
    }

    /** The other side is about to move on, or it wants this processor. */
    private static void pause() {
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
        Thread.yield();
    }

    private static long mix(long n) {
        return n * 0x9e3779b97f4a7c15L ^ n << 17;
    }

    private Thread start(String name, Runnable work) {
        Thread t = new Thread(work, name);
        t.setDaemon(true);
        t.setUncaughtExceptionHandler((x, e) -> failure = e);
        t.start();
        return t;
    }
}
