package net.shell;

import java.util.List;

/**
 * A driver as {@code net:drivers} shows it.
 *
 * @param name of the driver
 * @param bundle symbolic name of its bundle
 * @param version of its bundle
 * @param bundleId number of its bundle
 * @param ids what it matches
 * @param devices addresses of the devices that it drives
 */
public record DriverRow(String name, String bundle, String version, long bundleId, List<String> ids, List<String> devices) {
}
