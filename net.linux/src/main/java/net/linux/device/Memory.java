package net.linux.device;

import java.lang.foreign.MemorySegment;
import net.api.device.DmaMemory;
import net.api.host.DmaRequest;

/** Where memory for devices comes from. Any thread. */
public interface Memory {
    /** See {@link net.api.host.DeviceHost#allocateDma}. */
    DmaMemory allocate(DmaRequest request);

    /** See {@link net.api.host.DeviceHost#mapDma}. */
    DmaMemory map(String purpose, MemorySegment memory);
}
