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
 * @param ranking {@code service.ranking}
 * @param version of its bundle
 * @param id {@code service.id}
 * @param registrar the context of its bundle
 */
record DriverEntry(NetDriver driver, String name, List<DeviceMatch> matches, int ranking, String version, long id, Registrar registrar) {
    /** Copies the list. */
    DriverEntry {
        matches = List.copyOf(matches);
    }

    /** The best score of the id table; {@link DeviceMatch#NONE} if no line fits. */
    int score(Device device) {
        return matches.stream().mapToInt(m -> m.score(device)).max().orElse(DeviceMatch.NONE);
    }

    /** Best driver for a device first. */
    static Comparator<DriverEntry> bestFor(Device device) {
        return Comparator.<DriverEntry>comparingInt(d -> d.score(device)).reversed()
                .thenComparing(Comparator.comparingInt(DriverEntry::ranking).reversed())
                .thenComparing(Comparator.comparing(DriverEntry::parsedVersion).reversed())
                .thenComparingLong(DriverEntry::id);
    }

    private ModuleDescriptor.Version parsedVersion() {
        try {
            return ModuleDescriptor.Version.parse(version);
        } catch (IllegalArgumentException e) {
            return ModuleDescriptor.Version.parse("0");
        }
    }
}
