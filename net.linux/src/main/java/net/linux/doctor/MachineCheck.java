package net.linux.doctor;

import java.util.Optional;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The findings of the doctor as a health check of Felix: an entry for each, with what mends it. */
@Component(service = HealthCheck.class, property = {HealthCheck.NAME + "=Hotnic: this machine's devices", HealthCheck.TAGS + "=hotnic", HealthCheck.TAGS + "=linux"})
public final class MachineCheck implements HealthCheck {
    private final Doctor doctor;

    /** Called by SCR. */
    @Activate
    public MachineCheck(@Reference Doctor doctor) {
        this.doctor = doctor;
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        Optional<Examination> examination = doctor.examination();
        if (examination.isEmpty()) {
            log.info("This machine's devices are not listed");
            return new Result(log);
        }
        for (Finding f : examination.get().findings()) {
            switch (f.health()) {
                case GOOD -> log.info("{}: {}", f.what(), f.state());
                case FAIR -> log.warn("{}: {}. {}", f.what(), f.state(), f.remedy());
                case BAD -> log.critical("{}: {}. {}", f.what(), f.state(), f.remedy());
            }
        }
        return new Result(log);
    }
}
