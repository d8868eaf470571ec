package net.pci;

/**
 * Where a driver comes from.
 *
 * @param bundle symbolic name of its bundle; "" without one
 * @param version of its bundle
 * @param bundleId number of its bundle; -1 without one
 * @param ranking {@code service.ranking}
 * @param serviceId {@code service.id}
 */
public record DriverSource(String bundle, String version, long bundleId, int ranking, long serviceId) {
}
