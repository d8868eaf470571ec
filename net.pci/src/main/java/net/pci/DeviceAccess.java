package net.pci;

import java.util.List;
import java.util.function.IntFunction;
import net.api.device.Interrupt;
import net.api.device.Mmio;

/** What an attachment does to a device, the same for all buses. Manager's thread, but {@link #isGone}. */
interface DeviceAccess {
    /** Takes the device from its host. If that fails, nothing else may be called. */
    void acquire();

    /** Wakes the device and makes it answer at its registers, with DMA off. */
    void prepare();

    /** Maps a register window. */
    Mmio map(int index);

    /** Writes configuration space as far as drivers may. */
    void configWrite(int offset, int width, int value);

    /** Lets the device master the bus. */
    void enableDma();

    /** After this nothing that the device began arrives in memory any more, if its bus can promise that. */
    void disableDma();

    /**
     * Opens interrupt vectors.
     *
     * @param windows maps, or gives what is mapped
     */
    List<Interrupt> interrupts(int count, IntFunction<Mmio> windows);

    /** The device signals no more. */
    void disableInterrupts();

    /** The device answers no more at its registers. */
    void disableDecode();

    /** Lets the device go. */
    void release();

    /** {@link #release} stops the device by itself, so it may come before memory is freed; else nobody but the driver can stop its DMA. */
    boolean releaseStopsDma();

    /** The device does not answer any more. */
    boolean isGone();
}
