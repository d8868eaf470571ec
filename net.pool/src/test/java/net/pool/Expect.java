package net.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import net.api.DevError;
import net.api.DevException;
import net.api.NetBufPool;
import net.api.PoolStatistics;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests of pools assert again and again. */
public final class Expect {
    private Expect() {
    }

    /** The call fails with that error; returns its text. */
    public static String error(DevError expected, ThrowingCallable call) {
        DevException e = catchThrowableOfType(DevException.class, call);
        assertThat(e).as("expected " + expected).isNotNull();
        assertThat(e.error()).as(e.getMessage()).isEqualTo(expected);
        return e.getMessage();
    }

    /** The call is refused, counted as misuse, and changes no other counter. */
    public static String misuse(NetBufPool pool, DevError expected, ThrowingCallable call) {
        PoolStatistics b = pool.statistics();
        String text = error(expected, call);
        assertThat(pool.statistics()).isEqualTo(
                new PoolStatistics(b.capacity(), b.free(), b.cached(), b.allocations(), b.releases(), b.failures(), b.misuse() + 1, b.grown(),
                        b.shrunk()));
        return text;
    }

    /** Runs in a thread of its own, to its end; what it throws is thrown here. */
    public static void inThread(Runnable work) {
        Throwable[] thrown = new Throwable[1];
        Thread t = new Thread(work, "helper");
        t.setUncaughtExceptionHandler((x, e) -> thrown[0] = e);
        t.start();
        try {
            assertThat(t.join(java.time.Duration.ofSeconds(60))).as("the thread ended").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (thrown[0] != null) {
            throw new AssertionError(thrown[0]);
        }
    }
}
