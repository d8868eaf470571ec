package net.linux;

import java.nio.file.Path;
import net.api.DevError;
import net.api.DevException;
import net.api.host.Processors;
import net.linux.device.Sysfs;
import net.linux.sys.SystemCallException;
import net.linux.sys.Threads;
import org.osgi.service.component.annotations.Component;

/** This machine's processors. */
@Component(service = Processors.class)
public final class LinuxProcessors implements Processors {
    /** Highest number and one: CPU_SETSIZE of sched.h. */
    private static final int MOST = 1024;
    private static final Path DEVICES = Path.of("/sys/devices/system/cpu");

    @Override
    public void pin(int processor) {
        if (processor < 0 || processor >= MOST) {
            throw new DevException(DevError.INVALID_PARAM, "processor " + processor + " is outside 0 to " + (MOST - 1));
        }
        try {
            Threads.SYSTEM.pin(processor);
        } catch (SystemCallException e) {
            throw new DevException(DevError.INVALID_PARAM, "processor %d cannot be had: %s; there are %s".formatted(processor, e.getMessage(),
                    Sysfs.text(DEVICES.resolve("online")).orElse("others")), e);
        }
    }

    @Override
    public int node(int processor) {
        return Sysfs.names(DEVICES.resolve("cpu" + processor)).stream().filter(n -> n.startsWith("node")).findFirst()
                .map(n -> Sysfs.number(n.substring("node".length())).orElse(-1)).orElse(-1);
    }
}
