package net.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import net.api.NetBuf;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Threads without a cache on the shared stack. What is not listed as an outcome is forbidden. */
final class PoolRaces {
    private PoolRaces() {
    }

    @JCStressTest
    @Description("Two threads want the only buffer: one gets it, and 'empty' is never said while it is free.")
    @Outcome(id = {"1, 0", "0, 1"}, expect = ACCEPTABLE, desc = "one of them")
    @State
    public static class OneBufferForTwo {
        private final BufferPool pool = Race.pool(1);

        @Actor
        public void first(II_Result r) {
            r.r1 = pool.allocate() != null ? 1 : 0;
        }

        @Actor
        public void second(II_Result r) {
            r.r2 = pool.allocate() != null ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("Both allocate and release, in the way that lets an unprotected stack confuse a head that is back with one that never left.")
    @Outcome(id = "1, 1, 4", expect = ACCEPTABLE, desc = "both got what they wanted, and all are there")
    @State
    public static class TakeAndGiveBack {
        private final BufferPool pool = Race.pool(4);

        @Actor
        public void one(III_Result r) {
            NetBuf a = pool.allocate();
            NetBuf b = pool.allocate();
            r.r1 = a != null && b != null && a != b ? 1 : 0;
            a.release();
            b.release();
        }

        @Actor
        public void other(III_Result r) {
            NetBuf a = pool.allocate();
            NetBuf b = pool.allocate();
            r.r2 = a != null && b != null && a != b ? 1 : 0;
            a.release();
            b.release();
        }

        @Arbiter
        public void all(III_Result r) {
            r.r3 = Race.count(pool);
        }
    }

    @JCStressTest
    @Description("A batch against single buffers: nothing twice, nothing lost.")
    @Outcome(id = "3, 2, 3", expect = ACCEPTABLE, desc = "the batch whole, both singles, the rest still free")
    @State
    public static class BatchAgainstSingles {
        private final BufferPool pool = Race.pool(8);
        private final NetBuf[] batch = new NetBuf[3];
        private NetBuf a;
        private NetBuf b;

        @Actor
        public void batch(III_Result r) {
            r.r1 = pool.allocate(batch, 0, 3);
        }

        @Actor
        public void singles(III_Result r) {
            a = pool.allocate();
            b = pool.allocate();
            r.r2 = (a != null ? 1 : 0) + (b != null ? 1 : 0);
        }

        @Arbiter
        public void rest(III_Result r) {
            r.r3 = Race.count(pool, batch[0], batch[1], batch[2], a, b);
        }
    }

    @JCStressTest
    @Description("One gives a batch back while the other takes a batch: as many as are free then, and all are there afterwards.")
    @Outcome(id = {"2, 4", "4, 4"}, expect = ACCEPTABLE, desc = "before, or after the others came back")
    @State
    public static class BatchBackAgainstBatch {
        private final BufferPool pool = Race.pool(4);
        private final NetBuf[] mine = new NetBuf[2];
        private final NetBuf[] theirs = new NetBuf[4];

        public BatchBackAgainstBatch() {
            pool.allocate(mine, 0, 2);
        }

        @Actor
        public void back() {
            pool.release(mine, 0, 2);
        }

        @Actor
        public void take(II_Result r) {
            r.r1 = pool.allocate(theirs, 0, 4);
        }

        @Arbiter
        public void all(II_Result r) {
            int free = Race.count(pool, theirs);
            r.r2 = free < 0 ? free : free + r.r1;
        }
    }

    @JCStressTest
    @Description("What the last owner did to the view is over when the buffer is handed to the next.")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "not free yet")
    @Outcome(id = "128, 0", expect = ACCEPTABLE, desc = "as new")
    @State
    public static class ViewOfTheNextOwner {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate();

        @Actor
        public void last() {
            b.append(7);
            b.trimFront(5);
            b.release();
        }

        @Actor
        public void next(II_Result r) {
            NetBuf mine = pool.allocate();
            r.r1 = mine == null ? -1 : mine.offset();
            r.r2 = mine == null ? 0 : mine.length() + mine.headerLength();
        }
    }

    @JCStressTest
    @Description("A sample of the counters that is taken meanwhile shows nothing impossible.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "every number is between 0 and the capacity, and they add up")
    @State
    public static class Statistics {
        private final BufferPool pool = Race.pool(2);

        @Actor
        public void work(II_Result r) {
            NetBuf a = pool.allocate();
            NetBuf b = pool.allocate();
            a.release();
            b.release();
            r.r1 = 1;
        }

        @Actor
        public void sample(II_Result r) {
            var s = pool.statistics();
            boolean possible = s.free() >= 0 && s.cached() >= 0 && s.inUse() >= 0 && s.free() + s.cached() <= 2 && s.inUse() <= 2
                    && s.releases() <= s.allocations();
            r.r2 = possible ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("The pool is closed while a buffer is released: it is back exactly once, whoever was first.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing is missing, and nothing comes out")
    @State
    public static class CloseAgainstRelease {
        private final BufferPool pool = Race.pool(2);
        private final NetBuf b = pool.allocate();

        @Actor
        public void release() {
            b.release();
        }

        @Actor
        public void close() {
            pool.close();
        }

        @Arbiter
        public void missing(II_Result r) {
            r.r1 = pool.missing();
            r.r2 = pool.allocate() == null ? 0 : 1;
        }
    }
}
