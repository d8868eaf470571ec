package net.app.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceTrackerTest {
    private final SequenceTracker tracker = new SequenceTracker();

    private void arrive(long... numbers) {
        for (long n : numbers) {
            tracker.arrived(n);
        }
    }

    private void expect(long lost, long late, long duplicate) {
        assertThat(List.of(tracker.lost(), tracker.late(), tracker.duplicate())).as("lost, late, duplicate").containsExactly(lost, late, duplicate);
    }

    @Test
    void in_order_is_nothing_special() {
        for (int i = 0; i < 3 * SequenceTracker.WINDOW; i++) {
            tracker.arrived(i);
        }
        expect(0, 0, 0);
    }

    @Test
    void a_gap_is_lost_until_it_is_filled_late() {
        arrive(0, 1, 5);
        expect(3, 0, 0);
        arrive(3, 2);
        expect(1, 2, 0);
    }

    @Test
    void what_was_sent_before_the_first_that_came_is_not_lost() {
        arrive(1000, 1001, 1003, 998, 998);
        expect(1, 1, 1);
    }

    @Test
    void the_same_number_again_is_a_duplicate() {
        arrive(0, 1, 1, 0, 3, 2, 2);
        expect(0, 1, 3);
    }

    @Test
    void a_gap_as_wide_as_the_window_or_wider_is_counted_whole() {
        arrive(0, SequenceTracker.WINDOW, 3L * SequenceTracker.WINDOW, 3L * SequenceTracker.WINDOW + 1);
        expect(3L * SequenceTracker.WINDOW - 2, 0, 0);
    }

    @Test
    void what_comes_after_the_window_cannot_be_told_from_a_duplicate() {
        arrive(0, 2);
        for (int i = 3; i < SequenceTracker.WINDOW + 3; i++) {
            tracker.arrived(i);
        }
        arrive(1);
        expect(1, 0, 1);
    }

    @Test
    void agrees_with_a_set_for_any_mix_within_the_window() {
        long seed = System.nanoTime();
        System.out.println("SequenceTrackerTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            tracker.reset();
            Set<Long> seen = new HashSet<>();
            tracker.arrived(0);
            seen.add(0L);
            long duplicates = 0;
            List<Long> order = new ArrayList<>();
            for (long base = 0; base < 20_000; base += 1000) {
                List<Long> block = new ArrayList<>();
                for (long i = base; i < base + 1000; i++) {
                    for (int copies = random.nextInt(10) == 0 ? random.nextInt(3) : 1; copies > 0; copies--) {
                        block.add(i);
                    }
                }
                Collections.shuffle(block, random);
                order.addAll(block);
            }
            long highest = 0;
            for (long n : order) {
                if (!seen.add(n)) {
                    duplicates++;
                }
                highest = Math.max(highest, n);
                tracker.arrived(n);
            }
            assertThat(tracker.duplicate()).as("seed %d", seed).isEqualTo(duplicates);
            assertThat(tracker.lost()).as("seed %d", seed).isEqualTo(highest + 1 - seen.size());
        }
    }

    @Test
    void numbers_that_no_generator_sends_do_no_harm() {
        arrive(-1, Long.MIN_VALUE, Long.MAX_VALUE - 1, 5);
        assertThat(tracker.duplicate()).isEqualTo(3);
    }
}
