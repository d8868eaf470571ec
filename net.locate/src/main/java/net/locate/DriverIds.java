package net.locate;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.api.device.Device;
import net.api.driver.DeviceMatch;
import net.api.driver.NetDriver;

/** The ids of a driver capability: lines of an id table, written as {@link DeviceMatch#text} writes them. */
final class DriverIds {
    static final String NAMESPACE = NetDriver.CAPABILITY;
    private static final int HEX = 16;
    private static final Pattern PCI = Pattern.compile("(\\p{XDigit}{4}):(\\p{XDigit}{4})(?: subsystem (\\p{XDigit}{4}):(\\p{XDigit}{4}))?");
    private static final Pattern CLASS = Pattern.compile("class (\\p{XDigit}{6})/(\\p{XDigit}{6})");

    private DriverIds() {
    }

    /** How well the attributes of a capability fit a device; 0 if they do not. */
    static int score(Map<String, Object> attributes, Device device) {
        if (!device.bus().equals(attributes.get("bus"))) {
            return DeviceMatch.NONE;
        }
        Collection<?> ids = attributes.get("id") instanceof Collection<?> all ? all : List.of(String.valueOf(attributes.get("id")));
        return ids.stream().mapToInt(id -> match(id.toString(), device.bus()).score(device)).max().orElse(DeviceMatch.NONE);
    }

    private static DeviceMatch match(String id, String bus) {
        Matcher pci = PCI.matcher(id);
        if (bus.equals(Device.PCI) && pci.matches()) {
            return pci.group(3) == null ? DeviceMatch.pci(hex(pci, 1), hex(pci, 2)) : DeviceMatch.pci(hex(pci, 1), hex(pci, 2), hex(pci, 3), hex(pci, 4));
        }
        Matcher byClass = CLASS.matcher(id);
        return bus.equals(Device.PCI) && byClass.matches() ? DeviceMatch.pciClass(hex(byClass, 1), hex(byClass, 2)) : DeviceMatch.compatible(id);
    }

    private static int hex(Matcher m, int group) {
        return Integer.parseInt(m.group(group), HEX);
    }
}
