package net.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.PoolStatistics;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The owner of a cache, inside without a fence, against a thread that starves, or closes the pool, and takes its stock away. What is not listed as an outcome
 * is forbidden.
 */
final class CacheRaces {
    private CacheRaces() {
    }

    /** The owner fills its cache first; then both meet. */
    private static class Meeting {
        final BufferPool pool;
        NetBufCache cache;
        private volatile boolean filled;
        private volatile boolean there;

        Meeting(int buffers) {
            pool = Race.pool(buffers, buffers);
        }

        void fill() {
            cache = pool.cache();
            NetBuf[] all = new NetBuf[pool.capacity()];
            cache.take(all, 0, all.length);
            cache.give(all, 0, all.length);
            filled = true;
            while (!there) {
                Thread.onSpinWait();
            }
        }

        void awaitOwner() {
            while (!filled) {
                Thread.onSpinWait();
            }
            there = true;
        }
    }

    @JCStressTest
    @Description("The only buffer lies in the owner's cache. The owner allocates it while another thread finds the pool empty and drains the cache.")
    @Outcome(id = {"0, -1, 0", "-1, 0, 0"}, expect = ACCEPTABLE, desc = "one of them got it")
    @Outcome(id = "-1, -1, 1", expect = ACCEPTABLE_INTERESTING, desc = "it was on its way, and neither got it; it is there afterwards")
    @State
    public static class AllocateAgainstDrain extends Meeting {
        private NetBuf mine;
        private NetBuf theirs;

        public AllocateAgainstDrain() {
            super(1);
        }

        @Actor
        public void owner(III_Result r) {
            fill();
            mine = cache.allocate();
            r.r1 = Race.index(mine);
            if (mine == null) {
                cache.flush();
            }
        }

        @Actor
        public void starving(III_Result r) {
            awaitOwner();
            theirs = pool.allocate();
            r.r2 = Race.index(theirs);
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = Race.count(pool, mine, theirs);
        }
    }

    @JCStressTest
    @Description("The owner moves buffers out of its cache and back while another thread drains it: nothing twice, nothing lost.")
    @Outcome(id = {"1, 1, 3", "1, 0, 4"}, expect = ACCEPTABLE, desc = "the starving thread got one or none, and the rest is there")
    @State
    public static class TakeAndGiveAgainstDrain extends Meeting {
        private NetBuf theirs;

        public TakeAndGiveAgainstDrain() {
            super(4);
        }

        @Actor
        public void owner(III_Result r) {
            fill();
            NetBuf[] ring = new NetBuf[4];
            r.r1 = 1;
            for (int i = 0; i < 20; i++) {
                int n = cache.take(ring, 0, 2);
                if (n == 2 && ring[0] == ring[1]) {
                    r.r1 = 0;
                }
                cache.give(ring, 0, n);
            }
            cache.flush();
        }

        @Actor
        public void starving(III_Result r) {
            awaitOwner();
            theirs = pool.allocate();
            r.r2 = theirs == null ? 0 : 1;
        }

        @Arbiter
        public void left(III_Result r) {
            r.r3 = Race.count(pool, theirs);
        }
    }

    @JCStressTest
    @Description("The pool is closed while the owner works with its cache: all buffers are back in the end, once.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "nothing missing")
    @State
    public static class TakeAndGiveAgainstClose extends Meeting {
        public TakeAndGiveAgainstClose() {
            super(4);
        }

        @Actor
        public void owner(III_Result r) {
            fill();
            NetBuf[] ring = new NetBuf[4];
            for (int i = 0; i < 20; i++) {
                int n = cache.take(ring, 0, 2);
                cache.give(ring, 0, n);
            }
            cache.flush();
            r.r1 = 1;
        }

        @Actor
        public void closer(III_Result r) {
            awaitOwner();
            pool.close();
            r.r2 = 1;
        }

        @Arbiter
        public void missing(III_Result r) {
            r.r3 = pool.missing();
        }
    }

    @JCStressTest
    @Description("A sample of the counters while the owner takes, gives back and moves its stock: no release that was not, and none less than a sample before.")
    @Outcome(id = "1, 1, 5", expect = ACCEPTABLE, desc = "possible values, and all counted in the end")
    @State
    public static class Sample extends Meeting {
        public Sample() {
            super(4);
        }

        @Actor
        public void owner(III_Result r) {
            fill();
            NetBuf[] ring = new NetBuf[4];
            int n = cache.take(ring, 0, 2);
            cache.give(ring, 0, 1);
            cache.flush();
            r.r1 = n == 2 ? 1 : 0;
        }

        @Actor
        public void sampler(III_Result r) {
            awaitOwner();
            PoolStatistics first = pool.statistics();
            PoolStatistics second = pool.statistics();
            r.r2 = possible(first) && possible(second) && second.releases() >= first.releases() && second.allocations() >= first.allocations() ? 1 : 0;
        }

        private static boolean possible(PoolStatistics s) {
            return s.allocations() >= 4 && s.allocations() <= 6 && s.releases() >= 4 && s.releases() <= 5 && s.releases() <= s.allocations();
        }

        @Arbiter
        public void counted(III_Result r) {
            r.r3 = (int) pool.statistics().releases();
        }
    }
}
