package net.linux.vfio;

import java.nio.file.Path;

/** One of the kernel's ways to devices and to their address space. */
interface Backend {
    /**
     * Takes a device, and makes the address space with the first one.
     *
     * @param directory the device's, in sysfs
     * @param name what the kernel calls it
     * @throws net.api.DevException why it cannot be had, and what to do
     */
    VfioDevice open(Path directory, String name);

    /** @throws net.linux.sys.SystemCallException what the kernel refuses with */
    void map(Mapping m);

    /** Failures are logged: the memory is given up all the same. */
    void unmap(Mapping m);

    /** The device addresses that there can be, for messages. */
    String ranges();

    /** Ends the address space; no device is open any more. */
    void close();
}
