package net.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;

class FlightRecordingTest {
    private final List<String> warnings = new ArrayList<>();

    /** As a framework gives it to a bundle: only what is imported or delegated. */
    private static final class BundleLoader extends ClassLoader {
        BundleLoader() {
            super(FlightRecordingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("jdk.jfr.internal.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    @Test
    void events_that_reach_the_recorder_are_made_while_somebody_records() {
        FlightRecording recording = new FlightRecording(FlightRecordingTest.class, "tests", warnings::add);
        try (Recording r = new Recording()) {
            r.start();
            assertThat(recording.isOn()).isTrue();
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void events_that_do_not_reach_it_are_not_made_and_that_is_told_once() {
        Class<?> events = Proxy.newProxyInstance(new BundleLoader(), new Class<?>[] {Runnable.class}, (p, m, a) -> null).getClass();
        FlightRecording recording = new FlightRecording(events, "tests", warnings::add);
        try (Recording r = new Recording()) {
            r.start();
            assertThat(recording.isOn()).isFalse();
            assertThat(recording.isOn()).isFalse();
        }
        assertThat(warnings).singleElement().asString().contains("tests", "bootdelegation=jdk.jfr.internal.event");
    }
}
