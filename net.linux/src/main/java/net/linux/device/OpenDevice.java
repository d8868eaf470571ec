package net.linux.device;

import java.util.List;
import java.util.Map;
import net.api.device.Interrupt;
import net.api.device.Mmio;

/** A device that this process has. Configuration space is read and written by any thread, the rest is the device manager's. */
public interface OpenDevice {
    /**
     * Reads configuration space.
     *
     * @param offset 0 to 4095
     * @param width 1, 2 or 4
     * @return all ones if it does not answer
     */
    int configRead(int offset, int width);

    /** Writes configuration space; lost if the device does not answer. Arguments as {@link #configRead}. */
    void configWrite(int offset, int width, int value);

    /**
     * Maps registers until {@link #close}.
     *
     * @param region BAR, or place in {@code reg}
     * @param size bytes that there must be
     * @throws net.api.DevException IO with what is there instead
     */
    Mmio map(int region, long size);

    /**
     * Lets the device interrupt.
     *
     * @return at most {@code count}; fewer if it has fewer
     * @throws net.api.DevException UNSUPPORTED if interrupts do not come this way
     */
    List<Interrupt> interrupts(int count);

    /** The events that the kernel signals by; none for what it never says. They end with the device. */
    Map<Signal, Integer> signals();

    /** It can write to no memory that was not given to it since it was opened. */
    boolean isAtRest();

    /** {@link #close} keeps it from all memory by itself; else nobody but its driver can stop it. */
    boolean closingStopsDma();

    /** Unmaps what was mapped and lets go. Again is no error. */
    void close();
}
