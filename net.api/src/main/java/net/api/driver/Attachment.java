package net.api.driver;

import java.util.List;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.device.Device;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The bond of a device and a driver. It owns every mapping, all DMA memory and the buffers in flight, and frees them after the driver was stopped, so that
 * no driver can leak them. Methods are for {@link NetDriver#attach}, on its thread, except where said.
 */
@ProviderType
public interface Attachment {
    /** The device. */
    Device device();

    /** What the user wants of it. */
    DeviceConfig config();

    /** Where packet buffers come from. */
    NetBufPool pool();

    // What follows gives, to a driver that takes a running device over (NetDriver.takeOver), what the driver before it had with the same purpose and size.

    /**
     * Maps a register window, once; again gives the same.
     *
     * @param index PCI: BAR 0 to 5; platform: index of the region
     * @throws net.api.DevException INVALID_PARAM if there is no such memory window
     */
    Mmio map(int index);

    /**
     * Writes configuration space of a PCI function, except the command register, BARs and MSI-X, which are the attachment's.
     *
     * @throws net.api.DevException INVALID_PARAM for those, and for offsets that {@link net.api.device.PciDevice#configRead} refuses; UNSUPPORTED if it is
     *         no PCI function
     */
    void configWrite(int offset, int width, int value);

    /**
     * Zeroed memory with contiguous device addresses, for rings and tables.
     *
     * @param purpose in messages, such as {@code receive ring 0}
     * @param bytes how much
     * @param alignment of the device address, a power of two
     * @throws net.api.DevException NO_MEMORY
     */
    DmaMemory allocateDma(String purpose, long bytes, long alignment);

    /** Lets the device master the bus. To be called when rings are set up, before the device is told to use them. */
    void enableDma();

    /**
     * The array in which a ring keeps the buffers that the device holds: slot i belongs to descriptor i, null is none. What is in it after {@link
     * DriverInstance#stop} goes back to the pool. A buffer is entered before the device may touch it and removed after.
     *
     * @param purpose in messages
     * @param slots length of the array
     */
    NetBuf[] ring(String purpose, int slots);

    /**
     * Opens interrupt vectors.
     *
     * @param count how many are wanted, 1 or more
     * @return vectors 0 to size - 1; fewer than wanted, perhaps none, if device or host do not have them or the configuration forbids interrupts
     */
    List<Interrupt> interrupts(int count);

    /**
     * Tells users that the link changed. Any thread, while attached; returns at once.
     */
    void linkChanged(LinkState link);

    /**
     * Reports that the device cannot go on. The manager detaches, and then attaches again ({@link Fault#NEEDS_RESET}), sets it aside, or forgets it. Any
     * thread, also a queue's owner within a call; returns at once. Only the first report of an attachment counts.
     *
     * @param fault what is to be done
     * @param reason in a sentence with values, for users
     */
    void report(Fault fault, String reason);

    /** Why a device cannot go on. */
    enum Fault {
        /** It does not answer any more: all ones. */
        GONE,
        /** It asks for a reset, or hangs; attaching again is expected to help. Three times within ten seconds is a {@link #BROKEN}. */
        NEEDS_RESET,
        /** It broke the rules too often: quarantine. */
        BROKEN
    }
}
