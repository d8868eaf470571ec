package net.bench.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import net.bench.swap.SwapBench.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code ./bench swap} measures, in short; at length with {@code -Dhotnic.long}. */
class SwapTest {
    private static final int ROUNDS = Boolean.getBoolean("hotnic.long") ? 500 : 20;
    /** Beyond what the virtual machine itself needs now and then: a compiler thread, a pipe, an arena. */
    private static final int SLACK = 8;
    /** What compiled code and its profile take of the heap and of the classes, whatever the number of rounds. */
    private static final int CLASSES = 150;
    private static final long HEAP = 4 << 20;
    /** When everything has been made that is made once: less than a KiB a swap. */
    private static final long HEAP_LATE = 1 << 20;

    private final SwapBench bench = new SwapBench(row -> { }, new SwapOptions(EnumSet.allOf(SwapCard.class), ROUNDS));

    @ParameterizedTest
    @EnumSource(SwapCard.class)
    void warmSwapsLoseRepeatAndReorderNothingAndLeaveNothingBehind(SwapCard card) {
        Outcome o = bench.swaps(card, "warm", true, false, ROUNDS);
        assertThat(o.warm()).isTrue();
        assertThat(o.frames()).isPositive();
        assertThat(o.lost()).as("lost").isZero();
        assertThat(o.repeated()).as("repeated or out of order").isZero();
        assertClean(o);
    }

    @ParameterizedTest
    @EnumSource(SwapCard.class)
    void everyVersionThatIsTakenAwayIsCollected(SwapCard card) {
        Outcome o = bench.swaps(card, "fresh", true, true, ROUNDS);
        assertThat(o.warm()).isTrue();
        assertThat(o.lost() + o.repeated()).isZero();
        assertThat(o.liveLoaders()).as("class loaders of versions that are in use").isLessThanOrEqualTo(SwapBench.IN_USE);
        assertClean(o);
    }

    @ParameterizedTest
    @EnumSource(SwapCard.class)
    void coldSwapsKeepSettingsAndBuffers(SwapCard card) {
        Outcome o = bench.swaps(card, "cold", false, false, ROUNDS / 2);
        assertThat(o.warm()).isFalse();
        assertThat(o.repeated()).isZero();
        assertClean(o);
    }

    @ParameterizedTest
    @EnumSource(SwapCard.class)
    void cardsThatArePulledUnderTrafficLeaveNothingBehind(SwapCard card) {
        assertClean(bench.pulls(card, ROUNDS));
    }

    private static void assertClean(Outcome o) {
        assertThat(o.leftBehind()).as("buffers and pieces of memory that are missing").isZero();
        assertThat(o.growth().descriptors()).as("descriptors: %s", o.growth()).isLessThanOrEqualTo(SLACK);
        assertThat(o.growth().mappings()).as("mappings: %s", o.growth()).isLessThanOrEqualTo(4 * SLACK);
        assertThat(o.growth().threads()).as("threads: %s", o.growth()).isLessThanOrEqualTo(SLACK);
        assertThat(o.growth().classes()).as("classes: %s", o.growth()).isLessThanOrEqualTo(CLASSES);
        assertThat(o.growth().heap()).as("heap: %s", o.growth()).isLessThanOrEqualTo(HEAP);
        assertThat(o.late().heap()).as("heap in the second half: %s", o.late()).isLessThanOrEqualTo(HEAP_LATE);
    }
}
