package net.linux;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.Attributes;
import net.linux.device.Sysfs;
import net.linux.vfio.VfioHost;

/** Which driver the kernel has bound to a device: Documentation/ABI/testing/sysfs-bus-pci of the kernel, bind, unbind, driver_override, drivers_probe. */
final class KernelBinding {
    /** A name that no driver has: the kernel binds none to a device that only a driver of this name may have. */
    private static final String NOBODY = "hotnic";

    private final Path bus;
    private final Attributes attributes;

    /** @param bus directory of the bus, such as {@code /sys/bus/pci} */
    KernelBinding(Path bus, Attributes attributes) {
        this.bus = bus;
        this.attributes = attributes;
    }

    /** The driver that is bound now. */
    Optional<String> driver(String device) {
        return Sysfs.linkName(directory(device).resolve("driver"));
    }

    /**
     * Binds a driver in the place of the one that is bound, if it is another.
     *
     * @param way has the driver; with "" none is bound, also when one is loaded later
     * @throws DevException UNSUPPORTED if the kernel has no such driver, or this user may not; IO if the kernel does not do it
     */
    void bind(String device, Way way) {
        String driver = way.kernelDriver();
        Optional<String> now = driver(device);
        if (now.equals(Optional.of(driver))) {
            return;
        }
        if (!driver.isEmpty() && !Files.isDirectory(bus.resolve("drivers").resolve(driver))) {
            throw new DevException(DevError.UNSUPPORTED, "%s needs the kernel's driver %s, which is not loaded: modprobe %s%s".formatted(device, driver, driver,
                    way.otherwise()));
        }
        if (driver.startsWith("vfio-") && !Files.exists(directory(device).resolve("iommu_group"))) {
            throw VfioHost.noGroup(device, way.otherwise()); // before its driver is unbound in vain
        }
        try {
            attributes.write(override(device), driver.isEmpty() ? NOBODY : driver);
            if (now.isPresent()) {
                attributes.write(directory(device).resolve("driver/unbind"), device);
            }
            if (!driver.isEmpty()) {
                attributes.write(bus.resolve("drivers_probe"), device);
            }
        } catch (AccessDeniedException e) {
            throw new DevException(DevError.UNSUPPORTED, driver.isEmpty()
                    ? "only root takes %s from the kernel's drivers: %s cannot be written".formatted(device, e.getFile())
                    : "%s must be bound to %s by root, once: driverctl set-override %s %s; or as this user with write access to %s".formatted(device, driver,
                            device, driver, e.getFile()), e);
        } catch (IOException e) {
            throw new DevException(DevError.IO, "%s could not be bound to %s: %s".formatted(device, orNothing(driver), e), e);
        }
        if (!driver(device).orElse("").equals(driver)) {
            throw new DevException(DevError.IO, "%s could not be bound to %s: the kernel has bound %s to it; 'dmesg | tail' says why%s".formatted(device,
                    orNothing(driver), orNothing(driver(device).orElse("")), way.otherwise()));
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
        boolean same = now.orElse("").equals(former);
        boolean nobodys = Sysfs.text(override(device)).equals(Optional.of(NOBODY));
        if (same && !nobodys || !Files.exists(directory(device))) {
            return;
        }
        try {
            attributes.write(override(device), "");
            if (now.isPresent() && !same) {
                attributes.write(directory(device).resolve("driver/unbind"), device);
            }
            if (!former.isEmpty() && !same) {
                attributes.write(bus.resolve("drivers").resolve(former).resolve("bind"), device);
            }
        } catch (IOException e) {
            throw new DevException(DevError.IO, "%s: the driver %s could not be bound again: %s. By hand: echo %s > %s".formatted(device, former, e, device,
                    bus.resolve("drivers_probe")), e);
        }
    }

    private static String orNothing(String driver) {
        return driver.isEmpty() ? "nothing" : driver;
    }

    private Path override(String device) {
        return directory(device).resolve("driver_override");
    }

    private Path directory(String device) {
        return bus.resolve("devices").resolve(device);
    }
}
