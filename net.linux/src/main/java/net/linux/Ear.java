package net.linux;

import net.linux.device.OpenDevice;

/** Who hears what the kernel says of devices that are held. */
interface Ear {
    /** From now on. */
    void listen(String name, OpenDevice device);

    /** Before the device is closed. */
    void stop(String name);
}
