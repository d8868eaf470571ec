package net.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.linux.device.Sysfs;

/**
 * Reads nodes of a device tree as sysfs shows it: a directory for each node, a file for each property. Sections are those of the Devicetree
 * Specification 0.4.
 */
final class DeviceTree {
    private final Path base;
    /** Found when first asked for: a node's number never changes while a system runs. */
    private Map<Integer, Path> numbered;

    /** @param base the root node */
    DeviceTree(Path base) {
        this.base = base;
    }

    /** Sizes in {@code reg}: 2.3.6, with the defaults of 2.3.5. */
    static List<Long> regions(Path node) {
        Path parent = node.resolve("..");
        int addressCells = cell(parent.resolve("#address-cells")).orElse(2);
        int sizeCells = cell(parent.resolve("#size-cells")).orElse(1);
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

    /** DMA is coherent if the node or one of those above it says so, the nearest first: 2.3.10. */
    static boolean isCoherent(Path node) {
        for (Path n = real(node); n != null; n = n.getParent()) {
            if (Files.exists(n.resolve("dma-coherent"))) {
                return true;
            }
            if (Files.exists(n.resolve("dma-noncoherent"))) {
                return false;
            }
        }
        return false;
    }

    /** How many interrupts the node has: 2.4.1. */
    int interrupts(Path node) {
        ByteBuffer extended = ByteBuffer.wrap(Sysfs.bytes(node.resolve("interrupts-extended")));
        if (extended.hasRemaining()) {
            int n = 0;
            while (extended.remaining() >= Integer.BYTES) {
                int cells = interruptCells(Optional.ofNullable(numbered().get(extended.getInt())));
                if (cells < 1 || extended.remaining() < cells * Integer.BYTES) {
                    return n;
                }
                extended.position(extended.position() + cells * Integer.BYTES);
                n++;
            }
            return n;
        }
        int bytes = Sysfs.bytes(node.resolve("interrupts")).length;
        int cells = bytes == 0 ? 0 : interruptCells(interruptParent(node));
        return cells < 1 ? 0 : bytes / (cells * Integer.BYTES);
    }

    /** The nearest {@code interrupt-parent} of the node and those above it; without one the node above. */
    private Optional<Path> interruptParent(Path node) {
        Path real = real(node);
        for (Path n = real; n != null; n = n.getParent()) {
            Optional<Integer> number = cell(n.resolve("interrupt-parent"));
            if (number.isPresent()) {
                return Optional.ofNullable(numbered().get(number.get()));
            }
        }
        return Optional.ofNullable(real).map(Path::getParent);
    }

    private static int interruptCells(Optional<Path> controller) {
        return controller.flatMap(c -> cell(c.resolve("#interrupt-cells"))).filter(c -> c <= 8).orElse(0);
    }

    private synchronized Map<Integer, Path> numbered() {
        if (numbered == null) {
            numbered = new HashMap<>();
            try (Stream<Path> files = Files.find(base, 32, (p, a) -> p.endsWith("phandle"))) {
                files.forEach(f -> cell(f).ifPresent(number -> numbered.put(number, f.getParent())));
            } catch (IOException | java.io.UncheckedIOException e) {
                // What cannot be read is not there; without controllers no interrupts are counted.
                return numbered;
            }
        }
        return numbered;
    }

    private static Path real(Path node) {
        try {
            return node.toRealPath();
        } catch (IOException e) {
            return null;
        }
    }

    private static Optional<Integer> cell(Path file) {
        byte[] value = Sysfs.bytes(file);
        return value.length == Integer.BYTES ? Optional.of(ByteBuffer.wrap(value).getInt()) : Optional.empty();
    }
}
