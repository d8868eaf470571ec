package net.linux;

import java.nio.file.Path;
import net.linux.device.OpenDevice;

/**
 * A way to have the devices of a bus.
 *
 * @param kernelDriver the kernel's driver that must be bound; "" if none may be
 * @param otherwise what to do where the kernel does not have that, or cannot bind it; "" if there is nothing to say
 * @param opener takes a device
 */
record Way(String kernelDriver, String otherwise, Opener opener) {
    /** Takes a device, whose driver is bound. */
    interface Opener {
        /**
         * Opens it.
         *
         * @param directory the device's, in sysfs
         * @param name what the kernel calls it
         * @throws net.api.DevException why it cannot be had, and what to do
         */
        OpenDevice open(Path directory, String name);
    }
}
