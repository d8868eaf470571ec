package net.shell;

/**
 * A device as {@code net:devices} shows it, at one moment.
 *
 * @param address in the runtime
 * @param ids vendor:device, or the most specific compatible string
 * @param type class in words
 * @param product vendor and product by name, "" if unknown
 * @param driver of ours, "" without one
 * @param driverVersion version of its bundle
 * @param state in lower case
 * @param link {@code up}, {@code up 10 Gb/s} or {@code down}; "" unless attached
 * @param mac address in use; "" unless attached
 * @param reason why it is in this state; "" if there is nothing to say
 * @param kernel what the operating system has on it: driver and interfaces; "" without
 * @param buffers packet buffers that its rings hold
 */
public record DeviceRow(String address, String ids, String type, String product, String driver, String driverVersion, String state, String link, String mac,
        String reason, String kernel, int buffers) {
}
