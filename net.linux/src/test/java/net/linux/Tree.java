package net.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.api.device.PciAddress;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;

/** A made-up sysfs: the directories and symbolic links that Linux makes, with the content that a test wants. */
final class Tree {
    final Path root;
    final Path sysfs;
    final Path proc;
    /** What the kernel would do when somebody writes to an attribute. */
    final FakeKernel kernel;

    Tree(Path root) {
        this.root = root;
        sysfs = root.resolve("sys");
        proc = root.resolve("proc");
        kernel = new FakeKernel(sysfs);
        directory(sysfs.resolve("bus/pci/devices"));
        directory(sysfs.resolve("bus/platform/devices"));
        directory(sysfs.resolve("class/net"));
        directory(proc.resolve("net"));
    }

    /** The host of this tree, which lends nothing. */
    LinuxHost host() {
        return host(List.of(), List.of());
    }

    LinuxHost host(List<String> devices, List<String> force) {
        return new LinuxHost(machine(), new AllowList(devices, force), root.resolve("run"), new VfioAccess(machine()));
    }

    Machine machine() {
        return new Machine(sysfs, proc, root.resolve("dev"), List.of(root.resolve("pci.ids")), kernel, Descriptors.SYSTEM, Mappings.SYSTEM);
    }

    /** A function with an ordinary header, directly below its root bus; gives its real directory. */
    Path function(String address, int vendor, int device, int classCode) {
        return function(address, "devices/pci" + address.substring(0, 7), header(vendor, device, classCode, 0));
    }

    /** A bridge, and the buses behind it. */
    Path bridge(String address, int secondary, int subordinate) {
        byte[] h = header(0x8086, 0x2448, 0x060400, 1);
        h[0x19] = (byte) secondary;
        h[0x1a] = (byte) subordinate;
        return function(address, "devices/pci" + address.substring(0, 7), h);
    }

    Path function(String address, String parent, byte[] config) {
        Path real = directory(sysfs.resolve(parent).resolve(address));
        write(real.resolve("config"), config);
        int vendor = config[0] & 0xff | (config[1] & 0xff) << 8;
        write(real.resolve("vendor"), "0x%04x\n".formatted(vendor));
        write(real.resolve("numa_node"), "-1\n");
        link(sysfs.resolve("bus/pci/devices").resolve(address), real);
        return real;
    }

    static byte[] header(int vendor, int device, int classCode, int headerType) {
        return ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) vendor).putShort(2, (short) device)
                .putInt(8, classCode << 8).put(0x0e, (byte) headerType).array();
    }

    /** The device is behind an IOMMU. */
    void group(Path device) {
        link(device.resolve("iommu_group"), directory(sysfs.resolve("kernel/iommu_groups/7")));
    }

    /** A platform device with a node of the device tree. */
    Path platform(String name, String node, String... compatible) {
        Path real = directory(sysfs.resolve("devices/platform").resolve(name));
        Path ofNode = directory(sysfs.resolve("firmware/devicetree/base").resolve(node));
        write(ofNode.resolve("compatible"), String.join("\0", compatible) + "\0");
        link(real.resolve("of_node"), ofNode);
        link(sysfs.resolve("bus/platform/devices").resolve(name), real);
        return ofNode;
    }

    void networkInterface(Path device, String name, String operstate) {
        Path real = directory(device.resolve("net").resolve(name));
        write(real.resolve("operstate"), operstate + "\n");
        link(sysfs.resolve("class/net").resolve(name), real);
    }

    static Path directory(Path p) {
        try {
            return Files.createDirectories(p);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    static void write(Path file, byte[] bytes) {
        try {
            directory(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As in sysfs, a relative link. */
    static void link(Path link, Path target) {
        try {
            directory(link.getParent());
            Files.createSymbolicLink(link, link.getParent().relativize(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file with its content: to show that nothing was written. */
    Map<String, String> content() throws IOException {
        Map<String, String> content = new HashMap<>();
        Files.walkFileTree(sysfs, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                content.put(file.toString(), attributes.isRegularFile()
                        ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1) + attributes.lastModifiedTime() : "");
                return FileVisitResult.CONTINUE;
            }
        });
        return content;
    }

    static PciAddress at(String address) {
        return PciAddress.parse(address);
    }
}
