package net.app.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.api.host.Processors;
import net.app.traffic.Sink;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private final CompletableFuture<String> pinned = new CompletableFuture<>();

    private Sink started(int processor, boolean canPin) {
        Processors processors = new Processors() {
            @Override
            public void pin(int number) {
                pinned.complete(Thread.currentThread().getName() + " to " + number);
            }

            @Override
            public int node(int number) {
                return -1;
            }
        };
        Applications applications = new Applications(app -> () -> { }, new Placement(() -> canPin ? Optional.of(processors) : Optional.empty()));
        Sink sink = new Sink("sim/0000:00:01.0", new AppOptions(32, false, false, 1, processor));
        applications.start(sink);
        return sink;
    }

    @Test
    void aThreadIsPinnedByItself() throws Exception {
        Sink sink = started(3, true);
        assertThat(pinned.get(30, TimeUnit.SECONDS)).isEqualTo(sink.name() + " to 3");
        assertThat(sink.processor()).isEqualTo(3);
        assertThat(sink.stop()).isTrue();
    }

    @Test
    void withoutAWishNobodyIsAsked() {
        Sink sink = started(AppOptions.ANY, false);
        assertThat(sink.state()).isEqualTo(AppState.WAITING);
        assertThat(sink.stop()).isTrue();
        assertThat(pinned).isNotDone();
    }

    @Test
    void whereNobodyCanPinTheApplicationFailsWithTheReason() {
        Sink sink = started(0, false);
        assertThat(sink.awaitEnd(30_000)).isTrue();
        assertThat(sink.state()).isEqualTo(AppState.FAILED);
        assertThat(sink.reason()).contains("processor 0").contains("install net.linux");
    }

    @Test
    void workIsCountedWhileItGoesOnAndNotAfterwards() {
        Load load = new Load();
        load.end();
        assertThat(load.busyNanos()).isZero();
        load.begin();
        load.begin();
        long once = load.busyNanos();
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < 1_000_000) {
            Thread.onSpinWait();
        }
        assertThat(load.busyNanos()).isGreaterThanOrEqualTo(once + 1_000_000);
        load.end();
        long ended = load.busyNanos();
        assertThat(ended).isGreaterThanOrEqualTo(1_000_000);
        assertThat(load.busyNanos()).isEqualTo(ended);
        load.begin();
        assertThat(load.busyNanos()).isGreaterThanOrEqualTo(ended);
    }
}
