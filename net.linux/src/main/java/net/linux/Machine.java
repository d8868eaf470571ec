package net.linux;

import java.nio.file.Path;
import java.util.List;
import net.linux.device.Attributes;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;

/**
 * Where the kernel is met.
 *
 * @param sysfs where sysfs is mounted
 * @param proc where procfs is mounted
 * @param dev where device files are
 * @param idLists where a list of PCI ids may be
 * @param attributes writes attributes
 * @param fds calls on descriptors
 * @param mappings calls that map memory
 */
record Machine(Path sysfs, Path proc, Path dev, List<Path> idLists, Attributes attributes, Descriptors fds, Mappings mappings) {
    /** This machine, with its sysfs at another place perhaps. */
    static Machine here(Path sysfs) {
        return new Machine(sysfs, Path.of("/proc"), Path.of("/dev"), PciIds.USUAL, Attributes.SYSTEM, Descriptors.SYSTEM, Mappings.SYSTEM);
    }
}
