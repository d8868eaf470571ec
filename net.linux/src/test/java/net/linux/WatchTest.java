package net.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.linux.device.Signal;
import net.linux.sys.Descriptors;
import org.junit.jupiter.api.Test;

class WatchTest {
    private final Descriptors fds = Descriptors.SYSTEM;
    private final AtomicInteger looks = new AtomicInteger();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private String told() throws InterruptedException {
        return told.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void aLookThatFailsIsNotTheLast() throws InterruptedException {
        Watch watch = new Watch(fds, () -> {
            int n = looks.incrementAndGet();
            if (n == 1 || n == 3) {
                throw new IllegalStateException("look " + n);
            }
            return List.of(n < 4 ? "one" : "another");
        }, () -> told.add("changed at look " + looks.get()), (device, signal) -> told.add(device + signal));
        assertThat(told()).isEqualTo("changed at look 4");
        watch.close();
        assertThat(told).isEmpty();
    }

    @Test
    void aSignalIsHeardOnceAndOnlyOfWhatIsHeld() throws InterruptedException {
        Watch watch = new Watch(fds, () -> "the same", () -> told.add("changed"), (device, signal) -> told.add(device + " " + signal));
        int kept = fds.eventfd();
        int gone = fds.eventfd();
        fds.signal(gone);
        fds.signal(kept);
        watch.add("gone", Map.of());
        watch.add("kept", Map.of(Signal.REQUEST, kept));
        assertThat(told()).isEqualTo("kept REQUEST");
        watch.add("next", Map.of(Signal.ERROR, gone));
        assertThat(told()).isEqualTo("next ERROR");
        watch.remove("kept");
        watch.close();
        // Its own event is another's file by now, perhaps: nobody writes to that.
        int another = fds.eventfd();
        watch.add("late", Map.of(Signal.REQUEST, kept));
        assertThat(fds.drain(another)).isZero();
        assertThat(told).isEmpty();
        List.of(kept, gone, another).forEach(fds::close);
    }
}
