package net.pci;

/** A change of a device that has begun, for those of which the flight recorder has nothing of its own. */
final class Change {
    private final long begun = System.nanoTime();
    private final DeviceJfr.ChangeSpan span = DeviceJfr.change();

    /** It has happened. Returns how long it took, in nanoseconds. */
    long end(String topic, Slot slot) {
        span.end(slot.address(), topic.substring(topic.lastIndexOf('/') + 1), slot.state.name(), slot.reason);
        return System.nanoTime() - begun;
    }
}
