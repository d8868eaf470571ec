package net.locate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.api.driver.DriverEvents;
import org.osgi.service.event.EventConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bundle that is being installed or taken away: its event, and what the flight recorder writes down, with the time that it took. */
final class Change {
    private static final Logger LOG = LoggerFactory.getLogger(Change.class);

    private final long begun = System.nanoTime();
    private final BundleJfr.Span span = BundleJfr.begin();
    private final String topic;
    private final Map<String, Object> properties = new TreeMap<>();
    private final List<InstallListener> listeners;

    private Change(String topic, String bundle, String version, List<InstallListener> listeners) {
        this.topic = topic;
        this.listeners = listeners;
        properties.put(EventConstants.BUNDLE_SYMBOLICNAME, bundle);
        properties.put(EventConstants.BUNDLE_VERSION, version);
    }

    /** Installing begins. */
    static Change install(String device, Offer offer, List<InstallListener> listeners) {
        Change c = new Change(DriverEvents.INSTALLED, offer.name(), offer.version().toString(), listeners);
        c.properties.put(DriverEvents.DEVICE, device);
        c.properties.put(DriverEvents.REPOSITORY, offer.repository());
        return c;
    }

    /** Taking away begins. */
    static Change uninstall(String bundle, String version, List<InstallListener> listeners) {
        return new Change(DriverEvents.UNINSTALLED, bundle, version, listeners);
    }

    /** It has happened. */
    void done() {
        end(topic, "");
    }

    /** It has failed, for this reason. */
    void failed(String reason) {
        properties.put(DriverEvents.REASON, reason);
        end(DriverEvents.FAILED, reason);
    }

    private void end(String what, String failure) {
        span.end(what.substring(what.lastIndexOf('/') + 1), text(EventConstants.BUNDLE_SYMBOLICNAME) + " " + text(EventConstants.BUNDLE_VERSION),
                text(DriverEvents.DEVICE), text(DriverEvents.REPOSITORY), failure);
        properties.put(DriverEvents.DURATION, System.nanoTime() - begun);
        for (InstallListener l : listeners) {
            try {
                l.event(what, properties);
            } catch (RuntimeException e) {
                LOG.warn("a listener failed at {} of {}", what, text(EventConstants.BUNDLE_SYMBOLICNAME), e);
            }
        }
    }

    private String text(String property) {
        return String.valueOf(properties.getOrDefault(property, ""));
    }
}
