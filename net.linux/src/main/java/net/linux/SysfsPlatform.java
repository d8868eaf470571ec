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
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.PlatformAccess;

/** The machine's platform devices that a device tree describes, read only. */
final class SysfsPlatform implements PlatformAccess {
    private final Path devices;

    SysfsPlatform(Path sysfs) {
        devices = sysfs.resolve("bus/platform/devices");
    }

    /** Interrupts are not counted: that takes the interrupt controller's nodes, and no driver gets them here. */
    @Override
    public List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        byName().forEach((name, directory) -> {
            Path node = directory.resolve("of_node");
            nodes.add(new Node(name, compatible(node), regions(node), 0, isCoherent(node)));
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

    /** Sizes in {@code reg}: Devicetree Specification 0.4, 2.3.6, with the defaults of 2.3.5. */
    private static List<Long> regions(Path node) {
        Path parent = node.resolve("..");
        int addressCells = cell(parent.resolve("#address-cells"), 2);
        int sizeCells = cell(parent.resolve("#size-cells"), 1);
        ByteBuffer reg = ByteBuffer.wrap(Sysfs.bytes(node.resolve("reg")));
        List<Long> sizes = new ArrayList<>();
        if (addressCells < 1 || addressCells > 3 || sizeCells < 1 || sizeCells > 2) {
            return sizes;
        }
        while (reg.remaining() >= (addressCells + sizeCells) * Integer.BYTES) {
            reg.position(reg.position() + addressCells * Integer.BYTES);
            sizes.add(sizeCells == 2 ? reg.getLong() : Integer.toUnsignedLong(reg.getInt()));
        }
        return sizes;
    }

    private static int cell(Path file, int absent) {
        byte[] value = Sysfs.bytes(file);
        return value.length == Integer.BYTES ? ByteBuffer.wrap(value).getInt() : absent;
    }

    private static boolean isCoherent(Path node) {
        return Files.exists(node.resolve("dma-coherent"));
    }

    @Override
    public String restriction(String name) {
        return LinuxHost.restriction(directory(name));
    }

    @Override
    public void acquire(String name) {
        throw refused(name);
    }

    @Override
    public Mmio mapRegion(String name, int region) {
        throw refused(name);
    }

    @Override
    public List<Interrupt> openInterrupts(String name, int count) {
        throw refused(name);
    }

    private DevException refused(String name) {
        return new DevException(DevError.UNSUPPORTED, LinuxHost.NAME_OF_HOST + "/" + name + " is " + restriction(name));
    }
}
