package net.linux.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IovaSpaceTest {
    private final IovaSpace space = new IovaSpace();

    @Test
    void addressesAreHighUnlessTheyMustBeLow() {
        assertThat(space.take(4096, 4096, false)).hasValue(IovaSpace.FOUR_GIB);
        assertThat(space.take(4096, 4096, false)).hasValue(IovaSpace.FOUR_GIB + 4096);
        assertThat(space.take(4096, 4096, true)).hasValue(IovaSpace.FIRST);
        assertThat(space.take(4096, 1 << 21, true)).hasValue(1 << 21);
        space.give(IovaSpace.FOUR_GIB);
        assertThat(space.take(4096, 4096, false)).hasValue(IovaSpace.FOUR_GIB);
    }

    @Test
    void reservedRangesAreLeftOut() {
        space.reserve(0xfee00000L, 0xfeefffffL);
        space.reserve(0xfed00000L, 0xfee0ffffL);
        space.reserve(0, 0xfffffL);
        assertThat(space.take(0xfed00000L - IovaSpace.FIRST, 4096, true)).hasValue(IovaSpace.FIRST);
        assertThat(space.take(0x1000000L, 4096, true)).hasValue(0xfef00000L);
        assertThat(space.take(0x1000000L, 4096, true)).isEmpty();
        space.reserve(5, 4);
        space.reserve(IovaSpace.END, Long.MAX_VALUE - 1);
        assertThat(space.take(1, 1, false)).hasValue(IovaSpace.FOUR_GIB);
    }

    @Test
    void itEnds() {
        assertThat(space.take(IovaSpace.END - IovaSpace.FOUR_GIB, 4096, false)).isPresent();
        assertThat(space.take(4096, 4096, false)).isEmpty();
        assertThat(space.take(IovaSpace.FOUR_GIB, 4096, true)).isEmpty();
    }

    @Test
    void noTwoRangesOverlap() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<long[]> taken = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            if (taken.size() > 50 && random.nextBoolean()) {
                space.give(taken.remove(random.nextInt(taken.size()))[0]);
                continue;
            }
            long size = 4096L * (1 + random.nextInt(1000));
            long alignment = 4096L << random.nextInt(10);
            OptionalLong at = space.take(size, alignment, random.nextBoolean());
            assertThat(at).as("seed %d", seed).isPresent();
            long start = at.getAsLong();
            assertThat(start % alignment).as("seed %d", seed).isZero();
            assertThat(taken).as("seed %d", seed).allSatisfy(t -> assertThat(start >= t[0] + t[1] || start + size <= t[0]).isTrue());
            taken.add(new long[] {start, size});
        }
    }
}
