package net.app.core;

import static net.app.fake.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetDriverOps;
import net.app.fake.FakeCard;
import net.app.fake.Pools;
import net.app.traffic.Forward;
import net.app.traffic.Generate;
import net.app.traffic.Sink;
import net.pool.BufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplicationsTest {
    private static final String A = "test/a";
    private static final String B = "test/b";
    private final BufferPool pool = Pools.of(256);
    private final FakeCard a = new FakeCard(A, "02:00:00:00:00:0a", pool);
    private final FakeCard b = new FakeCard(B, "02:00:00:00:00:0b", pool);
    private final AtomicInteger followed = new AtomicInteger();
    private final Applications applications = new Applications(app -> {
        followed.incrementAndGet();
        app.cards().offer(A, a);
        app.cards().offer(B, b);
        AtomicInteger open = new AtomicInteger(1);
        return () -> followed.addAndGet(-open.getAndSet(0));
    });

    @AfterEach
    void ends_clean() {
        assertThat(applications.close()).isEmpty();
        assertThat(followed).as("cards that are still followed").hasValue(0);
        a.close();
        b.close();
        Pools.assertWhole(pool);
    }

    /** One that has nothing to do. */
    private class Idle extends App {
        final AtomicInteger opened = new AtomicInteger();
        volatile Thread thread;

        Idle() {
            super("idle", List.of(A), AppOptions.DEFAULT);
        }

        @Override
        protected void open(List<NetDriverOps> ops) {
            ops.getFirst().receive();
            thread = Thread.currentThread();
            opened.incrementAndGet();
        }

        @Override
        protected int poll() {
            return 0;
        }

        @Override
        protected void rest(int round, long most) throws InterruptedException {
            synchronized (this) {
                wait();
            }
        }

        @Override
        protected int reclaim() {
            return 0;
        }

        @Override
        protected void close() {
            a.rxQueue(0).unbind();
        }

        @Override
        protected List<Counter> counted() {
            return List.of();
        }

        @Override
        public String arguments() {
            return "";
        }

        @Override
        public boolean receivesOn(String address) {
            return true;
        }

        @Override
        public boolean transmitsOn(String address) {
            return true;
        }
    }

    private static Generate gen() {
        return new Generate(A, new Generate.Plan(64, 10, 0, EthernetAddress.BROADCAST), AppOptions.DEFAULT, null);
    }

    @Test
    void numbers_lists_and_stops() {
        Sink sink = new Sink(A, AppOptions.DEFAULT);
        applications.start(sink);
        applications.start(gen());
        assertThat(applications.list()).extracting(App::id).containsExactly(1, 2);
        assertThat(applications.stop(1)).isSameAs(sink);
        assertThat(sink.state()).isEqualTo(AppState.ENDED);
        assertThat(applications.list()).extracting(App::id).containsExactly(2);
        assertThatThrownBy(() -> applications.get(1)).isInstanceOf(DevException.class).hasMessageContaining("[2]");
    }

    @Test
    void two_do_not_share_a_queue_but_one_may_send_while_the_other_receives() {
        applications.start(new Sink(A, AppOptions.DEFAULT));
        applications.start(gen());
        assertThatThrownBy(() -> applications.start(new Forward(A, B, true, AppOptions.DEFAULT))).isInstanceOf(DevException.class)
                .hasMessageContaining("receive queue of test/a").extracting(e -> ((DevException) e).error()).isEqualTo(DevError.RESOURCE_BUSY);
        assertThatThrownBy(() -> applications.start(new Forward(B, A, true, AppOptions.DEFAULT))).hasMessageContaining("transmit queue of test/a")
                .hasMessageContaining("net:stop 2");
        applications.stop(1);
        assertThatCode(() -> applications.start(new Forward(A, B, true, AppOptions.DEFAULT))).doesNotThrowAnyException();
    }

    @Test
    void one_that_fails_says_why_gives_its_cards_up_and_does_not_hold_the_queue() {
        App broken = new Idle() {
            @Override
            protected int poll() {
                throw new IllegalStateException("a mistake");
            }
        };
        applications.start(broken);
        until("failed", () -> broken.state() == AppState.FAILED);
        assertThat(broken.reason()).contains("a mistake");
        until("unfollowed", () -> followed.get() == 0);
        Sink sink = new Sink(A, AppOptions.DEFAULT);
        applications.start(sink);
        until("running", () -> sink.state() == AppState.RUNNING);
    }

    @Test
    void nobody_but_stop_ends_one_by_an_interrupt() {
        Idle idle = new Idle();
        applications.start(idle);
        for (int n = 1; n <= 3; n++) {
            int times = n;
            until("running", () -> idle.opened.get() == times && idle.state() == AppState.RUNNING);
            idle.thread.interrupt();
        }
        until("running again", () -> idle.opened.get() == 4 && idle.state() == AppState.RUNNING);
        applications.stop(idle.id());
        assertThat(idle.state()).isEqualTo(AppState.ENDED);
    }

    @Test
    void only_the_last_ended_ones_are_remembered() {
        for (int i = 0; i < 30; i++) {
            Sink sink = new Sink(A, new AppOptions(32, false, true, 1));
            applications.start(sink);
            sink.stop();
        }
        assertThat(applications.list()).hasSizeLessThan(20);
        assertThat(applications.list().getLast().id()).isEqualTo(30);
    }

    @Test
    void starts_nothing_after_the_end() {
        applications.close();
        assertThatThrownBy(() -> applications.start(gen())).isInstanceOf(DevException.class);
    }
}
