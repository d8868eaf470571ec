package net.locate;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import net.api.FlightRecording;
import org.slf4j.LoggerFactory;

/** The flight recorder's event of bundles that come and go. */
final class BundleJfr {
    private static final FlightRecording RECORDING = new FlightRecording(BundleJfr.class, "bundles of drivers", LoggerFactory.getLogger(BundleJfr.class)::warn);

    private BundleJfr() {
    }

    /** A change that has begun. */
    interface Span {
        /** For those who do not record. */
        Span NONE = (change, bundle, device, repository, failure) -> { };

        /**
         * It has ended.
         *
         * @param change the last word of its topic in {@link net.api.driver.DriverEvents}
         * @param bundle name and version
         * @param device that it was installed for, or ""
         * @param repository where it was found, or ""
         * @param failure why it failed, or ""
         */
        void end(String change, String bundle, String device, String repository, String failure);
    }

    /** Something begins. */
    static Span begin() {
        return RECORDING.isOn() ? Changed.span() : Span.NONE;
    }

    @Name("hotnic.DriverBundle")
    @Label("Driver Bundle")
    @Category("Hotnic")
    @Description("A driver's bundle was installed from a repository, or taken away, or could not be")
    @StackTrace(false)
    static final class Changed extends Event {
        @Label("Change")
        String change;
        @Label("Bundle")
        String bundle;
        @Label("Device")
        @Description("That it was installed for")
        String device;
        @Label("Repository")
        String repository;
        @Label("Failure")
        @Description("Empty if it succeeded")
        String failure;

        private static Span span() {
            Changed event = new Changed();
            event.begin();
            return (change, bundle, device, repository, failure) -> {
                event.change = change;
                event.bundle = bundle;
                event.device = device;
                event.repository = repository;
                event.failure = failure;
                event.commit();
            };
        }
    }
}
