package net.pci;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Flight recorder events of the device manager; their durations are those of the changes. */
final class DeviceJfr {
    private DeviceJfr() {
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
        String failure = "";
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
    }
}
