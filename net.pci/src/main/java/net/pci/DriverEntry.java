package net.pci;

import java.lang.module.ModuleDescriptor;
import java.util.Comparator;
import java.util.List;
import net.api.device.Device;
import net.api.driver.DeviceMatch;
import net.api.driver.NetDriver;

/**
 * A driver that is there.
 *
 * @param driver the service
 * @param name its name
 * @param matches its id table, copied
 * @param source where it comes from
 * @param registrar the context of its bundle
 */
record DriverEntry(NetDriver driver, String name, List<DeviceMatch> matches, DriverSource source, Registrar registrar) {
    /** Copies the list. */
    DriverEntry {
        matches = List.copyOf(matches);
    }

    String version() {
        return source.version();
    }

    /** {@code virtio-net 0.1.0}. */
    String text() {
        return name + " " + version();
    }

    /** {@code net.driver.virtio:0.1.0}; what a device is held to. */
    String choice() {
        return (source.bundle().isEmpty() ? name : source.bundle()) + ":" + version();
    }

    /** The user's word means this driver: see {@link net.api.device.DeviceManager#swap}. */
    boolean isMeant(String word) {
        return word.equals(name) || word.equals(source.bundle()) || word.equals(version()) || word.equals(name + ":" + version())
                || word.equals(source.bundle() + ":" + version()) || word.equals(Long.toString(source.bundleId()));
    }

    /** The best score of the id table; {@link DeviceMatch#NONE} if no line fits. */
    int score(Device device) {
        return matches.stream().mapToInt(m -> m.score(device)).max().orElse(DeviceMatch.NONE);
    }

    /** Best driver for a device first. */
    static Comparator<DriverEntry> bestFor(Device device) {
        return Comparator.<DriverEntry>comparingInt(d -> d.score(device)).reversed()
                .thenComparing(Comparator.<DriverEntry>comparingInt(d -> d.source.ranking()).reversed())
                .thenComparing(Comparator.comparing(DriverEntry::parsedVersion).reversed())
                .thenComparingLong(d -> d.source.serviceId());
    }

    private ModuleDescriptor.Version parsedVersion() {
        try {
            return ModuleDescriptor.Version.parse(version());
        } catch (IllegalArgumentException e) {
            return ModuleDescriptor.Version.parse("0");
        }
    }
}
