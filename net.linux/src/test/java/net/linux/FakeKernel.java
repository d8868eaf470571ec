package net.linux;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.linux.device.Attributes;

/**
 * What Linux does to its tree of links when drivers are bound and unbound: Documentation/ABI/testing/sysfs-bus-pci of the kernel. A driver is there when
 * its directory is.
 */
final class FakeKernel implements Attributes {
    /** What was written, such as {@code bus/pci/drivers_probe=0000:00:03.0}. */
    final List<String> written = new ArrayList<>();
    /** Writes are refused, as to a user who is not root. */
    boolean readOnly;
    /** Attributes that give errors. */
    final Set<String> failing = new TreeSet<>();
    /** A driver whose probe fails. */
    String broken = "";
    private final Path sysfs;
    private final Map<Path, String> overrides = new HashMap<>();

    FakeKernel(Path sysfs) {
        this.sysfs = sysfs;
    }

    @Override
    public void write(Path attribute, String text) throws IOException {
        written.add(sysfs.relativize(attribute) + "=" + text);
        if (readOnly) {
            throw new AccessDeniedException(attribute.toString());
        }
        String name = attribute.getFileName().toString();
        switch (name) {
            case "driver_override" -> {
                overrides.put(attribute.getParent().toRealPath(), text);
                Tree.write(attribute, (text.isEmpty() ? "(null)" : text) + "\n");
            }
            case "enable", "reset" -> {
                if (!Files.exists(attribute) || failing.contains(name)) {
                    throw new IOException(attribute + ": Input/output error");
                }
            }
            case "unbind" -> Files.delete(device(attribute.getParent().toRealPath().getParent().getParent(), text).resolve("driver"));
            case "drivers_probe" -> {
                String driver = overrides.getOrDefault(device(attribute.getParent(), text).toRealPath(), "");
                if (!driver.isEmpty()) {
                    bind(attribute.getParent(), text, driver);
                }
            }
            case "bind" -> bind(attribute.getParent().getParent().getParent(), text, attribute.getParent().getFileName().toString());
            default -> throw new NoSuchFileException(attribute.toString());
        }
    }

    private void bind(Path bus, String device, String driver) throws IOException {
        Path directory = bus.resolve("drivers").resolve(driver);
        String override = overrides.getOrDefault(device(bus, device).toRealPath(), "");
        if (!Files.isDirectory(directory) || !override.isEmpty() && !override.equals(driver)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (!driver.equals(broken)) {
            Tree.link(device(bus, device).toRealPath().resolve("driver"), directory);
        }
    }

    private static Path device(Path bus, String device) {
        return bus.resolve("devices").resolve(device);
    }
}
