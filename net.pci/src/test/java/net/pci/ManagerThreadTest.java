package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.api.DevError;
import net.api.DevException;
import org.junit.jupiter.api.Test;

class ManagerThreadTest {
    private static final long LONG_NANOS = 30_000_000_000L;

    /** Or whoever stops a bundle while the manager closes would wait for nothing. */
    @Test
    void what_is_accepted_while_it_closes_is_done_and_everything_else_is_refused_at_once() throws Exception {
        for (int round = 0; round < 2000; round++) {
            ManagerThread manager = new ManagerThread(() -> { });
            AtomicInteger done = new AtomicInteger();
            CompletableFuture<Integer> accepted = CompletableFuture.supplyAsync(() -> untilRefused(manager, done));
            while (done.get() == 0) {
                Thread.onSpinWait();
            }
            manager.close(LONG_NANOS);
            assertThat(accepted.get()).isEqualTo(done.get());
            assertThat(manager.enqueue(done::incrementAndGet)).isFalse();
        }
    }

    private static int untilRefused(ManagerThread manager, AtomicInteger done) {
        for (int n = 0;; n++) {
            try {
                assertThat(manager.call("counting", done::incrementAndGet, LONG_NANOS)).as("done in time").isTrue();
            } catch (DevException e) {
                assertThat(e.error()).isEqualTo(DevError.BAD_STATE);
                return n;
            }
        }
    }

    /** A driver that does not come back from a call must not keep those for ever who stop bundles. */
    @Test
    void nobody_waits_longer_than_he_said_and_the_work_goes_on() throws Exception {
        ManagerThread manager = new ManagerThread(() -> { });
        CompletableFuture<Void> gate = new CompletableFuture<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        assertThat(manager.call("work", () -> {
            gate.join();
            done.complete(null);
        }, 1)).as("done in time").isFalse();
        gate.complete(null);
        done.get(LONG_NANOS, TimeUnit.NANOSECONDS);
        assertThat(manager.call("more work", () -> { }, LONG_NANOS)).isTrue();
        manager.close(LONG_NANOS);
    }

    @Test
    void whoever_waits_hears_what_the_work_failed_with() {
        ManagerThread manager = new ManagerThread(() -> { });
        assertThatThrownBy(() -> manager.call("work", () -> {
            throw new IllegalStateException("a bug");
        }, LONG_NANOS)).isInstanceOf(DevException.class).hasMessageContaining("work").hasMessageContaining("a bug");
        manager.close(LONG_NANOS);
        assertThatThrownBy(() -> manager.call("work", () -> { }, LONG_NANOS)).hasMessageContaining("the device manager is closed");
    }
}
