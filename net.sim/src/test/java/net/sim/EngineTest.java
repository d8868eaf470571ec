package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The thread behind the models. */
class EngineTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void idle_engine_sleeps() {
        try (Bench bench = Bench.pair()) {
            RawCard a = bench.card(0).start(RawCard.BASE | RawCard.EVENT_IDX, 8);
            a.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
            a.tx().kick();
            a.tx().awaitUsed(1);
            Wait.until("asleep", () -> bench.host.engineThread().getState() == Thread.State.WAITING);
        }
    }

    @Test
    void engine_ends_with_its_host() {
        Bench bench = Bench.pair();
        bench.close();
        assertThat(bench.host.engineThread().isAlive()).isFalse();
    }

    /** One that fails when it works, or when it publishes its work. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failing_task_is_put_out_and_the_others_go_on(boolean atWork) throws InterruptedException {
        Engine engine = new Engine("test");
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(3);
        engine.add(new Engine.Task() {
            @Override
            public boolean run() {
                fail(atWork);
                return false;
            }

            @Override
            public void flush() {
                fail(!atWork);
            }

            private static void fail(boolean now) {
                if (now) {
                    throw new IllegalStateException("a model that fails, as this test wants");
                }
            }

            @Override
            public void failed() {
                failed.countDown();
            }
        });
        assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
        engine.add(() -> {
            ran.countDown();
            return ran.getCount() > 0;
        });
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        engine.close();
    }

    /** Card to card, the receiver giving every buffer back: after a while of warming up not a byte a frame. */
    @Test
    void frames_cost_the_engine_no_allocation() {
        try (Bench bench = Bench.pair()) {
            RawCard a = bench.card(0).start(RawCard.BASE | RawCard.EVENT_IDX, 64);
            RawCard b = bench.card(1).start(RawCard.BASE | RawCard.EVENT_IDX | RawCard.MRG_RXBUF, 64);
            b.rx().offerBuffers(0, 64, 40);
            byte[] frame = Bench.frame(Bench.MAC1, 64);
            int seen = traffic(a.tx(), b.rx(), frame, 0, 40_000);
            Wait.until("asleep", () -> bench.host.engineThread().getState() == Thread.State.WAITING);
            long id = bench.host.engineThread().threadId();
            long before = THREADS.getThreadAllocatedBytes(id);
            int frames = 100_000;
            traffic(a.tx(), b.rx(), frame, seen, frames);
            Wait.until("asleep", () -> bench.host.engineThread().getState() == Thread.State.WAITING);
            long allocated = THREADS.getThreadAllocatedBytes(id) - before;
            System.out.println("EngineTest: the engine allocated " + allocated + " bytes for " + frames + " frames");
            assertThat(allocated).isLessThan(frames / 10);
            assertThat(bench.models.get(1).port().counters().received()).isEqualTo(140_000);
            assertThat(bench.models.get(1).complaints()).isEmpty();
        }
    }

    /** Sends groups of 16 frames, each of which takes two merged buffers, and gives the buffers back. */
    private static int traffic(RawQueue tx, RawQueue rx, byte[] frame, int start, int frames) {
        int seen = start;
        for (int sent = 0; sent < frames; sent += 16) {
            for (int i = 0; i < 16; i++) {
                tx.offerFrame(tx.offered() & 63, frame);
            }
            tx.kick();
            int end = seen + 32;
            rx.awaitUsed(end);
            for (; seen < end; seen++) {
                rx.offerBuffers(rx.usedId(seen), 1, 40);
            }
            tx.awaitUsed(tx.offered());
        }
        return seen;
    }
}
