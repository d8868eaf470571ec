package net.linux.device;

import net.api.device.DmaMemory;
import net.api.host.DmaRequest;

/** Where memory for devices comes from. Any thread. */
public interface Memory {
    /** See {@link net.api.host.DeviceHost#allocateDma}. */
    DmaMemory allocate(DmaRequest request);
}
