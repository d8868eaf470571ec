package net.pci;

import java.util.Map;

/** Hears of everything that happens to devices. Called on the manager's thread, which waits for it. */
@FunctionalInterface
public interface DeviceListener {
    /**
     * Something happened.
     *
     * @param topic one of {@link net.api.device.DeviceEvents}
     * @param properties the service properties of the device, and what the topic adds
     */
    void event(String topic, Map<String, Object> properties);
}
