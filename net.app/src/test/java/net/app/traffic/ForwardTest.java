package net.app.traffic;

import static net.app.fake.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.api.DevException;
import net.app.core.AppOptions;
import net.app.core.AppState;
import net.app.fake.FakeCard;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardTest {
    private static final String A = "test/a";
    private static final String B = "test/b";
    private final BufferPool pool = Pools.of(2048);
    private final BufferPool other = Pools.of(512);
    private FakeCard a = new FakeCard(A, "02:00:00:00:00:0a", pool);
    private FakeCard b = new FakeCard(B, "02:00:00:00:00:0b", pool);
    private Forward forward = new Forward(A, B, false, AppOptions.DEFAULT);

    private void start() {
        forward.cards().offer(A, a);
        forward.cards().offer(B, b);
        forward.start(1, () -> { });
        until("running", () -> forward.state() == AppState.RUNNING);
    }

    @AfterEach
    void every_buffer_comes_home_and_every_frame_is_accounted_for() {
        assertThat(forward.stop()).isTrue();
        a.close();
        b.close();
        Pools.assertWhole(pool);
        Pools.assertWhole(other);
        for (String way : List.of("", "back_")) {
            if (way.isEmpty() || !forward.arguments().equals("one way")) {
                long out = 0;
                for (String fate : List.of("sent", "dropped_too_long", "dropped_ring_full", "dropped_refused", "dropped_no_buffer", "abandoned")) {
                    out += forward.counter(way + fate);
                }
                assertThat(out).as("fates of what was %sreceived", way).isEqualTo(forward.counter(way + "received"));
            }
        }
    }

    private static byte[] frame(int length, int seed) {
        byte[] f = new byte[length];
        new Random(seed).nextBytes(f);
        return f;
    }

    @Test
    void frames_come_out_of_the_other_card_in_order_and_unchanged_both_ways() {
        start();
        List<byte[]> there = new ArrayList<>();
        List<byte[]> back = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            there.add(frame(60 + i, i));
            back.add(frame(1514 - i, -i));
            a.arrive(there.getLast());
            b.arrive(back.getLast());
        }
        until("all", () -> a.sentCount() == 300 && b.sentCount() == 300);
        assertThat(b.sent()).zipSatisfy(there, (x, y) -> assertThat(x).containsExactly(y));
        assertThat(a.sent()).zipSatisfy(back, (x, y) -> assertThat(x).containsExactly(y));
    }

    @Test
    void is_promiscuous_while_it_runs() {
        start();
        assertThat(a.promiscuous() && b.promiscuous()).isTrue();
        forward.stop();
        assertThat(a.promiscuous() || b.promiscuous()).isFalse();
    }

    @Test
    void one_way_leaves_the_other_alone() {
        forward = new Forward(A, B, true, AppOptions.DEFAULT);
        start();
        a.arrive(frame(60, 1));
        b.arrive(frame(60, 2));
        until("there", () -> b.sentCount() == 1);
        assertThat(a.sent()).isEmpty();
        assertThat(b.canReceive()).isTrue();
        assertThat(forward.receivesOn(B)).isFalse();
    }

    @Test
    void frames_that_are_too_long_for_the_other_card_are_dropped_and_the_rest_passes() {
        b.mtu(500);
        start();
        int[] lengths = {518, 519, 60, 1514, 61};
        for (int n : lengths) {
            a.arrive(frame(n, n));
        }
        until("three", () -> b.sentCount() == 3);
        assertThat(b.sent().stream().map(f -> f.length)).containsExactly(518, 60, 61);
        until("counted", () -> forward.counter("dropped_too_long") == 2);
    }

    @Test
    void frames_of_too_many_buffers_are_dropped_and_others_pass_as_they_are() {
        b.maxSegments(2);
        start();
        a.arrive(Pools.frame(pool, frame(300, 1), 100));
        a.arrive(Pools.frame(pool, frame(200, 2), 100));
        until("one", () -> b.sentCount() == 1 && forward.counter("dropped_too_long") == 1);
        assertThat(b.sent().getFirst()).containsExactly(frame(200, 2));
    }

    @Test
    void a_frame_that_the_card_refuses_does_not_stop_the_others() {
        start();
        a.arrive(frame(60, 1));
        a.arrive(frame(13, 2));
        a.arrive(frame(61, 3));
        until("two", () -> b.sentCount() == 2 && forward.counter("dropped_refused") == 1);
    }

    @Test
    void a_full_ring_is_tried_again_and_nothing_is_lost_when_it_empties_in_time() {
        b.holding(5);
        start();
        for (int i = 0; i < 100; i++) {
            a.arrive(frame(60, i));
        }
        until("all", () -> {
            b.complete();
            return b.sentCount() == 100;
        });
        assertThat(forward.counter("dropped_ring_full")).isZero();
    }

    @Test
    void a_ring_that_stays_full_costs_frames_but_not_the_other_direction() {
        forward = new Forward(A, B, false, new AppOptions(8, true, false, 100));
        b.holding(4);
        start();
        for (int i = 0; i < 40; i++) {
            a.arrive(frame(60, i));
            b.arrive(frame(60, -i));
        }
        until("other direction", () -> a.sentCount() == 40);
        until("dropped", () -> forward.counter("dropped_ring_full") == 36);
    }

    @Test
    void cards_of_different_pools_get_copies_also_of_frames_in_several_buffers() {
        b = new FakeCard(B, "02:00:00:00:00:0b", other).mtu(9000);
        start();
        a.arrive(frame(777, 1));
        a.arrive(Pools.frame(pool, frame(5000, 2), 1000));
        until("two", () -> b.sentCount() == 2 && forward.counter("copied") == 2);
        assertThat(b.sent().get(0)).containsExactly(frame(777, 1));
        assertThat(b.sent().get(1)).containsExactly(frame(5000, 2));
    }

    @Test
    void a_pool_without_buffers_costs_the_copy_and_is_counted() {
        BufferPool tiny = Pools.of(2);
        b = new FakeCard(B, "02:00:00:00:00:0b", tiny).holding(256);
        start();
        for (int i = 0; i < 5; i++) {
            a.arrive(frame(60, i));
        }
        until("three dropped", () -> forward.counter("dropped_no_buffer") == 3);
        forward.stop();
        b.close();
        Pools.assertWhole(tiny);
    }

    @Test
    void a_card_that_goes_in_full_traffic_takes_nothing_along_and_traffic_goes_on_when_it_is_back() {
        start();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 200; i++) {
                a.arrive(frame(60, i));
            }
            FakeCard old = b;
            forward.cards().withdraw(B, old);
            old.close();
            until("waiting", () -> forward.state() == AppState.WAITING);
            b = new FakeCard(B, "02:00:00:00:00:0b", pool);
            forward.cards().offer(B, b);
            until("running", () -> forward.state() == AppState.RUNNING);
            FakeCard fresh = b;
            int before = fresh.sentCount();
            a.arrive(frame(99, 99));
            until("again", () -> fresh.sentCount() > before);
        }
    }

    @Test
    void one_card_is_not_two() {
        assertThatThrownBy(() -> new Forward(A, A, false, AppOptions.DEFAULT)).isInstanceOf(DevException.class).hasMessageContaining("two cards");
    }
}
