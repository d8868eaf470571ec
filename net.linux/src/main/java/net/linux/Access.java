package net.linux;

import net.linux.device.Memory;
import net.linux.doctor.AccessFindings;

/** How devices are had, and memory that they reach. */
interface Access {
    /** How PCI functions are had. */
    Way pci();

    /** How platform devices are had. */
    Way platform();

    /** Where their memory comes from. */
    Memory memory();

    /** Looks at what it needs of the machine. */
    AccessFindings findings();

    /** After a device was brought to rest, and its lock says so. */
    default void rested() {
    }

    /** Why no device may be had any more, in a sentence; "" if they may. */
    default String obstacle() {
        return "";
    }

    /** Looks whether what was promised to devices still holds; {@link #obstacle} tells. Called every {@link Watch#MILLIS}. */
    default void check() {
    }

    /** Nobody uses it any more: devices were released, memory was closed. */
    default void close() {
    }
}
