package net.app.core;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.api.NetBufPool;
import net.api.NetDriverOps;
import net.api.host.Processors;
import net.app.traffic.Sink;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

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
    void buffersOfAnotherNodeThanTheThreadsAreWarnedAbout() {
        int[] node = {1};
        NetBufPool pool = answering(NetBufPool.class, Map.of("node", () -> node[0]));
        NetDriverOps card = answering(NetDriverOps.class, Map.of("pool", () -> pool, "deviceName", () -> "linux/0000:03:00.0"));
        Placement placement = new Placement(() -> Optional.of(answering(Processors.class, Map.of("node", () -> 1))));
        Sink pinned = new Sink("linux/0000:03:00.0", new AppOptions(32, false, false, 1, 5));
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Placement.class);
        logger.addAppender(warnings);
        warnings.start();
        try {
            placement.look(pinned, List.of(card));
            node[0] = -1;
            placement.look(pinned, List.of(card));
            node[0] = 0;
            placement.look(new Sink("linux/0000:03:00.0", new AppOptions(32, false, false, 1, AppOptions.ANY)), List.of(card));
            assertThat(warnings.list).as("the same node, an unknown one, a thread that is anywhere").isEmpty();
            placement.look(pinned, List.of(card));
        } finally {
            logger.detachAppender(warnings);
        }
        assertThat(warnings.list).singleElement().satisfies(e -> assertThat(e.getFormattedMessage()).contains("processor 5 is on NUMA node 1")
                .contains("the buffers of linux/0000:03:00.0 are on node 0"));
    }

    private static <T> T answering(Class<T> type, Map<String, Supplier<Object>> answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answers.get(method.getName()).get()));
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
