package net.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.pool.ring.OverflowPolicy;
import net.pool.ring.RingSpec;
import net.pool.ring.UnorderedBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The packet ring, between one producer and one consumer. What is not listed as an outcome is forbidden. */
final class RingRaces {
    private static final int NONE = 0;
    /** A packet that is not what was pushed. */
    private static final int TORN = -1;

    private RingRaces() {
    }

    /** A ring of 64 bytes and four records. Packets of a size are filled with a number, and carry it as their time. */
    private abstract static class Ring {
        final UnorderedBuffer ring;
        final MemorySegment source = MemorySegment.ofArray(new byte[64]);

        Ring(OverflowPolicy overflow) {
            RingSpec spec = new RingSpec(64, 4, 48, overflow);
            ring = new UnorderedBuffer(spec, MemorySegment.ofArray(new byte[(int) spec.bytes()]));
        }

        int push(int number, int length) {
            for (int i = 0; i < length; i++) {
                source.set(ValueLayout.JAVA_BYTE, i, (byte) number);
            }
            return ring.producer().push(source, 0, length, number);
        }

        /** The number of the oldest packet. */
        int pop() {
            int[] number = {NONE};
            ring.consumer().pop(p -> {
                number[0] = (int) p.time();
                for (int i = 0; i < p.length(); i++) {
                    if (p.getByte(i) != number[0]) {
                        number[0] = TORN;
                    }
                }
                return true;
            });
            return number[0];
        }
    }

    @JCStressTest
    @Description("Two packets go in while the other side takes two out: in their order, whole.")
    @Outcome(id = {"0, 0", "0, 1", "1, 0", "1, 2"}, expect = ACCEPTABLE, desc = "as far as it came")
    @State
    public static class PushAgainstPop extends Ring {
        public PushAgainstPop() {
            super(OverflowPolicy.REFUSE);
        }

        @Actor
        public void producer() {
            push(1, 20);
            push(2, 30);
        }

        @Actor
        public void consumer(II_Result r) {
            r.r1 = pop();
            r.r2 = pop();
        }
    }

    @JCStressTest
    @Description("Packets that wrap around the end, with padding, while the consumer makes room: none is lost that was accepted, none comes twice.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "what came out is what went in, in order")
    @State
    public static class WrapAround extends Ring {
        private int accepted;
        private int next = 1;
        private boolean wrong;

        public WrapAround() {
            super(OverflowPolicy.REFUSE);
        }

        @Actor
        public void producer() {
            for (int i = 0; i < 20; i++) {
                if (push(accepted + 1, 13 + 7 * (i % 5)) > 0) {
                    accepted++;
                }
            }
        }

        @Actor
        public void consumer() {
            for (int i = 0; i < 20; i++) {
                take();
            }
            ring.consumer().unbind();
        }

        private void take() {
            int got = pop();
            if (got != NONE) {
                wrong |= got != next;
                next++;
            }
        }

        @Arbiter
        public void rest(I_Result r) {
            for (int i = 0; i < 4; i++) {
                take();
            }
            r.r1 = !wrong && next == accepted + 1 && ring.isEmpty() ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("The producer drops the oldest packets to make room while the consumer takes them: numbers only grow, and every packet is whole.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "in order, whole")
    @State
    public static class DropOldest extends Ring {
        private int last;
        private boolean wrong;

        public DropOldest() {
            super(OverflowPolicy.DROP_OLDEST);
        }

        @Actor
        public void producer() {
            for (int i = 1; i <= 20; i++) {
                push(i, 13 + 7 * (i % 5));
            }
        }

        @Actor
        public void consumer(I_Result r) {
            for (int i = 0; i < 20; i++) {
                int got = pop();
                if (got != NONE) {
                    wrong |= got <= last;
                    last = got;
                }
            }
            r.r1 = wrong ? 0 : 1;
        }
    }
}
