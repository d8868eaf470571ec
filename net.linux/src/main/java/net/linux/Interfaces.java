package net.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.linux.device.Sysfs;

/** The kernel's network interfaces: which device is beneath them, and whether they are in use. */
final class Interfaces {
    /** RTF_UP and RTF_REJECT of linux/route.h. */
    private static final int UP = 0x0001;
    private static final int REJECT = 0x0200;
    /** IPV6_ADDR_LINKLOCAL of linux/ipv6.h, as proc writes it. */
    private static final String LINK_SCOPE = "20";
    /** Links to interfaces above one begin with it: Documentation/ABI/testing/sysfs-class-net. */
    private static final String UPPER = "upper_";

    private final Path interfaces;
    private final Path proc;

    Interfaces(Path sysfs, Path proc) {
        interfaces = sysfs.resolve("class/net");
        this.proc = proc;
    }

    /**
     * The interfaces of a device, such as {@code eth0 (up, default route)}.
     *
     * @param device its directory under {@code bus}
     */
    List<String> of(Path device) {
        Set<String> routed = defaultRoutes();
        return names(device).stream().map(n -> described(n, routed)).toList();
    }

    /**
     * Those interfaces of a device that somebody would miss: with a route, with an address beyond the link, or below a bond, a bridge or a VLAN. An
     * interface that is merely up has neither.
     *
     * @param device its directory under {@code bus}
     */
    List<String> carryingTraffic(Path device) {
        Set<String> routed = defaultRoutes();
        return carrying(device).map(n -> described(n, routed)).toList();
    }

    /** What a user types so that they carry none, as one command; "" if they carry none. A link that is down has no routes. */
    String relieving(Path device) {
        return carrying(device).flatMap(n -> {
            String master = Sysfs.linkName(interfaces.resolve(n).resolve("master")).orElse("");
            Stream<String> above = Sysfs.names(interfaces.resolve(n)).stream().filter(f -> f.startsWith(UPPER)).map(f -> f.substring(UPPER.length()))
                    .map(u -> u.equals(master) ? "ip link set " + n + " nomaster" : "ip link delete " + u);
            return Stream.concat(above, Stream.of("ip address flush dev " + n, "ip link set " + n + " down"));
        }).collect(Collectors.joining(" && "));
    }

    private Stream<String> carrying(Path device) {
        Set<String> used = new TreeSet<>(defaultRoutes());
        for (String[] f : lines(proc.resolve("net/route"))) {
            if (f.length >= 8 && isRoute(f[3])) {
                used.add(f[0]);
            }
        }
        for (String[] f : lines(proc.resolve("net/if_inet6"))) {
            if (f.length >= 6 && !f[3].equals(LINK_SCOPE)) {
                used.add(f[5]);
            }
        }
        return names(device).stream().filter(n -> used.contains(n) || hasUpper(n));
    }

    private boolean hasUpper(String name) {
        return Sysfs.names(interfaces.resolve(name)).stream().anyMatch(f -> f.equals("master") || f.startsWith(UPPER));
    }

    private String described(String name, Set<String> routed) {
        return name + " (" + Sysfs.text(interfaces.resolve(name).resolve("operstate")).orElse("state unknown")
                + (routed.contains(name) ? ", default route)" : ")");
    }

    private List<String> names(Path device) {
        try {
            Path place = device.toRealPath();
            return Sysfs.names(interfaces).stream().filter(n -> isDirectlyOn(n, place)).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** An interface lies below its device, perhaps with a virtio device between; a bridge above that device does not count. */
    private boolean isDirectlyOn(String name, Path place) {
        try {
            Path real = interfaces.resolve(name).toRealPath();
            if (!real.startsWith(place)) {
                return false;
            }
            for (Path p = real.getParent(); !p.equals(place); p = p.getParent()) {
                if (Files.exists(p.resolve("vendor")) && Files.exists(p.resolve("config"))) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * proc(5): columns of {@code net/route} are interface, destination, gateway, flags, and mask as the eighth; of {@code net/ipv6_route} the destination,
     * its prefix length, and flags and interface as the last two.
     */
    private Set<String> defaultRoutes() {
        Set<String> names = new TreeSet<>();
        for (String[] f : lines(proc.resolve("net/route"))) {
            if (f.length >= 8 && f[1].equals("00000000") && f[7].equals("00000000") && isRoute(f[3])) {
                names.add(f[0]);
            }
        }
        for (String[] f : lines(proc.resolve("net/ipv6_route"))) {
            if (f.length >= 10 && f[0].equals("0".repeat(32)) && f[1].equals("00") && isRoute(f[8])) {
                names.add(f[9]);
            }
        }
        return names;
    }

    private static boolean isRoute(String hexFlags) {
        try {
            return (Long.parseLong(hexFlags, 16) & (UP | REJECT)) == UP;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static List<String[]> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(l -> l.strip().split("\\s+")).toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
