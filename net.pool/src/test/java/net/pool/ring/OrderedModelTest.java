package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A source whose packets are lost, doubled, delayed and reordered, and which sometimes jumps, against a model that has a map of what waits, a set of all that
 * came out, and numbers that never wrap.
 */
class OrderedModelTest {
    private static final int PACKETS = 300_000;

    private record Waiting(int length, long arrival) {
    }

    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private final Set<Long> came = new HashSet<>();
    private final MemorySegment source = Arena.ofAuto().allocate(64);
    private OrderedSpec spec;
    private OrderedBuffer buffer;
    private String seedText;
    private long base;
    private long next;
    private long highest;
    private long floor;
    private long gaps;
    private long lost;
    private long pendingGap;
    private final long[] fates = new long[PacketFate.values().length];

    @ParameterizedTest(name = "{0} bits, window {1}, delay {2}, loss {3} %, timeout {4}")
    @CsvSource({"16,16,10,5,50", "16,64,100,10,200", "32,64,30,1,1000", "64,8,20,20,30", "16,1024,300,10,0", "32,2,3,5,5", "64,4096,200,2,100000"})
    void bufferDoesWhatTheModelDoes(int bits, int window, int delay, int lossPercent, long timeout) {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        seedText = "-Dhotnic.seed=" + seed + ", " + bits + " bits, window " + window;
        System.out.println("OrderedModelTest: " + seedText);
        Random random = new Random(seed);
        spec = new OrderedSpec(window, 64, bits, timeout, bits == 16 ? 32_767 : 1_000_000);
        buffer = new OrderedBuffer(spec, Arena.ofAuto());
        base = random.nextBoolean() ? -1000 : (-1L >>> 65 - bits) - 1000;
        highest = -1;
        buffer.start(base);
        TreeMap<Long, List<Long>> inFlight = new TreeMap<>();
        long now = Long.MAX_VALUE - PACKETS;
        long sent = next;
        // The model searches what waits again and again.
        int packets = Math.min(PACKETS, 100_000_000 / window);
        for (int i = 0; i < packets; i++) {
            now += 1 + random.nextInt(2);
            sent += random.nextInt(5000) == 0 ? 1 + random.nextInt(3 * window) : 1;
            int copies = random.nextInt(100) < lossPercent ? 0 : random.nextInt(20) == 0 ? 2 : 1;
            for (; copies > 0; copies--) {
                long due = i + (random.nextInt(3) == 0 ? random.nextInt(delay) : 0) + (random.nextInt(3000) == 0 ? 3 * window : 0);
                inFlight.computeIfAbsent(due, k -> new ArrayList<>()).add(sent);
            }
            while (!inFlight.isEmpty() && inFlight.firstKey() <= i) {
                for (long n : inFlight.pollFirstEntry().getValue()) {
                    insert(n, now, random);
                }
            }
            if (random.nextInt(3) == 0) {
                drain(random.nextInt(2 * window), now, random.nextInt(8));
            }
            if (i % 8 == 0) {
                check(buffer.nanosToTimeout(now) == nanosToTimeout(now), "time-out in " + buffer.nanosToTimeout(now) + ", not " + nanosToTimeout(now));
            }
        }
        OrderedStatistics s = buffer.statistics();
        assertThat(s).as(seedText).isEqualTo(new OrderedStatistics(waiting.size(), fate(PacketFate.IN_ORDER), fate(PacketFate.REORDERED),
                fate(PacketFate.DUPLICATE), fate(PacketFate.LATE), 0, 0, gaps, lost, 0, came.size()));
        System.out.println("OrderedModelTest: " + s);
        assertThat(s.drained()).isGreaterThan(packets / 4);
    }

    /** Numbers of any kind, as somebody hostile would send: what was stored comes out once, in order but for restarts, and all of it. */
    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void anyNumbersAreBorne(int bits) {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("OrderedModelTest: -Dhotnic.seed=" + seed + ", any numbers of " + bits + " bits");
        Random random = new Random(seed);
        buffer = new OrderedBuffer(new OrderedSpec(32, 64, bits, 20, 64), Arena.ofAuto());
        long[] last = {0};
        long[] out = {0};
        long[] restarts = {0};
        OrderedHandler handler = (sequence, memory, offset, length, arrival) -> {
            long step = sequence - last[0] << 64 - bits >> 64 - bits;
            if (out[0]++ > 0 && step <= 0 && buffer.statistics().restarts() == restarts[0]) {
                throw new AssertionError(sequence + " after " + last[0] + ", seed " + seed);
            }
            restarts[0] = buffer.statistics().restarts();
            last[0] = sequence;
            return true;
        };
        long near = 0;
        long now = 0;
        for (; now < 500_000; now++) {
            switch (random.nextInt(40)) {
                case 0 -> near = random.nextLong();
                case 1 -> near = (1L << random.nextInt(64)) - random.nextInt(3);
                case 2 -> near += random.nextInt(400) - 200;
                default -> near += random.nextInt(5) - 1;
            }
            buffer.insert(near, source, 0, random.nextInt(65), now);
            if (random.nextInt(4) == 0) {
                buffer.drain(handler, random.nextInt(40), now);
            }
        }
        buffer.drain(handler, 32, now + 20);
        OrderedStatistics s = buffer.statistics();
        System.out.println("OrderedModelTest: " + s);
        assertThat(s.waiting()).isZero();
        assertThat(s.drained()).isEqualTo(s.inOrder() + s.reordered()).isEqualTo(out[0]).isGreaterThan(50_000);
        assertThat(s.restarts()).isPositive();
    }

    private long fate(PacketFate f) {
        return fates[f.ordinal()];
    }

    private void check(boolean right, String text) {
        if (!right) {
            throw new AssertionError(text + "; " + seedText + "; next " + next + "; " + buffer.statistics());
        }
    }

    private void insert(long number, long now, Random random) {
        int length = 8 + (int) (number * 7 & 31);
        source.set(ValueLayout.JAVA_LONG, 0, number);
        PacketFate expected = expect(number);
        // The bits beyond the width do not count.
        long sequence = spec.sequenceBits() == 64 ? number + base : sequence(number) | random.nextLong() << spec.sequenceBits();
        PacketFate fate = buffer.insert(sequence, source, 0, length, now);
        check(fate == expected, number + " is " + fate + ", not " + expected);
        if (fate == PacketFate.DRAIN_FIRST) {
            floor = Math.min(number - spec.window() + 1, next + spec.window());
            drain(Integer.MAX_VALUE, now, -1);
            insert(number, now, random);
            return;
        }
        fates[fate.ordinal()]++;
        if (fate == PacketFate.IN_ORDER || fate == PacketFate.REORDERED) {
            if (number - next >= spec.window()) {
                giveUp(number - spec.window() + 1);
            }
            waiting.put(number, new Waiting(length, now));
            highest = Math.max(highest, number);
        }
    }

    private long sequence(long number) {
        return number + base & -1L >>> 64 - spec.sequenceBits();
    }

    private PacketFate expect(long number) {
        if (number < next) {
            return came.contains(number) && next - number <= spec.window() ? PacketFate.DUPLICATE : PacketFate.LATE;
        }
        if (waiting.containsKey(number)) {
            return PacketFate.DUPLICATE;
        }
        if (number - next >= spec.window() && !waiting.isEmpty() && waiting.firstKey() < number - spec.window() + 1) {
            return PacketFate.DRAIN_FIRST;
        }
        return number > highest ? PacketFate.IN_ORDER : PacketFate.REORDERED;
    }

    private void giveUp(long upTo) {
        gaps++;
        lost += upTo - next;
        pendingGap += upTo - next;
        next = upTo;
    }

    private void settle(long now) {
        for (;;) {
            if (waiting.containsKey(next)) {
                return;
            }
            long first = waiting.isEmpty() ? Long.MAX_VALUE : waiting.firstKey();
            if (floor > next) {
                giveUp(Math.min(floor, first));
            } else if (!waiting.isEmpty() && now - earliest() >= spec.gapTimeout()) {
                giveUp(first);
            } else {
                return;
            }
        }
    }

    private long earliest() {
        return waiting.values().stream().mapToLong(Waiting::arrival).reduce((a, b) -> a - b < 0 ? a : b).getAsLong();
    }

    private long nanosToTimeout(long now) {
        if (floor > next || waiting.containsKey(next)) {
            return 0;
        }
        return waiting.isEmpty() ? Long.MAX_VALUE : Math.max(0, earliest() + spec.gapTimeout() - now);
    }

    private void drain(int max, long now, int stopAfter) {
        int[] n = new int[1];
        long[] gap = new long[1];
        int out = buffer.drain(new OrderedHandler() {
            @Override
            public boolean packet(long sequence, MemorySegment memory, long offset, int length, long arrival) {
                settle(now);
                Waiting w = waiting.get(next);
                check(w != null && w.length == length && w.arrival == arrival, sequence + " of " + length + " bytes, not " + next + ", " + w);
                check(memory.get(ValueLayout.JAVA_LONG, offset) == next, "the bytes of " + memory.get(ValueLayout.JAVA_LONG, offset));
                check(sequence == sequence(next), "number " + sequence);
                check(gap[0] == pendingGap, "a gap of " + gap[0] + ", not " + pendingGap);
                if (n[0] == stopAfter) {
                    return false;
                }
                gap[0] = 0;
                pendingGap = 0;
                waiting.remove(next);
                came.add(next++);
                n[0]++;
                return true;
            }

            @Override
            public void gap(long first, long count) {
                settle(now);
                check(first == sequence(next - count), "gap from " + first + " of " + count);
                gap[0] = count;
            }
        }, max, now);
        if (n[0] < max) {
            settle(now);
        }
        check(out == n[0], "drained " + out + ", not " + n[0]);
        check(out == max || out == stopAfter || !waiting.containsKey(next), "stopped before " + next);
    }
}
