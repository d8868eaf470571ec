package net.app.traffic;

import static net.app.fake.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import net.api.DevException;
import net.api.EthernetAddress;
import net.app.core.AppOptions;
import net.app.core.AppState;
import net.app.fake.FakeCard;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenerateTest {
    private static final String A = "test/a";
    private static final String B = "test/b";
    private static final EthernetAddress TO = EthernetAddress.parse("02:00:00:00:00:0b");
    private final BufferPool pool = Pools.of(1024);
    private final FakeCard a = new FakeCard(A, "02:00:00:00:00:0a", pool);
    private final FakeCard b = new FakeCard(B, "02:00:00:00:00:0b", pool);
    private final Sink sink = new Sink(B, AppOptions.DEFAULT);
    private Generate gen;

    private void start(int size, long rate, long count) {
        gen = new Generate(A, new Generate.Plan(size, rate, count, TO), AppOptions.DEFAULT, sink);
        gen.cards().offer(A, a);
        gen.start(1, () -> { });
    }

    private void startSink() {
        FakeCard.cable(a, b);
        sink.cards().offer(B, b);
        sink.start(2, () -> { });
        until("sink", () -> sink.state() == AppState.RUNNING);
    }

    @AfterEach
    void every_buffer_comes_home() {
        gen.stop();
        sink.stop();
        a.close();
        b.close();
        Pools.assertWhole(pool);
    }

    @Test
    void sends_as_many_frames_as_asked_each_with_its_number_and_ends() {
        start(64, 0, 1000);
        until("ended", () -> gen.state() == AppState.ENDED);
        assertThat(gen.sent()).isEqualTo(1000);
        assertThat(a.sent()).hasSize(1000).allSatisfy(f -> assertThat(f).hasSize(64));
        byte[] f = a.sent().get(258);
        assertThat(java.util.Arrays.copyOfRange(f, 0, 12)).containsExactly(2, 0, 0, 0, 0, 0x0b, 2, 0, 0, 0, 0, 0x0a);
        assertThat(java.util.Arrays.copyOfRange(f, 22, 30)).containsExactly(0, 0, 0, 0, 0, 0, 1, 2);
        Set<Byte> lastNumbers = new HashSet<>();
        a.sent().subList(0, 256).forEach(x -> lastNumbers.add(x[29]));
        assertThat(lastNumbers).hasSize(256);
    }

    @Test
    void a_sink_at_the_other_end_receives_all_and_the_report_says_so() throws Exception {
        startSink();
        start(100, 0, 500);
        until("ended", () -> gen.state() == AppState.ENDED);
        sink.awaitQuiet(500);
        TrafficReport report = gen.report();
        assertThat(report.sent()).isEqualTo(500);
        assertThat(report.received() + report.lost()).isEqualTo(500);
        assertThat(report.lost()).isZero();
        assertThat(report.toString()).startsWith("sent 500 frames of 100 bytes in ").contains("test/b received 500, lost 0, late 0, duplicate 0");
    }

    @Test
    void frames_that_do_not_arrive_are_reported_as_lost() throws Exception {
        FakeCard.cable(a, b);
        sink.cards().offer(B, b);
        start(64, 0, 300);
        until("ended", () -> gen.state() == AppState.ENDED);
        b.receive().release();
        b.receive().release();
        b.rxQueue(0).unbind();
        sink.start(2, () -> { });
        sink.awaitQuiet(300);
        until("rest", () -> sink.distinct() == 298);
        assertThat(gen.report().lost()).isEqualTo(2);
        assertThat(gen.report().toString()).contains("lost 2 (0.667 %)");
        assertThat(sink.counter("lost")).as("before the first that came").isZero();
    }

    @Test
    void the_sink_tells_streams_apart_and_counts_what_is_not_of_a_generator() {
        startSink();
        start(64, 0, 10);
        until("ended", () -> gen.state() == AppState.ENDED);
        until("first", () -> sink.distinct() == 10);
        start(64, 0, 10);
        until("second", () -> sink.distinct() == 20);
        b.arrive(new byte[60]);
        until("other", () -> sink.counter("other") == 1);
        assertThat(sink.counter("streams")).isEqualTo(2);
        assertThat(sink.counter("duplicate")).isZero();
        assertThat(sink.counter("bytes")).isEqualTo(20 * 64 + 60);
    }

    @Test
    void a_rate_is_kept_on_average() {
        start(64, 2000, 400);
        until("ended", () -> gen.state() == AppState.ENDED);
        // Bursts may catch up 10 ms; nothing may run ahead of the clock.
        assertThat(gen.seconds()).isGreaterThan(400 / 2000.0 - 0.02);
        assertThat(gen.report().rate()).isCloseTo(400 / gen.seconds(), within(1.0));
    }

    @Test
    void a_full_ring_is_waited_for_and_nothing_is_dropped() {
        a.holding(7);
        start(64, 0, 100);
        until("all", () -> {
            a.complete();
            return gen.state() == AppState.ENDED;
        });
        assertThat(a.sent()).hasSize(100);
    }

    @Test
    void an_empty_pool_is_waited_for() {
        BufferPool tiny = Pools.of(4);
        FakeCard c = new FakeCard(A, "02:00:00:00:00:0a", tiny).holding(64);
        gen = new Generate(A, new Generate.Plan(64, 0, 50, TO), AppOptions.DEFAULT, null);
        gen.cards().offer(A, c);
        gen.start(1, () -> { });
        until("all", () -> {
            c.complete();
            return gen.state() == AppState.ENDED;
        });
        assertThat(c.sentCount()).isEqualTo(50);
        assertThat(gen.counter("waits_for_buffer")).isPositive();
        c.close();
        Pools.assertWhole(tiny);
    }

    @Test
    void plans_that_cannot_be_are_refused_with_the_numbers() {
        start(64, 0, 1);
        assertThatThrownBy(() -> new Generate.Plan(59, 0, 0, TO)).isInstanceOf(DevException.class).hasMessageContaining("59");
        assertThatThrownBy(() -> new Generate.Plan(64, -1, 0, TO)).isInstanceOf(DevException.class).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Generate.Plan(1519, 0, 0, TO).check(a)).isInstanceOf(DevException.class).hasMessageContaining("1519")
                .hasMessageContaining("1518");
    }

    @Test
    void stops_while_the_card_takes_nothing() {
        a.holding(0);
        start(64, 0, 0);
        until("waiting frames", () -> pool.statistics().inUse() > 0);
        assertThat(gen.stop()).isTrue();
        assertThat(gen.counter("abandoned")).isEqualTo(32);
    }
}
