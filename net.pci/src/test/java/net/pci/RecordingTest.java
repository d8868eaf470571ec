package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest extends EngineFixture {
    @Test
    void flight_recorder_shows_what_was_attached_and_how_long_it_took(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("hotnic.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("hotnic.DeviceAttach");
            recording.enable("hotnic.DeviceDetach");
            recording.start();
            attached();
            engine.detach(CARD);
            recording.stop();
            recording.dump(file);
        }
        assertThat(Files.size(file)).isPositive();
        List<RecordedEvent> all = RecordingFile.readAllEvents(file);
        assertThat(all).hasSize(2).allSatisfy(e -> {
            assertThat(e.getString("device")).isEqualTo(CARD);
            assertThat(e.getString("driver")).isEqualTo("virtio");
            assertThat(e.getDuration()).isPositive();
        });
        assertThat(all.get(0).getString("failure")).isEmpty();
        assertThat(all.get(1).getString("reason")).isEqualTo("detached by the user");
        assertThat(all.get(1).getInt("buffers")).isEqualTo(3);
    }
}
