package net.linux;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.api.host.PlatformAccess.Node;
import net.linux.device.Sysfs;

/** What the kernel tells of the machine's platform devices that a device tree describes: files are opened for reading, nothing else. */
final class SysfsPlatform {
    /** ethernet-controller.yaml of Linux's bindings. */
    private static final List<String> PROPERTIES = List.of("phy-mode", "phy-connection-type", "local-mac-address", "mac-address", "max-speed", "status");

    private final Path devices;
    private final DeviceTree tree;

    SysfsPlatform(Path sysfs) {
        devices = sysfs.resolve("bus/platform/devices");
        tree = new DeviceTree(sysfs.resolve("firmware/devicetree/base"));
    }

    /** Those that are there now. */
    List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        byName().forEach((name, directory) -> {
            Path node = directory.resolve("of_node");
            nodes.add(new Node(name, compatible(node), DeviceTree.regions(node), tree.interrupts(node), DeviceTree.isCoherent(node), properties(node)));
        });
        return nodes;
    }

    /** The device's directory, or one that does not exist. */
    Path directory(String name) {
        return byName().getOrDefault(name, devices.resolve("none"));
    }

    /** Devices with a compatible string, by the name of their node; by the kernel's name where nodes of different buses are called the same. */
    private Map<String, Path> byName() {
        Map<String, Path> found = new TreeMap<>();
        for (String kernelName : Sysfs.names(devices)) {
            Path directory = devices.resolve(kernelName);
            if (!compatible(directory.resolve("of_node")).isEmpty()) {
                String name = Sysfs.linkName(directory.resolve("of_node")).orElse(kernelName);
                found.put(found.containsKey(name) ? kernelName : name, directory);
            }
        }
        return found;
    }

    /** Devicetree Specification 0.4, 2.3.1: strings, each ended by a zero byte. */
    private static List<String> compatible(Path node) {
        return Stream.of(new String(Sysfs.bytes(node.resolve("compatible")), StandardCharsets.US_ASCII).split("\0"))
                .filter(s -> !s.isBlank()).toList();
    }

    /** Properties of the node itself that say how a network card is wired, and which address it has. */
    private static Map<String, ByteBuffer> properties(Path node) {
        Map<String, ByteBuffer> properties = new TreeMap<>();
        for (String name : PROPERTIES) {
            if (Files.exists(node.resolve(name))) {
                properties.put(name, ByteBuffer.wrap(Sysfs.bytes(node.resolve(name))));
            }
        }
        return properties;
    }
}
