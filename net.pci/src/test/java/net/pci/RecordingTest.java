package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import net.api.LinkState;
import net.api.device.DeviceEvents;
import net.api.device.DeviceState;
import net.api.driver.Attachment;
import net.api.driver.DeviceMatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest extends EngineFixture {
    @Test
    void flight_recorder_shows_what_was_attached_and_how_long_it_took(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("hotnic.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("hotnic.DeviceAttach");
            recording.enable("hotnic.DeviceDetach");
            recording.disable("hotnic.DeviceChange");
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

    /** Each topic of the events, and the name of what is recorded for it. */
    private static final Map<String, String> CHANGES = Map.of("ADDED", "hotnic.DeviceChange", "REMOVED", "hotnic.DeviceChange", "ACCESS",
            "hotnic.DeviceChange", "LINK", "hotnic.DeviceChange", "FAILED", "hotnic.DeviceChange", "ATTACHED", "hotnic.DeviceAttach", "DETACHED",
            "hotnic.DeviceDetach", "SWAPPED", "hotnic.DeviceSwap");
    private final Map<String, Object> durations = new ConcurrentHashMap<>();

    @Override
    void heard(String topic, Map<String, Object> properties) {
        durations.put(topic.substring(topic.lastIndexOf('/') + 1), properties.getOrDefault("duration", "none"));
    }

    @Test
    void every_change_is_an_event_and_a_recording_with_its_duration(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("hotnic.jfr");
        try (Recording recording = new Recording()) {
            CHANGES.values().forEach(recording::enable);
            recording.start();
            everyChange();
            recording.stop();
            recording.dump(file);
        }
        assertThat(Arrays.stream(DeviceEvents.class.getFields()).map(Field::getName).filter(CHANGES::containsKey)).as("topics").hasSize(CHANGES.size());
        assertThat(durations).containsOnlyKeys(CHANGES.keySet());
        assertThat(durations.values()).allSatisfy(d -> assertThat(d).isInstanceOfSatisfying(Long.class, n -> assertThat(n).isPositive()));
        List<RecordedEvent> all = RecordingFile.readAllEvents(file);
        CHANGES.forEach((topic, name) -> assertThat(all).as(topic).anySatisfy(e -> {
            assertThat(e.getEventType().getName()).isEqualTo(name);
            assertThat(e.getString("device")).isEqualTo(CARD);
            assertThat(e.getDuration()).isPositive();
            if (e.hasField("change")) {
                assertThat(e.getString("change")).isEqualTo(topic);
            }
        }));
    }

    private void everyChange() {
        host.pci.restrictions.put("0000:00:01.0", "not lent");
        host.pci.with(1, 0, card);
        engine.addHost(host).addPool(pool, "fake").addDriver(driver, 0, "1.0.0", registrar).settle();
        host.pci.restrictions.clear();
        host.changed();
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        driver.attachments.getLast().linkChanged(new LinkState(true, 10_000, true));
        engine.addDriver(new FakeDriver("newer", log, DeviceMatch.pci(0x1af4, 0x1041)), 0, "2.0.0", registrar).settle();
        engine.swap(CARD, "newer");
        engine.detach(CARD);
        engine.attach(CARD, "virtio");
        driver.attachments.getLast().report(Attachment.Fault.BROKEN, "it breaks the rules");
        engine.settle();
        host.pci.remove(1, 0);
        engine.rescan();
    }
}
