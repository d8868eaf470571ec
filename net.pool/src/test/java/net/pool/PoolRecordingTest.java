package net.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import net.api.NetBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the flight recorder shows of pools. */
class PoolRecordingTest {
    private static final int FAILURES = 1000;

    private static List<RecordedEvent> record(Path dir, Runnable work) throws Exception {
        Path file = dir.resolve("pool.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("hotnic.PoolExhausted");
            recording.enable("hotnic.BufferLeak");
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file);
    }

    @Test
    void exhaustionIsShownWithWhoAskedAndSeldom(@TempDir Path dir) throws Exception {
        BufferPool pool = TestMemory.pool(1);
        pool.allocate();
        long start = System.nanoTime();
        List<RecordedEvent> events = record(dir, () -> {
            for (int i = 0; i < FAILURES; i++) {
                pool.allocate();
            }
        });
        assertThat(events).hasSizeBetween(1, 1 + (int) ((System.nanoTime() - start) / 1_000_000_000));
        RecordedEvent first = events.getFirst();
        assertThat(first.getString("pool")).isEqualTo("test");
        assertThat(first.getInt("capacity")).isEqualTo(1);
        assertThat(first.getLong("failures")).isEqualTo(1);
        assertThat(first.getStackTrace().getFrames()).anyMatch(f -> f.getMethod().getType().getName().equals(PoolRecordingTest.class.getName()));
        assertThat(pool.statistics().failures()).isEqualTo(FAILURES);
    }

    @Test
    void lostBufferIsShownOnceWithItsPlaces(@TempDir Path dir) throws Exception {
        BufferPool pool = TestMemory.pool(8);
        pool.leakDetection(LeakDetection.PARANOID);
        NetBuf b = pool.allocate();
        b.touch();
        List<RecordedEvent> events = record(dir, () -> {
            pool.leaks(Duration.ZERO);
            pool.leaks(Duration.ZERO);
        });
        assertThat(events).singleElement().satisfies(e -> {
            assertThat(e.getString("host")).isEqualTo("host");
            assertThat(e.getInt("buffer")).isEqualTo(b.index());
            assertThat(e.getDuration("held")).isPositive();
            assertThat(e.getString("by")).isEqualTo(Thread.currentThread().getName());
            assertThat(e.getString("taken")).contains("lostBufferIsShownOnceWithItsPlaces");
            assertThat(e.getString("touched")).contains("lostBufferIsShownOnceWithItsPlaces");
        });
    }
}
