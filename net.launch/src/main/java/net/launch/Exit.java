package net.launch;

import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;

/** The shell's {@code exit}. Gogo's own is {@code System.exit} itself and wants a number. */
@Component(service = Exit.class, property = {"osgi.command.scope=hotnic", "osgi.command.function=exit"})
public final class Exit {

    /** Called by SCR. */
    public Exit() {}

    @Descriptor("stops the system with status 0")
    public void exit() {
        exit(0);
    }

    @Descriptor("stops the system")
    public void exit(@Descriptor("the exit status of the process, 0 to 255") int status) {
        // The shutdown hook stops the framework, which waits for the shell's thread: not for this one.
        new Thread(() -> System.exit(status), "hotnic-exit").start();
    }
}
