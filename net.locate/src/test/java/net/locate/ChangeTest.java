package net.locate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import net.api.driver.DriverEvents;
import org.apache.felix.utils.resource.ResourceImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;

/** What is told of bundles that are installed and taken away. */
class ChangeTest {
    private static final Offer OFFER = new Offer(new ResourceImpl("net.driver.x", "osgi.bundle", new Version(1, 2, 3)), "shelf", 1);
    private final List<String> topics = new ArrayList<>();
    private final List<Map<String, Object>> told = new ArrayList<>();
    private final List<InstallListener> listeners = List.of((topic, properties) -> {
        throw new IllegalStateException("one that fails hurts nobody");
    }, (topic, properties) -> {
        topics.add(topic);
        told.add(Map.copyOf(properties));
    });

    @Test
    void every_change_is_an_event_and_a_recording_with_its_duration(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("hotnic.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("hotnic.DriverBundle");
            recording.start();
            Change.install("sim/1", OFFER, listeners).done();
            Change.install("sim/2", OFFER, listeners).failed("its digest is another one");
            Change.uninstall("net.driver.x", "1.2.3", listeners).done();
            recording.stop();
            recording.dump(file);
        }
        assertThat(topics).containsExactly(DriverEvents.INSTALLED, DriverEvents.FAILED, DriverEvents.UNINSTALLED);
        assertThat(told).allSatisfy(p -> {
            assertThat(p).containsEntry("bundle.symbolicName", "net.driver.x").containsEntry("bundle.version", "1.2.3");
            assertThat((Long) p.get("duration")).isPositive();
        });
        assertThat(told.get(0)).containsEntry("device.address", "sim/1").containsEntry("repository", "shelf").doesNotContainKey("reason");
        assertThat(told.get(1)).containsEntry("device.address", "sim/2").containsEntry("reason", "its digest is another one");
        assertThat(told.get(2)).doesNotContainKeys("device.address", "reason");
        List<RecordedEvent> recorded = RecordingFile.readAllEvents(file);
        assertThat(recorded).extracting(e -> "%s %s on '%s' from '%s': '%s'".formatted(e.getString("change"), e.getString("bundle"), e.getString("device"),
                e.getString("repository"), e.getString("failure"))).containsExactly("INSTALLED net.driver.x 1.2.3 on 'sim/1' from 'shelf': ''",
                "FAILED net.driver.x 1.2.3 on 'sim/2' from 'shelf': 'its digest is another one'", "UNINSTALLED net.driver.x 1.2.3 on '' from '': ''");
        assertThat(recorded).allSatisfy(e -> assertThat(e.getDuration()).isPositive());
    }
}
