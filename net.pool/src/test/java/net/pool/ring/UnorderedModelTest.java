package net.pool.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Random;
import net.api.DevError;
import net.pool.Expect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random operations, wrong ones among them, against a queue. The model takes the place of each packet from the ring, and checks by itself that it was free,
 * that nothing was refused for which there was a place, and that what is used is the packets and the padding.
 */
class UnorderedModelTest {
    private static final int OPERATIONS = 500_000;
    private static final RuntimeException FAILURE = new RuntimeException("on purpose");

    private record Packet(int offset, int length, int paddingBefore, byte mark, long time) {
    }

    private final ArrayDeque<Packet> queue = new ArrayDeque<>();
    private UnorderedBuffer ring;
    private RingSpec spec;
    private Random random;
    private int records;
    private int used;
    private int tail;
    private byte mark;
    private long paddingBytes;
    private long pushed;
    private long popped;
    private long droppedOldest;
    private long droppedNewest;
    private long refused;
    private String seedText;

    @ParameterizedTest(name = "{0} bytes, {1} records, packets of {2}, {3}")
    @CsvSource({"64,4,64,REFUSE", "256,8,100,REFUSE", "4096,1024,1000,REFUSE", "256,8,256,DROP_NEWEST", "64,4,40,DROP_OLDEST", "1024,64,300,DROP_OLDEST"})
    void ringDoesWhatTheQueueDoes(int capacity, int slots, int max, OverflowPolicy overflow) {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        seedText = "-Dhotnic.seed=" + seed + ", " + capacity + " bytes, " + overflow;
        System.out.println("UnorderedModelTest: " + seedText);
        random = new Random(seed);
        spec = new RingSpec(capacity, slots, max, overflow);
        ring = new UnorderedBuffer(spec, Arena.ofAuto());
        for (int i = 0; i < OPERATIONS; i++) {
            if (random.nextInt(100) < 55) {
                push();
            } else {
                pop();
            }
            // Not each time: asking also tells the producer how far the consumer is.
            if (random.nextInt(3) == 0) {
                check(ring.producer().used() == used, "used " + ring.producer().used() + ", not " + used);
            }
        }
        RingStatistics s = ring.statistics();
        assertThat(new long[] {s.queued(), s.pushed(), s.popped(), s.droppedOldest(), s.droppedNewest(), s.refused()}).as(seedText)
                .containsExactly(queue.size(), pushed, popped, droppedOldest, droppedNewest, refused);
        assertThat(pushed).isGreaterThan(OPERATIONS / 20);
    }

    private void check(boolean right, String text) {
        if (!right) {
            throw new AssertionError(text + "; " + seedText + "; " + ring.statistics());
        }
    }

    private void push() {
        int max = 1 + random.nextInt(spec.maxPacket());
        int length = random.nextInt(4) == 0 ? max : random.nextInt(max + 1);
        int kind = random.nextInt(20);
        boolean room = fits(max);
        long time = random.nextLong();
        mark++;
        int result;
        int[] place = new int[1];
        if (kind == 0 && random.nextInt(50) == 0) {
            if (room || spec.overflow() != OverflowPolicy.REFUSE) {
                Expect.error(DevError.INVALID_PARAM, () -> ring.producer().push(max, slot -> max + 1));
            }
            return;
        } else if (kind == 1) {
            try {
                result = ring.producer().push(max, slot -> {
                    fill(slot, max, time);
                    throw FAILURE;
                });
                check(result == PacketProducer.NO_ROOM && !room && spec.overflow() == OverflowPolicy.REFUSE, "a failing receiver gave " + result);
                refused++;
            } catch (RuntimeException e) {
                check(e == FAILURE, "another exception: " + e);
            }
            return;
        } else if (kind < 6) {
            PacketSlot slot = ring.producer().reserve(max);
            if (slot != null) {
                place[0] = slot.offset();
                fill(slot, length, time);
            }
            result = slot == null ? PacketProducer.NO_ROOM : ring.producer().commit(length);
        } else {
            result = ring.producer().push(max, slot -> {
                place[0] = slot.offset();
                return fill(slot, length, time);
            });
        }
        if (room) {
            check(result == length, "there was room for " + max + ", and push gave " + result);
            if (length > 0) {
                accept(place[0], length, time);
            }
        } else if (spec.overflow() == OverflowPolicy.REFUSE) {
            check(result == PacketProducer.NO_ROOM, "there was no room for " + max + ", and push gave " + result);
            refused++;
        } else if (length == 0) {
            check(result == 0, "nothing came, and push gave " + result);
        } else {
            check(place[0] == spec.capacity(), "received at " + place[0] + ", not in the staging area");
            while (spec.overflow() == OverflowPolicy.DROP_OLDEST && !fits(length)) {
                dropOldest();
            }
            if (fits(length)) {
                check(result == length, length + " bytes fit, and push gave " + result);
                accept(-1, length, time);
            } else {
                check(result == PacketProducer.DROPPED, length + " bytes do not fit, and push gave " + result);
                droppedNewest++;
            }
        }
    }

    private int fill(PacketSlot slot, int length, long time) {
        check(slot.family == 0 && slot.time == 0, "a slot of before");
        slot.memory().asSlice(slot.offset(), length).fill(mark);
        slot.time(time);
        slot.sender((int) time, length);
        return length;
    }

    /** By the rule of the ring: in one piece behind the last packet, or at the front with padding behind the last packet. */
    private boolean fits(int size) {
        if (queue.isEmpty()) {
            return true;
        }
        int head = head();
        boolean full = tail == head && used > 0;
        int behind = full ? 0 : tail > head ? spec.capacity() - tail : head - tail;
        int front = full || tail < head ? 0 : head;
        return size <= behind ? records < spec.records() : size <= front && records + 2 <= spec.records();
    }

    private int head() {
        Packet first = queue.getFirst();
        return first.paddingBefore > 0 ? spec.capacity() - first.paddingBefore : first.offset;
    }

    /** Where the packet went is known if it was not staged; otherwise it follows from the rule. */
    private void accept(int offset, int length, long time) {
        int padding = (int) (ring.statistics().paddingBytes() - paddingBytes);
        paddingBytes += padding;
        int at = offset >= 0 ? offset : padding > 0 || queue.isEmpty() ? 0 : tail;
        if (queue.isEmpty()) {
            // At the front, if the producer knew that the ring is empty; otherwise as if it were not.
            check(at == 0 || at == tail, "begins at " + at + " in an empty ring, with the tail at " + tail);
        } else {
            check(at == (padding > 0 ? 0 : tail), "placed at " + at + " with the tail at " + tail + " and padding of " + padding);
        }
        check(padding == 0 || padding == spec.capacity() - tail, "padding of " + padding + " with the tail at " + tail);
        queue.add(new Packet(at, length, padding, mark, time));
        records += padding > 0 ? 2 : 1;
        used += length + padding;
        tail = (at + length) % spec.capacity();
        pushed++;
    }

    private void popOldest() {
        freePadding();
        used -= queue.removeFirst().length;
        records--;
        freePadding();
        popped++;
    }

    /** The padding in front of the oldest packet, or else that packet. */
    private void dropOldest() {
        if (!freePadding()) {
            used -= queue.removeFirst().length;
            records--;
            droppedOldest++;
        }
    }

    private boolean freePadding() {
        if (queue.isEmpty() || queue.getFirst().paddingBefore == 0) {
            return false;
        }
        Packet p = queue.removeFirst();
        used -= p.paddingBefore;
        records--;
        queue.addFirst(new Packet(p.offset, p.length, 0, p.mark, p.time));
        return true;
    }

    private void pop() {
        int max = random.nextInt(5);
        int stop = random.nextInt(6);
        boolean fail = random.nextInt(10) == 0;
        if (random.nextInt(6) == 0) {
            PacketView view = ring.consumer().peek();
            check((view == null) == queue.isEmpty(), "peek gave " + view);
            freePadding();
            if (view != null) {
                compare(view, queue.getFirst());
                if (fail) {
                    ring.consumer().leavePacket();
                } else {
                    ring.consumer().remove();
                    popOldest();
                }
            }
            return;
        }
        if (max > 0) {
            freePadding();
        }
        Iterator<Packet> expected = queue.iterator();
        int[] seen = new int[1];
        int n = Math.min(Math.min(max, stop), queue.size());
        boolean throwing = fail && stop < max && stop < queue.size();
        int out;
        try {
            out = ring.consumer().pop(view -> {
                compare(view, expected.next());
                if (seen[0]++ == stop) {
                    if (fail) {
                        throw FAILURE;
                    }
                    return false;
                }
                return true;
            }, max);
            check(!throwing && out == n, "pop gave " + out + ", not " + n);
        } catch (RuntimeException e) {
            check(e == FAILURE && throwing, "not on purpose: " + e);
        }
        for (int i = 0; i < n; i++) {
            popOldest();
        }
    }

    private void compare(PacketView view, Packet p) {
        check(view.length() == p.length && view.offset() == p.offset, "packet of " + view.length() + " at " + view.offset() + ", not " + p);
        check(view.time() == p.time && view.senderPort() == p.length && (int) view.senderLow() == (int) p.time, "metadata differ from " + p);
        for (int i = 0; i < p.length; i += 1 + p.length / 16) {
            check(view.memory().get(ValueLayout.JAVA_BYTE, view.offset() + i) == p.mark, "byte " + i + " differs from " + p);
        }
    }
}
