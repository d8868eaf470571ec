package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import net.api.DevError;
import net.api.NetBuf;
import net.api.NetBufCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Lost buffers are found, with the place where they were taken, and nothing else is taken for lost. */
class LeakDetectionTest {
    private static final Duration NOW = Duration.ZERO;
    private final BufferPool pool = TestMemory.pool(64);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("net.pool");

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    private NetBuf careless() {
        return pool.allocate();
    }

    private static void reader(NetBuf b) {
        b.touch();
    }

    private static List<String> methods(List<StackTraceElement> frames) {
        return frames.stream().map(StackTraceElement::getMethodName).toList();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waited too long").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void lostBufferIsToldWithWhereItWasTakenAndLastTouchedOnce() {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf b = careless();
        reader(b);
        Leak leak = pool.leaks(NOW).getFirst();
        assertThat(leak.pool()).isEqualTo("test");
        assertThat(leak.buffer()).isEqualTo(b.index());
        assertThat(leak.thread()).isEqualTo(Thread.currentThread().getName());
        assertThat(methods(leak.taken())).startsWith("careless", "lostBufferIsToldWithWhereItWasTakenAndLastTouchedOnce");
        assertThat(methods(leak.touched())).startsWith("reader");
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString()
                .contains("buffer " + b.index() + " of pool test of host host", "LeakDetectionTest.careless", "last touched", "LeakDetectionTest.reader");
        assertThat(pool.leaks(NOW)).as("told to who asks").hasSize(1);
        assertThat(log.list).as("logged once").hasSize(1);
        assertThat(pool.leaks(Duration.ofHours(1))).isEmpty();
        b.release();
        assertThat(pool.leaks(NOW)).isEmpty();
        careless();
        assertThat(pool.leaks(NOW)).as("the same buffer, lost again").hasSize(1);
        assertThat(log.list).hasSize(2);
    }

    @Test
    void whatDevicesHoldIsNotLostAndWhatTheyReceivedIs() {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBufCache cache = pool.cache();
        NetBuf[] ring = new NetBuf[2];
        cache.take(ring, 0, 2);
        assertThat(pool.leaks(NOW)).isEmpty();
        ring[0].received(128, 60);
        Leak leak = pool.leaks(NOW).getFirst();
        assertThat(leak.buffer()).isEqualTo(ring[0].index());
        assertThat(methods(leak.taken())).startsWith("whatDevicesHoldIsNotLostAndWhatTheyReceivedIs");
        ring[0].toDevice();
        assertThat(pool.leaks(NOW)).isEmpty();
        cache.give(ring, 0, 2);
        NetBuf b = careless();
        assertThat(b).isSameAs(ring[1]);
        assertThat(pool.leaks(NOW)).extracting(Leak::buffer).containsExactly(b.index());
    }

    @Test
    void handlesThatNobodyAttachesAreLost() {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf b = careless();
        long handle = b.detach();
        assertThat(pool.leaks(NOW)).extracting(Leak::buffer).containsExactly(b.index());
        pool.attach(handle).release();
        assertThat(pool.leaks(NOW)).isEmpty();
    }

    @Test
    void retainedBufferThatIsReleasedOnceTooFewShowsWhereTheLastReferenceWasGivenUp() {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf b = careless();
        b.retain();
        assertThat(methods(pool.leaks(NOW).getFirst().touched())).startsWith("retainedBufferThatIsReleasedOnceTooFewShowsWhereTheLastReferenceWasGivenUp");
        Expect.inThread(b::release);
        assertThat(methods(pool.leaks(NOW).getFirst().touched())).doesNotContain("retainedBufferThatIsReleasedOnceTooFewShowsWhereTheLastReferenceWasGivenUp");
        b.release();
        assertThat(pool.leaks(NOW)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = LeakDetection.class, names = {"SIMPLE", "ADVANCED"})
    void sampledLevelsFollowSomeOfTheBuffersAndNoteSomeOfThePlaces(LeakDetection level) {
        BufferPool big = TestMemory.pool(2048);
        big.leakDetection(level);
        assertThat(big.leakDetection()).isEqualTo(level);
        NetBuf[] all = new NetBuf[2048];
        big.allocate(all, 0, 2048);
        List<Leak> leaks = big.leaks(NOW);
        int followed = level == LeakDetection.SIMPLE ? 8 : 16;
        assertThat(leaks).hasSize(followed);
        assertThat(leaks).filteredOn(l -> !l.taken().isEmpty()).isNotEmpty().hasSizeLessThan(followed);
        assertThat(leaks).filteredOn(l -> l.taken().isEmpty()).allMatch(l -> l.toString().contains("set leakDetection to advanced"));
        for (NetBuf b : all) {
            b.touch();
        }
        assertThat(big.leaks(NOW).stream().anyMatch(l -> !l.touched().isEmpty())).isEqualTo(level == LeakDetection.ADVANCED);
        assertThat(log.list).hasSize(followed);
    }

    @Test
    void disabledFollowsNothingAndLevelsChangeWhileThePoolIsInUse() {
        assertThat(pool.leakDetection()).isEqualTo(LeakDetection.DISABLED);
        NetBuf before = careless();
        pool.leakDetection(LeakDetection.PARANOID);
        assertThat(pool.leaks(NOW)).as("taken before").isEmpty();
        NetBuf b = careless();
        assertThat(pool.leaks(NOW)).hasSize(1);
        pool.leakDetection(LeakDetection.DISABLED);
        assertThat(pool.leaks(NOW)).isEmpty();
        careless().touch();
        pool.leakDetection(LeakDetection.PARANOID);
        assertThat(pool.leaks(NOW)).as("taken while it was disabled").isEmpty();
        b.release();
        before.release();
    }

    @Test
    void whatIsOutWhenThePoolClosesIsToldThen() {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf lost = careless();
        careless().release();
        pool.close();
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString().contains("buffer " + lost.index(), "careless");
        pool.close();
        assertThat(log.list).hasSize(1);
    }

    @Test
    void exhaustionLooksForBuffersThatWereHeldForLong() {
        pool.leakDetection(LeakDetection.PARANOID, NOW);
        List<NetBuf> all = new ArrayList<>();
        for (NetBuf b = careless(); b != null; b = careless()) {
            all.add(b);
        }
        await(() -> log.list.size() >= 64);
        assertThat(log.list).hasSize(64);
        assertThat(all).hasSize(64);
    }

    @Test
    void nobodyIsToldOfAnotherOwnersPlaceWhileBuffersComeAndGo() throws Exception {
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf[] held = new NetBuf[1];
        Thread other = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                pool.allocate().release();
            }
        }, "other");
        other.start();
        try {
            for (int i = 0; i < 2000; i++) {
                held[0] = careless();
                int index = held[0].index();
                assertThat(pool.leaks(NOW)).filteredOn(l -> l.buffer() == index).singleElement()
                        .satisfies(l -> assertThat(methods(l.taken())).startsWith("careless"));
                held[0].release();
            }
        } finally {
            other.interrupt();
            assertThat(other.join(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void namesOfLevelsAreThoseOfNetty() {
        assertThat(LeakDetection.parse(" Paranoid ")).isEqualTo(LeakDetection.PARANOID).hasToString("paranoid");
        assertThat(Expect.error(DevError.INVALID_PARAM, () -> LeakDetection.parse("some"))).contains("'some'", "disabled, simple, advanced or paranoid");
    }
}
