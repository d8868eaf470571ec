package net.linux.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;

/** Some findings of the doctor as a health check of Felix: an entry for each, with what mends it. */
abstract class MachineCheck implements HealthCheck {
    private final Doctor doctor;
    private final Set<String> topics;

    /** @param topics what the findings are about; none for all that no other check has, which are those of devices */
    MachineCheck(Doctor doctor, String... topics) {
        this.doctor = doctor;
        this.topics = Set.of(topics);
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        Optional<Examination> examination = doctor.examination();
        if (examination.isEmpty()) {
            log.info("This machine's devices are not listed");
            return new Result(log);
        }
        List<Finding> mine = examination.get().findings().stream().filter(this::isMine).toList();
        if (mine.isEmpty()) {
            log.info("Devices are not had in a way that needs it");
        }
        for (Finding f : mine) {
            switch (f.health()) {
                case GOOD -> log.info("{}: {}", f.what(), f.state());
                case FAIR -> log.warn("{}: {}. {}", f.what(), f.state(), f.remedy());
                case BAD -> log.critical("{}: {}. {}", f.what(), f.state(), f.remedy());
            }
        }
        return new Result(log);
    }

    private boolean isMine(Finding f) {
        return topics.isEmpty() ? !MachineChecks.MACHINE.contains(f.what()) : topics.contains(f.what());
    }
}
