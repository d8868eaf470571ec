package net.api;

import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;

/**
 * Whether Flight Recorder records, and the events of a bundle reach it. Nothing of the recorder is touched before somebody has started it, because its first event costs a
 * tenth of a second and more.
 *
 * <p>The recorder puts calls of {@code jdk.jfr.internal.event} into event classes, and the virtual machine looks for it with their class loader: where a framework does not
 * delegate that package to the virtual machine, each event of a bundle would end with a {@link NoClassDefFoundError}. Then none is made, and that is told once.
 */
public final class FlightRecording {
    private static final String PACKAGE = "jdk.jfr.internal.event";

    private final Class<?> events;
    private final String subject;
    private final Consumer<String> warning;
    /** Null before it was looked for. */
    private volatile Boolean reached;

    /**
     * @param events a class of the bundle whose events are meant
     * @param subject of the events, such as {@code devices}
     * @param warning gets the sentence that says why there are no events
     */
    public FlightRecording(Class<?> events, String subject, Consumer<String> warning) {
        this.events = events;
        this.subject = subject;
        this.warning = warning;
    }

    /** Somebody records, and the events reach him. Any thread. */
    public boolean isOn() {
        return FlightRecorder.isInitialized() && isReached();
    }

    private boolean isReached() {
        if (reached == null) {
            look();
        }
        return reached;
    }

    private synchronized void look() {
        if (reached == null) {
            try {
                Class.forName(PACKAGE + ".EventWriter", false, events.getClassLoader());
                reached = true;
            } catch (ClassNotFoundException e) {
                reached = false;
                warning.accept("Flight Recorder gets no events of %s: the framework needs org.osgi.framework.bootdelegation=%s".formatted(subject, PACKAGE));
            }
        }
    }
}
