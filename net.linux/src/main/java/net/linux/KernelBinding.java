package net.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.Sysfs;

/** Which driver the kernel has bound to a device: Documentation/ABI/testing/sysfs-bus-pci of the kernel, bind, unbind, driver_override, drivers_probe. */
final class KernelBinding {
    /** Writes an attribute; a file vanishes with its device at any time. */
    interface Writer {
        void write(Path attribute, String text) throws IOException;
    }

    /** The kernel's files. */
    static final Writer SYSFS = (attribute, text) -> Files.write(attribute, (text + "\n").getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);

    private final Path bus;
    private final Writer writer;

    /** @param bus directory of the bus, such as {@code /sys/bus/pci} */
    KernelBinding(Path bus, Writer writer) {
        this.bus = bus;
        this.writer = writer;
    }

    /** The driver that is bound now. */
    Optional<String> driver(String device) {
        return Sysfs.linkName(directory(device).resolve("driver"));
    }

    /**
     * Binds a driver in the place of the one that is bound, if it is another.
     *
     * @param driver which, such as {@code vfio-pci}
     * @throws DevException UNSUPPORTED if the kernel has no such driver, or this user may not; IO if the kernel does not do it
     */
    void bind(String device, String driver) {
        Optional<String> now = driver(device);
        if (now.equals(Optional.of(driver))) {
            return;
        }
        if (!Files.isDirectory(bus.resolve("drivers").resolve(driver))) {
            throw new DevException(DevError.UNSUPPORTED, "%s needs the kernel's driver %s, which is not loaded: modprobe %s".formatted(device, driver, driver));
        }
        try {
            writer.write(directory(device).resolve("driver_override"), driver);
            if (now.isPresent()) {
                writer.write(directory(device).resolve("driver/unbind"), device);
            }
            writer.write(bus.resolve("drivers_probe"), device);
        } catch (AccessDeniedException e) {
            throw new DevException(DevError.UNSUPPORTED, "%s must be bound to %s by root, once: driverctl set-override %s %s; or as this user with write access to %s"
                    .formatted(device, driver, device, driver, e.getFile()), e);
        } catch (IOException e) {
            throw new DevException(DevError.IO, "%s could not be bound to %s: %s".formatted(device, driver, e), e);
        }
        if (!driver(device).equals(Optional.of(driver))) {
            throw new DevException(DevError.IO, "%s could not be bound to %s: the kernel has bound %s to it; 'dmesg | tail' says why".formatted(device, driver,
                    driver(device).orElse("nothing")));
        }
    }

    /**
     * Undoes {@link #bind}. Does nothing to a device that is gone.
     *
     * @param former the driver to bind again, "" for none
     * @throws DevException IO if the kernel does not do it, with what to do by hand
     */
    void restore(String device, String former) {
        Optional<String> now = driver(device);
        if (now.orElse("").equals(former) || !Files.exists(directory(device))) {
            return;
        }
        try {
            writer.write(directory(device).resolve("driver_override"), "");
            if (now.isPresent()) {
                writer.write(directory(device).resolve("driver/unbind"), device);
            }
            if (!former.isEmpty()) {
                writer.write(bus.resolve("drivers").resolve(former).resolve("bind"), device);
            }
        } catch (IOException e) {
            throw new DevException(DevError.IO, "%s: the driver %s could not be bound again: %s. By hand: echo %s > %s".formatted(device, former, e, device,
                    bus.resolve("drivers_probe")), e);
        }
    }

    private Path directory(String device) {
        return bus.resolve("devices").resolve(device);
    }
}
