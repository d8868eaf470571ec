package net.linux.doctor;

import java.util.List;
import net.linux.doctor.Examination.Patient;

/** What one way to devices needs. */
public sealed interface AccessFindings permits VfioFindings, ResourceFindings {
    /** Of the machine. */
    List<Finding> machine();

    /** Of a device; empty if nothing is wrong with it. */
    List<Finding> device(Patient p, List<Patient> all);
}
