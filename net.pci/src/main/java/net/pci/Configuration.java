package net.pci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the user configured: defaults, devices to leave alone, and rules for devices. Manager's thread. */
final class Configuration {
    private static final String PID = "net.pci";
    private static final String DEVICE_PID = "net.pci.device";

    private record Rule(Map<String, ?> properties, Optional<String> pattern, DeviceSettings settings) {
    }

    private DeviceSettings defaults = DeviceSettings.DEFAULT;
    private List<String> exclude = List.of();
    private final Map<Object, Rule> rules = new LinkedHashMap<>();

    /** @return messages about values that make no sense */
    List<String> defaults(Map<String, ?> properties) {
        SettingsReader reader = new SettingsReader(PID, properties);
        defaults = reader.settings(DeviceSettings.DEFAULT, defaults, Set.of(SettingsReader.EXCLUDE));
        exclude = reader.exclude();
        // Rules inherit what they do not set; their own messages were given when they came.
        rules.replaceAll((key, rule) -> read(rule.properties, rule.settings, new ArrayList<>()));
        return reader.problems();
    }

    /** @return messages about values that make no sense */
    List<String> rule(Object key, Map<String, ?> properties) {
        List<String> problems = new ArrayList<>();
        Rule old = rules.get(key);
        rules.put(key, read(properties, old == null ? defaults : old.settings, problems));
        return problems;
    }

    void removeRule(Object key) {
        rules.remove(key);
    }

    boolean isExcluded(String address) {
        return exclude.stream().anyMatch(p -> SettingsReader.fits(p, address));
    }

    /** Of the rules that fit, the one with the longest pattern; of equal ones the oldest; without one the defaults. */
    DeviceSettings of(String address) {
        DeviceSettings best = defaults;
        int length = -1;
        for (Rule r : rules.values()) {
            if (r.pattern.isPresent() && SettingsReader.fits(r.pattern.get(), address) && r.pattern.get().length() > length) {
                best = r.settings;
                length = r.pattern.get().length();
            }
        }
        return best;
    }

    private Rule read(Map<String, ?> properties, DeviceSettings previous, List<String> problems) {
        Object address = properties.get(SettingsReader.ADDRESS);
        SettingsReader reader = new SettingsReader(address == null ? DEVICE_PID : DEVICE_PID + " of " + address, properties);
        Optional<String> pattern = reader.address();
        DeviceSettings settings = reader.settings(defaults, previous, Set.of(SettingsReader.ADDRESS, "mac", "driver"));
        problems.addAll(reader.problems());
        return new Rule(properties, pattern, settings);
    }
}
