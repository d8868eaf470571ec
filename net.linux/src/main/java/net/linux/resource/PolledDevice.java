package net.linux.resource;

import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.linux.device.OpenDevice;
import net.linux.device.Signal;

/** A device that the kernel says nothing of: no interrupts, no requests. */
abstract class PolledDevice implements OpenDevice {
    private final String name;

    PolledDevice(String name) {
        this.name = name;
    }

    @Override
    public final List<Interrupt> interrupts(int count) {
        throw new DevException(DevError.UNSUPPORTED, name + " has no interrupts without VFIO: it is polled");
    }

    @Override
    public final Map<Signal, Integer> signals() {
        return Map.of();
    }
}
