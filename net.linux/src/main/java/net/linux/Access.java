package net.linux;

import net.linux.device.Memory;
import net.linux.doctor.AccessFindings;

/** A way to have devices, and memory that they reach. */
interface Access extends LinuxPci.Way {
    /** Where their memory comes from. */
    Memory memory();

    /** Looks whether what was promised to devices still holds; {@link #obstacle} tells. Called every {@link Watch#MILLIS}. */
    default void check() {
    }

    /** Looks at what it needs of the machine. */
    AccessFindings findings();

    /** Nobody uses it any more: devices were released, memory was closed. */
    void close();
}
