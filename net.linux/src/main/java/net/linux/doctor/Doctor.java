package net.linux.doctor;

import java.util.Optional;

/** Examines the machine as it is configured now. A service within the bundle. */
public interface Doctor {
    /** What to look at; absent when the machine's devices are not listed. */
    Optional<Examination> examination();
}
