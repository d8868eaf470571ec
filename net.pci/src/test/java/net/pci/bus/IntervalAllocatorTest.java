package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import net.api.DevException;
import org.junit.jupiter.api.Test;

class IntervalAllocatorTest {
    @Test
    void aligns_naturally_and_joins_what_is_freed() {
        IntervalAllocator a = new IntervalAllocator(0x1000, 0x10000);
        assertThat(a.allocate(0x1000, 0x1000)).hasValue(0x1000);
        assertThat(a.allocate(0x4000, 0x4000)).hasValue(0x4000);
        assertThat(a.allocate(0x2000, 0x2000)).hasValue(0x2000);
        assertThat(a.largestGap()).isEqualTo(0x9000);
        a.free(0x1000);
        a.free(0x4000);
        a.free(0x2000);
        assertThat(a.largestGap()).isEqualTo(0x10000);
    }

    @Test
    void never_gives_address_zero() {
        IntervalAllocator a = new IntervalAllocator(0, 0x100);
        assertThat(a.allocate(0x20, 0x20)).hasValue(0x20);
    }

    @Test
    void reserves_only_what_is_free_and_inside() {
        IntervalAllocator a = new IntervalAllocator(0x1000, 0x1000);
        assertThat(a.reserve(0x1800, 0x100)).isTrue();
        assertThat(a.reserve(0x18ff, 1)).isFalse();
        assertThat(a.reserve(0x1700, 0x101)).isFalse();
        assertThat(a.reserve(0xfff, 2)).isFalse();
        assertThat(a.reserve(0x1fff, 2)).isFalse();
        assertThat(a.reserve(-1, 1)).isFalse();
        assertThat(a.reserve(0x1000, Long.MAX_VALUE)).isFalse();
        assertThat(a.freeBytes()).isEqualTo(0xf00);
    }

    @Test
    void refuses_windows_and_wishes_that_make_no_sense() {
        assertThatThrownBy(() -> new IntervalAllocator(Long.MAX_VALUE, 2)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> new IntervalAllocator(-4096, 4096)).isInstanceOf(DevException.class);
        IntervalAllocator top = new IntervalAllocator(Long.MAX_VALUE - 0x1000, 0x1000);
        assertThat(top.allocate(0x10, 1L << 62)).isEmpty();
        assertThatThrownBy(() -> top.allocate(16, 3)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> top.free(12)).isInstanceOf(DevException.class);
    }

    /** Against a model that knows every byte: nothing overlaps, nothing is lost, and "does not fit" is true. */
    @Test
    void random_use_keeps_the_books() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("IntervalAllocatorTest: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int start = random.nextInt(3) * random.nextInt(500);
            int size = 1 + random.nextInt(600);
            IntervalAllocator a = new IntervalAllocator(start, size);
            boolean[] taken = new boolean[start + size];
            Map<Long, Long> live = new TreeMap<>();
            for (int step = 0; step < 200; step++) {
                if (random.nextInt(3) == 0 && !live.isEmpty()) {
                    Long key = live.keySet().stream().skip(random.nextInt(live.size())).findFirst().orElseThrow();
                    a.free(key);
                    mark(taken, key, live.remove(key), false);
                } else if (random.nextInt(4) == 0) {
                    long from = random.nextInt(start + size + 10) - 5;
                    long n = 1 + random.nextInt(40);
                    boolean expected = from >= start && from + n <= start + size && free(taken, from, n);
                    assertThat(a.reserve(from, n)).as("reserve %d at %d, seed %d", n, from, seed).isEqualTo(expected);
                    if (expected) {
                        live.put(from, n);
                        mark(taken, from, n, true);
                    }
                } else {
                    long n = 1 + random.nextInt(60);
                    long alignment = 1L << random.nextInt(7);
                    OptionalLong at = a.allocate(n, alignment);
                    long expected = first(taken, start, n, alignment);
                    assertThat(at.orElse(-1)).as("allocate %d aligned to %d, seed %d", n, alignment, seed).isEqualTo(expected);
                    at.ifPresent(from -> {
                        live.put(from, n);
                        mark(taken, from, n, true);
                    });
                }
                long free = 0;
                for (int i = start; i < taken.length; i++) {
                    free += taken[i] ? 0 : 1;
                }
                assertThat(a.freeBytes()).as("seed %d", seed).isEqualTo(free);
            }
        }
    }

    private static long first(boolean[] taken, int start, long n, long alignment) {
        for (long at = Math.max(1, start); at + n <= taken.length; at++) {
            if (at % alignment == 0 && free(taken, at, n)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean free(boolean[] taken, long from, long n) {
        for (long i = from; i < from + n; i++) {
            if (taken[(int) i]) {
                return false;
            }
        }
        return true;
    }

    private static void mark(boolean[] taken, long from, long n, boolean value) {
        for (long i = from; i < from + n; i++) {
            taken[(int) i] = value;
        }
    }
}
