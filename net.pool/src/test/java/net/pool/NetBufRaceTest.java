package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import org.junit.jupiter.api.Test;

/** Two threads meet at one buffer after the other and do at once what only one of them may, or what both may. */
class NetBufRaceTest {
    private static final int BUFFERS = 256;
    private static final int ROUNDS = 15;

    /** What a thread does with a buffer; the number of the thread is 0 or 1. */
    private interface Act {
        void on(NetBuf b, int thread);
    }

    private final BufferPool pool = TestMemory.pool(new PoolSpec("test", BUFFERS, 1920, 0));

    @Test
    void oneOfTwoRacingReleasesWins() throws Exception {
        race(1, (b, t) -> b.release(), 1);
    }

    @Test
    void bothReleasesOfASharedBufferCount() throws Exception {
        race(2, (b, t) -> b.release(), 2);
    }

    @Test
    void releaseAndDetachDoNotBothWin() throws Exception {
        race(1, (b, t) -> {
            if (t == 0) {
                b.release();
            } else {
                pool.attach(b.detach()).release();
            }
        }, 1);
    }

    @Test
    void retainsAndReleasesLoseNothing() throws Exception {
        race(2, (b, t) -> {
            b.retain();
            b.release();
            b.release();
        }, 2);
    }

    @Test
    void oneOfTwoAttachesWithTheSameHandleWins() throws Exception {
        long[] handles = new long[BUFFERS];
        race((b, t) -> {
            NetBuf mine = pool.attach(handles[b.index()]);
            assertThat(mine.references()).isEqualTo(1);
        }, 1, b -> handles[b.index()] = b.detach(), NetBuf::release);
    }

    private void race(int references, Act act, int winners) throws Exception {
        race(act, winners, b -> {
            for (int i = 1; i < references; i++) {
                b.retain();
            }
        }, b -> assertThat(b.isOwned()).isFalse());
    }

    private void race(Act act, int winners, Consumer<NetBuf> before, Consumer<NetBuf> after)
            throws Exception {
        NetBuf[] bufs = new NetBuf[BUFFERS];
        AtomicInteger round = new AtomicInteger();
        AtomicInteger arrived = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger won = new AtomicInteger();
        AtomicReference<Throwable> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int number = t;
            threads.add(new Thread(() -> {
                for (int r = 1; r <= ROUNDS; r++) {
                    await(round, r);
                    for (int i = 0; i < BUFFERS; i++) {
                        NetBuf b = bufs[i];
                        arrived.incrementAndGet();
                        await(arrived, 2 * ((r - 1) * BUFFERS + i + 1));
                        try {
                            act.on(b, number);
                            won.incrementAndGet();
                        } catch (DevException e) {
                            if (e.error() != DevError.BAD_STATE) {
                                failed.set(e);
                            }
                        } catch (Throwable e) {
                            failed.set(e);
                        }
                    }
                    done.incrementAndGet();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (int r = 1; r <= ROUNDS; r++) {
            assertThat(pool.allocate(bufs, 0, BUFFERS)).isEqualTo(BUFFERS);
            for (NetBuf b : bufs) {
                before.accept(b);
            }
            won.set(0);
            round.set(r);
            await(done, 2 * r);
            if (won.get() != winners * BUFFERS || failed.get() != null) {
                round.set(ROUNDS);
                arrived.set(Integer.MAX_VALUE / 2);
            }
            assertThat(failed.get()).isNull();
            assertThat(won.get()).as("winners in round " + r).isEqualTo(winners * BUFFERS);
            for (NetBuf b : bufs) {
                after.accept(b);
            }
            assertThat(pool.missing()).isZero();
        }
        for (Thread t : threads) {
            t.join();
        }
    }

    private static void await(AtomicInteger counter, int value) {
        for (int spins = 0; counter.get() < value; spins++) {
            if (spins < 2000) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
