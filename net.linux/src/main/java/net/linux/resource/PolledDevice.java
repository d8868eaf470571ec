package net.linux.resource;

import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.linux.device.FileDevice;
import net.linux.device.Signal;
import net.linux.sys.Descriptors;

/** A device that the kernel says nothing of: no interrupts, no requests. */
abstract class PolledDevice extends FileDevice {
    private final String name;

    PolledDevice(Descriptors fds, int fd, String name) {
        super(fds, fd, name);
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
