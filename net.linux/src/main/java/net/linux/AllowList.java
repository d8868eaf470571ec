package net.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.api.device.PciAddress;

/** The devices that drivers may have: those that the configuration names, and no other. */
final class AllowList {
    private static final Pattern IDS = Pattern.compile("(\\p{XDigit}{4}):(\\p{XDigit}{4})");
    private static final Pattern NODE = Pattern.compile("[^/:\\s]+");

    private final Set<String> names = new TreeSet<>();
    private final Set<Integer> ids = new TreeSet<>();
    private final Set<String> forced = new TreeSet<>();

    /**
     * @param devices PCI addresses, {@code vendor:device} ids, and names of platform devices; blank ones are passed over
     * @param force addresses or names of those that may be taken away from traffic
     * @throws IllegalArgumentException with the entry that is neither, and what to write
     */
    AllowList(List<String> devices, List<String> force) {
        for (String entry : devices) {
            Matcher pair = IDS.matcher(entry.strip());
            if (pair.matches()) {
                ids.add(Integer.parseInt(pair.group(1), 16) | Integer.parseInt(pair.group(2), 16) << 16);
            } else {
                addName("devices", entry, names);
            }
        }
        force.forEach(entry -> addName("force", entry, forced));
    }

    private static void addName(String setting, String entry, Set<String> to) {
        String name = entry.strip();
        if (SysfsPci.FUNCTION.matcher(name).matches()) {
            to.add(PciAddress.parse(name).toString());
        } else if (NODE.matcher(name).matches()) {
            to.add(name);
        } else if (!name.isEmpty()) {
            throw new IllegalArgumentException("%s has '%s': write a PCI address such as 0000:03:00.0%s, or the name of a platform device such as ethernet@3200c000"
                    .formatted(setting, entry, setting.equals("devices") ? ", ids such as 8086:10fb" : ""));
        }
    }

    /** No device is named. */
    boolean isEmpty() {
        return names.isEmpty() && ids.isEmpty();
    }

    /** The device is named, by address, or by ids: device id above the vendor's. */
    boolean has(String device, int id) {
        return names.contains(device) || ids.contains(id);
    }

    /** It may be taken although it carries traffic. */
    boolean isForced(String device) {
        return forced.contains(device);
    }

    /** What was written, for messages. */
    List<String> entries() {
        List<String> all = new ArrayList<>(names);
        ids.forEach(i -> all.add("%04x:%04x".formatted(i & 0xffff, i >>> 16)));
        return all;
    }
}
