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

/** Two threads at one buffer. The third number is what is free in the end, of one. What is not listed as an outcome is forbidden. */
final class NetBufRaces {
    private NetBufRaces() {
    }

    @JCStressTest
    @Description("Both release the only reference: one of them is refused.")
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = ACCEPTABLE, desc = "one wins, and the buffer is free once")
    @State
    public static class ReleaseTwice {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate();

        @Actor
        public void one(III_Result r) {
            r.r1 = Race.done(b::release);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Race.done(b::release);
        }

        @Arbiter
        public void free(III_Result r) {
            r.r3 = Race.count(pool);
        }
    }

    @JCStressTest
    @Description("Two owners of a shared buffer release it: both may, and it is free once.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "the last one put it away")
    @State
    public static class ReleaseShared {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate().retain();

        @Actor
        public void one(III_Result r) {
            r.r1 = Race.done(b::release);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Race.done(b::release);
        }

        @Arbiter
        public void free(III_Result r) {
            r.r3 = Race.count(pool);
        }
    }

    @JCStressTest
    @Description("Of two that drop the references of a buffer one by one, exactly one is told that it was the last.")
    @Outcome(id = {"1, 0, 0", "0, 1, 0"}, expect = ACCEPTABLE, desc = "one has to put it away")
    @State
    public static class DropReference {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate().retain();

        @Actor
        public void one(III_Result r) {
            r.r1 = b.dropReference() ? 1 : 0;
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = b.dropReference() ? 1 : 0;
        }

        @Arbiter
        public void free(III_Result r) {
            r.r3 = b.isOwned() ? 1 : 0;
        }
    }

    @JCStressTest
    @Description("One retains what the other releases: either it comes in time and the buffer stays, or it is refused.")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "retained in time, not free")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "too late, free")
    @State
    public static class RetainAgainstRelease {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate();

        @Actor
        public void retain(III_Result r) {
            r.r1 = Race.done(b::retain);
        }

        @Actor
        public void release(III_Result r) {
            r.r2 = Race.done(b::release);
        }

        @Arbiter
        public void free(III_Result r) {
            r.r3 = Race.count(pool);
        }
    }

    @JCStressTest
    @Description("Two that share a buffer each take a further reference and give both up: none is lost.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "all counted, free once")
    @State
    public static class RetainAndRelease {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate().retain();

        @Actor
        public void one(III_Result r) {
            r.r1 = Race.done(this::use);
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Race.done(this::use);
        }

        private void use() {
            b.retain();
            b.release();
            b.release();
        }

        @Arbiter
        public void free(III_Result r) {
            r.r3 = Race.count(pool);
        }
    }

    @JCStressTest
    @Description("One detaches what the other releases: one of them wins.")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "detached")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "free")
    @State
    public static class DetachAgainstRelease {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate();

        @Actor
        public void detach(III_Result r) {
            r.r1 = Race.done(b::detach);
        }

        @Actor
        public void release(III_Result r) {
            r.r2 = Race.done(b::release);
        }

        @Arbiter
        public void free(III_Result r) {
            r.r3 = Race.count(pool);
        }
    }

    @JCStressTest
    @Description("Two come with the same handle: one gets the buffer.")
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = ACCEPTABLE, desc = "one got it, and it has one reference")
    @State
    public static class AttachTwice {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate();
        private final long handle = b.detach();

        @Actor
        public void one(III_Result r) {
            r.r1 = Race.done(() -> pool.attach(handle));
        }

        @Actor
        public void other(III_Result r) {
            r.r2 = Race.done(() -> pool.attach(handle));
        }

        @Arbiter
        public void references(III_Result r) {
            r.r3 = b.isOwned() ? b.references() : 0;
        }
    }

    @JCStressTest
    @Description("A handle is used, its buffer is released and comes out again and is detached again: the old handle stays stale.")
    @Outcome(id = {"1, 0, 1", "1, 1, 0", "0, 1, 0"}, expect = ACCEPTABLE, desc = "the old handle worked at most for the first life")
    @State
    public static class StaleHandle {
        private final BufferPool pool = Race.pool(1);
        private final NetBuf b = pool.allocate();
        private final long old = b.detach();
        private long next;

        @Actor
        public void goesRound(III_Result r) {
            r.r1 = Race.done(() -> {
                pool.attach(old).release();
                next = pool.allocate().detach();
            });
        }

        @Actor
        public void comesLate(III_Result r) {
            r.r2 = Race.done(() -> pool.attach(old));
        }

        @Arbiter
        public void newHandle(III_Result r) {
            r.r3 = next == 0 ? 0 : Race.done(() -> pool.attach(next));
        }
    }
}
