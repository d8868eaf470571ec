package net.linux.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.linux.device.Sysfs;

/** Looks at the machine, and changes nothing. */
public final class Examination {
    static final String USER = System.getProperty("user.name");

    private final Path locks;
    private final boolean nativeAccess;
    private final AccessFindings access;
    private final List<Patient> patients;

    /**
     * A device that the configuration names.
     *
     * @param name its address, or the name of its node
     * @param directory the device's, in sysfs
     * @param traffic interfaces that carry the machine's traffic, in words; empty if it may be taken
     * @param relieving the command after which they carry none
     * @param coherent its DMA is coherent with the caches
     */
    public record Patient(String name, Path directory, List<String> traffic, String relieving, boolean coherent) {
    }

    /**
     * @param locks where locks are
     * @param nativeAccess java.lang.foreign is allowed
     * @param access looks at what the configured way to devices needs
     * @param patients the devices that the configuration names and that are there
     */
    public Examination(Path locks, boolean nativeAccess, AccessFindings access, List<Patient> patients) {
        this.locks = locks;
        this.nativeAccess = nativeAccess;
        this.access = access;
        this.patients = patients;
    }

    /** Everything, first what the rest depends on. */
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>(List.of(nativeAccess()));
        all.addAll(access.machine());
        all.add(locks());
        if (patients.isEmpty()) {
            all.add(Finding.fair("devices", "the configuration of net.linux names no device that is there", "echo 'devices=[\"0000:03:00.0\"]' > conf/net.linux.config"));
        }
        patients.forEach(p -> device(p, all));
        return all;
    }

    private Finding nativeAccess() {
        return nativeAccess ? Finding.good("native access", "calls of the operating system are allowed")
                : Finding.bad("native access", "the virtual machine warns of every bundle that calls the operating system, and a later one will refuse it",
                        "java --enable-native-access=ALL-UNNAMED ...");
    }

    private Finding locks() {
        boolean writable = Files.exists(locks) ? Files.isWritable(locks) && Sysfs.names(locks).stream().allMatch(l -> Files.isWritable(locks.resolve(l)))
                : locks.getParent() != null && Files.isWritable(locks.getParent());
        return writable ? Finding.good("locks", locks.toString())
                : Finding.bad("locks", locks + ", or a file in it, cannot be written by " + USER, "mkdir -p %s && chown -R %s %s".formatted(locks, USER, locks));
    }

    private void device(Patient p, List<Finding> all) {
        all.add(p.traffic.isEmpty() ? Finding.good(p.name, "in nobody's use: " + driver(p.directory).map(d -> "bound to " + d).orElse("no driver is bound"))
                : Finding.bad(p.name, String.join(", ", p.traffic) + " carries this machine's traffic; name it in 'force' to take it all the same",
                        p.relieving));
        all.addAll(access.device(p, patients));
        if (!p.coherent) {
            all.add(Finding.bad(p.name, "its DMA is not coherent with the processor's caches, which Java cannot flush: it cannot be driven from here",
                    "use the kernel's driver"));
        }
    }

    static Optional<String> driver(Path directory) {
        return Sysfs.linkName(directory.resolve("driver"));
    }
}
