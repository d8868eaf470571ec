package net.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.function.Supplier;
import net.api.DevException;
import net.api.driver.OwnerGate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The gate in front of a queue, whose owner passes without a fence. What is not listed as an outcome is forbidden. */
final class GateRaces {
    private static final long SECOND = 1_000_000_000;

    private GateRaces() {
    }

    @JCStressTest
    @Description("The owner enters while the gate is closed: after close nobody is inside, nobody comes in, and what was done inside is seen.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "inside before; the closer sees what was done there")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "too late")
    @State
    public static class EnterAgainstClose {
        private final OwnerGate gate = new OwnerGate("queue");
        private boolean over;
        private int done;

        @Actor
        public void owner(III_Result r) {
            try {
                gate.enter();
            } catch (DevException e) {
                r.r1 = Race.refused(e);
                return;
            }
            try {
                done = 1;
                r.r1 = over ? -1 : 1;
            } finally {
                gate.leave();
            }
        }

        @Actor
        public void closer(III_Result r) {
            r.r3 = gate.close(SECOND) ? 1 : 0;
            over = true;
            r.r2 = done;
        }
    }

    @JCStressTest
    @Description("The owner goes in and out a few times meanwhile, as a polling loop does.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "whatever it did inside was before the end")
    @State
    public static class LoopAgainstClose {
        private final OwnerGate gate = new OwnerGate("queue");
        private boolean over;
        private int inside;

        @Actor
        public void owner(II_Result r) {
            r.r1 = 1;
            try {
                for (int i = 0; i < 200; i++) {
                    gate.enter();
                    try {
                        inside++;
                        if (over) {
                            r.r1 = -1;
                        }
                        inside--;
                    } finally {
                        gate.leave();
                    }
                }
            } catch (DevException e) {
                if (Race.refused(e) != 0) {
                    r.r1 = -2;
                }
            }
        }

        @Actor
        public void closer(II_Result r) {
            boolean closed = gate.close(SECOND);
            over = true;
            r.r2 = closed && inside == 0 ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("Two threads come to a gate that nobody owns: one becomes its owner, the other is refused, unless the owner has ended.")
    @Outcome(id = {"1, 0", "0, 1"}, expect = ACCEPTABLE, desc = "one of them")
    @Outcome(id = {"1, 2", "2, 1"}, expect = ACCEPTABLE, desc = "the owner's thread had ended")
    @Outcome(id = {"0, 2", "2, 0"}, expect = ACCEPTABLE, desc = "one of them, and the other ended before it was asked whether it lives")
    @State
    public static class TwoOwners {
        private final OwnerGate gate = new OwnerGate("queue");
        private volatile Thread one;
        private volatile Thread other;

        @Actor
        public void one(II_Result r) {
            one = Thread.currentThread();
            r.r1 = enter(() -> other);
        }

        @Actor
        public void other(II_Result r) {
            other = Thread.currentThread();
            r.r2 = enter(() -> one);
        }

        private int enter(Supplier<Thread> rival) {
            int done = Race.done(gate::enter);
            Thread t = rival.get();
            return done == 1 && t != null && !t.isAlive() ? 2 : done;
        }
    }
}
