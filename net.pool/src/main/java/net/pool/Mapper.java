package net.pool;

import java.lang.foreign.MemorySegment;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;

/** Lets devices reach memory: {@link net.api.host.DeviceHost#mapDma}. */
@FunctionalInterface
interface Mapper {
    DmaMemory map(String purpose, MemorySegment memory);

    /** For pools that know no host but its name. */
    static Mapper none(String host) {
        return (purpose, memory) -> {
            throw new DevException(DevError.UNSUPPORTED, "no device of host " + host + " can be shown the memory of " + purpose + ": the pool was made without its host");
        };
    }
}
