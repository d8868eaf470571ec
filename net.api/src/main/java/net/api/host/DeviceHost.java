package net.api.host;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A supplier of devices: the machine, a simulation, an emulator. Registered as a service by whoever supplies; the device manager finds it there, and
 * detaches all of its devices when the service is unregistered. The methods may be called from any thread.
 */
@ConsumerType
public interface DeviceHost {
    /** Service property, String: {@link #name}. */
    String NAME = "host.name";
    /** Service property, Boolean: {@link #allocateDma} works; the buffer pool makes a pool for such a host. Absent is false. */
    String DMA = "host.dma";

    /** First part of its devices' addresses: lower-case letters, digits and hyphens; unique in the runtime. */
    String name();

    /** Access to its PCI functions, if it has PCI. */
    default Optional<PciAccess> pci() {
        return Optional.empty();
    }

    /** Access to its platform devices, if it has any. */
    default Optional<PlatformAccess> platform() {
        return Optional.empty();
    }

    /**
     * Zeroed memory for all devices of the host.
     *
     * @throws DevException NO_MEMORY with what was asked, what there was and what to do; UNSUPPORTED if the host lends no devices
     */
    DmaMemory allocateDma(DmaRequest request);

    /**
     * Lets all devices of the host reach memory that somebody else has.
     *
     * @param purpose in messages
     * @param memory native, of a shared arena or the global one, that starts and ends on a border of 4096 bytes; its arena is closed after the mapping, if at all
     * @return the memory with its device addresses; closing it takes them back, and leaves the memory as it is
     * @throws DevException UNSUPPORTED if the host cannot; INVALID_PARAM if the memory is not such; NO_MEMORY if there is no room for it
     */
    default DmaMemory mapDma(String purpose, MemorySegment memory) {
        throw new DevException(DevError.UNSUPPORTED, "host %s cannot let its devices reach memory of others, as %s wants: copy packets into its buffers"
                .formatted(name(), purpose));
    }

    /**
     * What the host knows of a device beyond its registers: {@link net.api.device.Device#KERNEL_DRIVER} and the like, as service properties.
     *
     * @param deviceName the PCI address or the name of the platform device
     */
    default Map<String, Object> describe(String deviceName) {
        return Map.of();
    }

    /**
     * Tells the listener of devices that come and go, from now on, from any thread.
     *
     * @return closes the subscription
     */
    AutoCloseable subscribe(HostListener listener);
}
