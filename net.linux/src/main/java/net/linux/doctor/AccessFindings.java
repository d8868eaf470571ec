package net.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.linux.doctor.Examination.Patient;

/** What one way to devices needs. */
public sealed interface AccessFindings permits VfioFindings, ResourceFindings {
    /** Of the machine. */
    List<Finding> machine();

    /** Of a device; empty if nothing is wrong with it. */
    List<Finding> device(Patient p, List<Patient> all);

    /** What a platform device needs of the kernel: a driver of its own kind. */
    static List<Finding> platform(Patient p, Path sysfs, String driver) {
        return !p.directory().startsWith(sysfs.resolve("bus/platform")) || Files.isDirectory(sysfs.resolve("bus/platform/drivers").resolve(driver)) ? List.of()
                : List.of(Finding.bad(p.name(), "the module " + driver + " is not loaded", "modprobe " + driver));
    }
}
