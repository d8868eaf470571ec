package net.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.linux.doctor.Examination.Patient;
import net.linux.resource.HugeMounts;
import net.linux.vfio.Memlock;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCheckTest {
    private static final Memlock LITTLE = new Memlock(65536, 0, false);

    @TempDir
    private Path directory;

    private Doctor doctor(AccessFindings access) {
        Patient ill = new Patient("0000:03:00.0", directory, List.of("eth0 (up)"), "ip link set eth0 down", true);
        return () -> Optional.of(new Examination(directory, true, access, List.of(ill)));
    }

    private Doctor vfio() {
        return doctor(new VfioFindings(directory, directory, LITTLE));
    }

    private static List<HealthCheck> all(Doctor d) {
        return List.of(new MachineChecks.NativeAccess(d), new MachineChecks.Iommu(d), new MachineChecks.Vfio(d), new MachineChecks.Safety(d),
                new MachineChecks.LockedMemory(d), new MachineChecks.HugePages(d), new MachineChecks.Locks(d), new MachineChecks.Devices(d));
    }

    @Test
    void eachCheckIsAsBadAsWhatItLooksAt() throws Exception {
        assertThat(all(vfio())).extracting(c -> c.execute().getStatus()).containsExactly(Result.Status.OK, Result.Status.CRITICAL, Result.Status.CRITICAL,
                Result.Status.OK, Result.Status.CRITICAL, Result.Status.WARN, Result.Status.OK, Result.Status.CRITICAL);
        Result devices = new MachineChecks.Devices(vfio()).execute();
        assertThat(devices.toString()).contains("0000:03:00.0").contains("eth0 (up)").doesNotContain("memlock");
        assertThat(new MachineChecks.Vfio(vfio()).execute().toString()).contains("modprobe vfio-pci");
        Path pool = Files.createDirectories(directory.resolve("kernel/mm/hugepages/hugepages-2048kB"));
        Files.writeString(pool.resolve("free_hugepages"), "3\n");
        assertThat(new MachineChecks.HugePages(vfio()).execute().getStatus()).isEqualTo(Result.Status.OK);
    }

    @Test
    void everyFindingIsInOneCheck() throws Exception {
        HugeMounts.make(directory.resolve("proc"), directory.resolve("huge"));
        for (Doctor d : List.of(vfio(), doctor(new ResourceFindings(directory, directory.resolve("proc"), List.of())))) {
            for (Finding f : d.examination().orElseThrow().findings()) {
                assertThat(all(d)).as(f.what()).filteredOn(c -> c.execute().toString().contains(f.what() + ": " + f.state())).hasSize(1);
            }
        }
    }

    @Test
    void withoutDevicesNothingIsWrong() {
        assertThat(all(Optional::empty)).extracting(c -> c.execute().getStatus()).containsOnly(Result.Status.OK);
    }
}
