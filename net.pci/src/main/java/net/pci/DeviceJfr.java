package net.pci;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import net.api.FlightRecording;
import org.slf4j.LoggerFactory;

/**
 * Flight recorder events of the device manager; their durations are those of the changes. Nothing of the recorder is touched before somebody has started it,
 * because its first event costs a tenth of a second and more.
 */
final class DeviceJfr {
    private static final FlightRecording RECORDING = new FlightRecording(DeviceJfr.class, "devices", LoggerFactory.getLogger(DeviceJfr.class)::warn);

    private DeviceJfr() {
    }

    /** A change that has begun. */
    interface Span {
        /** For those who do not record. */
        Span NONE = (device, driver, text, buffers) -> { };

        /**
         * It has ended.
         *
         * @param text attach: why it failed, or ""; detach: why it was done
         * @param buffers that were taken back
         */
        void end(String device, String driver, String text, int buffers);
    }

    /** Another change that has begun. */
    interface ChangeSpan {
        /** For those who do not record. */
        ChangeSpan NONE = (device, change, state, reason) -> { };

        /**
         * It has ended.
         *
         * @param change the last word of its topic in {@link net.api.device.DeviceEvents}
         * @param state afterwards
         * @param reason of the state, or ""
         */
        void end(String device, String change, String state, String reason);
    }

    /** A swap that has begun. */
    interface SwapSpan {
        /** For those who do not record. */
        SwapSpan NONE = (device, from, to, warm, pause, failure) -> { };

        /**
         * It has ended.
         *
         * @param pause how long queues were closed, in nanoseconds
         * @param failure why it failed, or ""
         */
        void end(String device, String from, String to, boolean warm, long pause, String failure);
    }

    /** Attaching begins. */
    static Span attach() {
        return RECORDING.isOn() ? Attach.span() : Span.NONE;
    }

    /** Detaching begins. */
    static Span detach() {
        return RECORDING.isOn() ? Detach.span() : Span.NONE;
    }

    /** A swap begins. */
    static SwapSpan swap() {
        return RECORDING.isOn() ? Swap.span() : SwapSpan.NONE;
    }

    /** Something else begins. */
    static ChangeSpan change() {
        return RECORDING.isOn() ? Changed.span() : ChangeSpan.NONE;
    }

    @Name("hotnic.DeviceAttach")
    @Label("Device Attach")
    @Category("Hotnic")
    @Description("A driver was attached to a device, or failed to be")
    @StackTrace(false)
    static final class Attach extends Event {
        @Label("Device")
        String device;
        @Label("Driver")
        String driver;
        @Label("Failure")
        @Description("Empty if it was attached")
        String failure;

        private static Span span() {
            Attach event = new Attach();
            event.begin();
            return (device, driver, text, buffers) -> {
                event.device = device;
                event.driver = driver;
                event.failure = text;
                event.commit();
            };
        }
    }

    @Name("hotnic.DeviceDetach")
    @Label("Device Detach")
    @Category("Hotnic")
    @Description("A driver was detached from a device; from the beginning until its memory was freed")
    @StackTrace(false)
    static final class Detach extends Event {
        @Label("Device")
        String device;
        @Label("Driver")
        String driver;
        @Label("Reason")
        String reason;
        @Label("Buffers Taken Back")
        int buffers;

        private static Span span() {
            Detach event = new Detach();
            event.begin();
            return (device, driver, text, buffers) -> {
                event.device = device;
                event.driver = driver;
                event.reason = text;
                event.buffers = buffers;
                event.commit();
            };
        }
    }

    @Name("hotnic.DeviceSwap")
    @Label("Device Swap")
    @Category("Hotnic")
    @Description("The driver of a device was replaced by another, or was to be")
    @StackTrace(false)
    static final class Swap extends Event {
        @Label("Device")
        String device;
        @Label("From")
        String from;
        @Label("To")
        String to;
        @Label("Warm")
        @Description("The device ran on")
        boolean warm;
        @Label("Pause")
        @Description("How long queues were closed")
        @Timespan(Timespan.NANOSECONDS)
        long pause;
        @Label("Failure")
        @Description("Empty if it succeeded")
        String failure;

        private static SwapSpan span() {
            Swap event = new Swap();
            event.begin();
            return (device, from, to, warm, pause, failure) -> {
                event.device = device;
                event.from = from;
                event.to = to;
                event.warm = warm;
                event.pause = pause;
                event.failure = failure;
                event.commit();
            };
        }
    }

    @Name("hotnic.DeviceChange")
    @Label("Device Change")
    @Category("Hotnic")
    @Description("A device came, went, failed, may be used by drivers now or not any more, or its link changed")
    @StackTrace(false)
    static final class Changed extends Event {
        @Label("Device")
        String device;
        @Label("Change")
        String change;
        @Label("State")
        String state;
        @Label("Reason")
        String reason;

        private static ChangeSpan span() {
            Changed event = new Changed();
            event.begin();
            return (device, change, state, reason) -> {
                event.device = device;
                event.change = change;
                event.state = state;
                event.reason = reason;
                event.commit();
            };
        }
    }
}
