package net.linux.doctor;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code net:doctor}. */
@Component(service = DoctorCommand.class, property = {"osgi.command.scope=net", "osgi.command.function=doctor"})
public final class DoctorCommand {
    private final Doctor doctor;

    /** Called by SCR. */
    @Activate
    public DoctorCommand(@Reference Doctor doctor) {
        this.doctor = doctor;
    }

    /**
     * Looks at the machine.
     *
     * @throws DevException BAD_STATE if this machine's devices are not listed
     */
    @Descriptor("tells what stands between this machine and its devices, and the command that mends it")
    public List<Finding> doctor() {
        return doctor.examination().orElseThrow(() -> new DevException(DevError.BAD_STATE, "this machine's devices are not listed: set enabled = true for net.linux"))
                .findings();
    }
}
