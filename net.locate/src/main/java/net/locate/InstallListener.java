package net.locate;

import java.util.Map;

/** Hears of every bundle that is installed or taken away. Any thread, which waits for it. */
@FunctionalInterface
public interface InstallListener {
    /**
     * It has happened.
     *
     * @param topic one of {@link net.api.driver.DriverEvents}
     * @param properties what is told of it
     */
    void event(String topic, Map<String, Object> properties);
}
