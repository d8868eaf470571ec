package net.pci;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.driver.DeviceConfig;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;

/**
 * Turns configuration properties into settings. A value that makes no sense gives one message, and what was there before stays. Values may be of the right
 * type or text, as configuration files give. Keys that nobody reads are told by {@link net.pci.config.ConfigurationCheck}.
 */
final class SettingsReader {
    static final String ADDRESS = "address";
    static final String EXCLUDE = "exclude";

    private final String where;
    private final Map<String, ?> properties;
    private final List<String> problems = new ArrayList<>();

    /**
     * @param where the configuration's name, in messages
     * @param properties its properties
     */
    SettingsReader(String where, Map<String, ?> properties) {
        this.where = where;
        this.properties = properties;
    }

    /** The messages, until now. */
    List<String> problems() {
        return problems;
    }

    /**
     * The settings.
     *
     * @param base for what is not set
     * @param previous for what is set to nonsense
     * @param further settings that belong here besides those of every device
     */
    DeviceSettings settings(DeviceSettings base, DeviceSettings previous, Set<String> further) {
        DeviceConfig b = base.config();
        DeviceConfig p = previous.config();
        return new DeviceSettings(new DeviceConfig(
                number("rxQueues", 1, 128, b.rxQueues(), p.rxQueues()),
                number("txQueues", 1, 128, b.txQueues(), p.txQueues()),
                powerOfTwo("rxRingSize", b.rxRingSize(), p.rxRingSize()),
                powerOfTwo("txRingSize", b.txRingSize(), p.txRingSize()),
                mtu(b.mtu(), p.mtu()),
                further.contains("mac") ? mac(b.mac(), p.mac()) : b.mac(),
                flag("promiscuous", b.promiscuous(), p.promiscuous()),
                flag("allMulticast", b.allMulticast(), p.allMulticast()),
                flag("interrupts", b.interrupts(), p.interrupts()),
                number("violationLimit", 1, Integer.MAX_VALUE, b.violationLimit(), p.violationLimit()),
                rxOffloads(b.rxOffloads(), p.rxOffloads()),
                named("flowControl", FlowControl.class, b.flowControl(), p.flowControl())),
                text("pool", base.pool(), previous.pool()),
                further.contains("driver") ? word("driver", base.driver()) : base.driver());
    }

    /** The addresses of {@code exclude}; those without a sensible form are left out. */
    List<String> exclude() {
        List<String> good = new ArrayList<>();
        for (String pattern : list(properties.get(EXCLUDE))) {
            if (isPattern(EXCLUDE, pattern)) {
                good.add(pattern);
            }
        }
        return List.copyOf(good);
    }

    /** The parts of a list, however it is written. */
    private static List<String> list(Object value) {
        List<String> all = switch (value) {
            case null -> List.of();
            case String[] a -> Arrays.asList(a);
            case Collection<?> c -> c.stream().map(String::valueOf).toList();
            default -> Arrays.asList(value.toString().split(","));
        };
        return all.stream().map(String::strip).filter(s -> !s.isEmpty()).toList();
    }

    private Set<RxOffload> rxOffloads(Set<RxOffload> base, Set<RxOffload> previous) {
        Object value = properties.get("rxOffloads");
        if (value == null) {
            return base;
        }
        Set<RxOffload> all = EnumSet.noneOf(RxOffload.class);
        for (String name : list(value)) {
            Optional<RxOffload> one = byName(RxOffload.class, name);
            if (one.isEmpty()) {
                return refuse("rxOffloads", name, "one of " + names(RxOffload.class), previous);
            }
            all.add(one.get());
        }
        return all;
    }

    private <E extends Enum<E>> E named(String key, Class<E> type, E base, E previous) {
        Object value = properties.get(key);
        if (value == null || value.toString().isBlank()) {
            return base;
        }
        return byName(type, value.toString().strip()).orElseGet(() -> refuse(key, value, "one of " + names(type), previous));
    }

    private static <E extends Enum<E>> Optional<E> byName(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants()).filter(e -> e.name().equalsIgnoreCase(name)).findFirst();
    }

    private static <E extends Enum<E>> String names(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** The {@code address}; empty if it is missing or makes no sense. */
    Optional<String> address() {
        Object value = properties.get(ADDRESS);
        if (value == null || value.toString().isBlank()) {
            problems.add(where + ": 'address' is missing: the configuration is ignored; write the device's address, such as sim/0000:00:01.0, or sim/*");
            return Optional.empty();
        }
        String pattern = value.toString().strip();
        return isPattern(ADDRESS, pattern) ? Optional.of(pattern) : Optional.empty();
    }

    /** A pattern fits an address: equal, or with * at its end, the beginning. */
    static boolean fits(String pattern, String address) {
        return pattern.endsWith("*") ? address.startsWith(pattern.substring(0, pattern.length() - 1)) : pattern.equals(address);
    }

    private boolean isPattern(String key, String pattern) {
        int star = pattern.indexOf('*');
        if (star >= 0 ? star == pattern.length() - 1 : pattern.indexOf('/') > 0) {
            return true;
        }
        problems.add("%s: %s = '%s' is no device address: it is ignored; write it like sim/0000:00:01.0, or sim/* for all of a host"
                .formatted(where, key, pattern));
        return false;
    }

    private int number(String key, int min, int max, int base, int previous) {
        Object value = properties.get(key);
        if (value == null) {
            return base;
        }
        long n = toLong(value);
        if (n < min || n > max) {
            return refuse(key, value, "a number from " + min + " to " + max, previous);
        }
        return (int) n;
    }

    private int powerOfTwo(String key, int base, int previous) {
        Object value = properties.get(key);
        if (value == null) {
            return base;
        }
        long n = toLong(value);
        if (n < 16 || n > 32_768 || Long.bitCount(n) != 1) {
            return refuse(key, value, "a power of two from 16 to 32768", previous);
        }
        return (int) n;
    }

    private int mtu(int base, int previous) {
        Object value = properties.get("mtu");
        if (value == null) {
            return base;
        }
        long n = toLong(value);
        if (n != 0 && (n < 68 || n > 65_517)) {
            return refuse("mtu", value, "a number from 68 to 65517, or 0 for the device's own", previous);
        }
        return (int) n;
    }

    private boolean flag(String key, boolean base, boolean previous) {
        Object value = properties.get(key);
        return switch (value == null ? "" : value.toString().strip()) {
            case "" -> base;
            case "true" -> true;
            case "false" -> false;
            default -> refuse(key, value, "true or false", previous);
        };
    }

    private String text(String key, String base, String previous) {
        Object value = properties.get(key);
        if (value == null) {
            return base;
        }
        return value.toString().isBlank() ? refuse(key, value, "a name", previous) : value.toString().strip();
    }

    private String word(String key, String base) {
        Object value = properties.get(key);
        return value == null ? base : value.toString().strip();
    }

    private Optional<EthernetAddress> mac(Optional<EthernetAddress> base, Optional<EthernetAddress> previous) {
        Object value = properties.get("mac");
        if (value == null || value.toString().isBlank()) {
            return base;
        }
        try {
            EthernetAddress mac = EthernetAddress.parse(value.toString());
            if (mac.isValidUnicast()) {
                return Optional.of(mac);
            }
        } catch (DevException e) {
            // the message below says what is wanted
        }
        return refuse("mac", value, "a unicast address such as 02:00:00:00:00:01, or nothing for the device's own", previous);
    }

    private <T> T refuse(String key, Object value, String wanted, T previous) {
        Object stays = previous instanceof Optional<?> o ? o.map(Object::toString).orElse("the device's own") : previous;
        problems.add("%s: %s = '%s' is not %s: %s stays".formatted(where, key, value, wanted, stays));
        return previous;
    }

    private static long toLong(Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        try {
            return Long.parseLong(value.toString().strip());
        } catch (NumberFormatException e) {
            return Long.MIN_VALUE;
        }
    }
}
