package net.linux.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.linux.sys.Descriptors;
import net.linux.sys.SystemCallException;
import org.junit.jupiter.api.Test;

class EventInterruptTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final AtomicInteger silenced = new AtomicInteger();
    private final EventInterrupt interrupt = new EventInterrupt(Descriptors.SYSTEM, silenced::incrementAndGet);

    @Test
    void aSignalIsConsumedOnce() throws Exception {
        assertThat(interrupt.await(0)).isFalse();
        Descriptors.SYSTEM.signal(interrupt.descriptor());
        Descriptors.SYSTEM.signal(interrupt.descriptor());
        assertThat(interrupt.await(LONG)).isTrue();
        assertThat(interrupt.await(1_000_000)).isFalse();
        interrupt.close();
    }

    @Test
    void aWaiterIsWokenByASignal() throws Exception {
        CompletableFuture<Boolean> waiter = waiter();
        Descriptors.SYSTEM.signal(interrupt.descriptor());
        assertThat(waiter.get(60, TimeUnit.SECONDS)).isTrue();
        interrupt.close();
    }

    @Test
    void closingWakesTheWaiterAfterTheSourceIsOff() throws Exception {
        CompletableFuture<Boolean> waiter = waiter();
        interrupt.close();
        interrupt.close();
        assertThat(waiter.get(60, TimeUnit.SECONDS)).isFalse();
        assertThat(silenced).hasValue(1);
        assertThat(interrupt.await(LONG)).isFalse();
    }

    @Test
    void itsFileIsClosedAlsoWhenItsSourceCannotBeTurnedOff() {
        EventInterrupt stubborn = new EventInterrupt(Descriptors.SYSTEM, () -> {
            throw new IllegalStateException("no");
        });
        assertThatThrownBy(stubborn::close).hasMessage("no");
        stubborn.close();
        assertThatThrownBy(() -> Descriptors.SYSTEM.signal(stubborn.descriptor())).isInstanceOf(SystemCallException.class);
    }

    @Test
    void anInterruptedThreadLeaves() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                interrupt.await(LONG);
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        thread.interrupt();
        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
        interrupt.close();
    }

    private CompletableFuture<Boolean> waiter() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return interrupt.await(LONG);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
