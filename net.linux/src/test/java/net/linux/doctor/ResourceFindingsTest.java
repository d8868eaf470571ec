package net.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.linux.doctor.Examination.Patient;
import net.linux.doctor.Finding.Health;
import net.linux.resource.HugeMounts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceFindingsTest {
    private Path sysfs;
    private Path proc;
    private Path huge;
    private final List<String> abandoned = new ArrayList<>();
    private ResourceFindings findings;

    @BeforeEach
    void makeTree(@TempDir Path directory) throws Exception {
        sysfs = directory.resolve("sys");
        proc = directory.resolve("proc");
        huge = HugeMounts.make(proc, directory.resolve("huge"));
        hugePages(3);
        findings = new ResourceFindings(sysfs, proc, abandoned);
    }

    private void hugePages(int free) throws Exception {
        Path pool = Files.createDirectories(sysfs.resolve("kernel/mm/hugepages/hugepages-2048kB"));
        Files.writeString(pool.resolve("nr_hugepages"), "9\n");
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
    }

    private Finding of(String what) {
        return findings.machine().stream().filter(f -> f.what().equals(what)).findFirst().orElseThrow();
    }

    @Test
    void thatItIsUnsafeIsSaidFirst() {
        Finding first = findings.machine().getFirst();
        assertThat(first.health()).isEqualTo(Health.BAD);
        assertThat(first.state()).contains("unsafe").contains("all of this machine's memory").contains("polled");
        assertThat(findings.machine()).extracting(Finding::what).containsExactly("access", "addresses", "huge pages");
    }

    @Test
    void hugePagesAreNecessary() throws Exception {
        assertThat(of("huge pages").health()).isEqualTo(Health.GOOD);
        hugePages(0);
        assertThat(of("huge pages")).isEqualTo(Finding.bad("huge pages", "2 MiB pages: 0 of 9 free: without VFIO there is no other memory for devices",
                "echo 41 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"));
        Files.delete(proc.resolve("self/mounts"));
        assertThat(of("huge pages").remedy()).isEqualTo("mkdir -p /dev/hugepages && mount -t hugetlbfs none /dev/hugepages");
    }

    @Test
    void whatTheKernelDoesNotTellIsBad() {
        assertThat(of("addresses").health()).isEqualTo(Health.BAD);
        assertThat(of("addresses").state()).contains("pagemap");
    }

    @Test
    void memoryOfAKilledProcessIsNamed() throws Exception {
        Path left = Files.createFile(huge.resolve("hotnic-" + ProcessHandle.current().pid() + "-1.0"));
        assertThat(of("left memory")).isEqualTo(Finding.fair("left memory",
                "1 files of a process that was killed wait until its devices are taken again", "rm " + left));
    }

    @Test
    void memoryIsFreedWhenNoDeviceWritesToItAnyMore() throws Exception {
        Path left = Files.createFile(huge.resolve("hotnic-" + ProcessHandle.current().pid() + "-1.0"));
        Path running = Files.createDirectories(sysfs.resolve("bus/pci/devices/0000:03:00.0"));
        Path taken = Files.createDirectories(sysfs.resolve("bus/pci/devices/0000:04:00.0"));
        Files.createSymbolicLink(taken.resolve("driver"), Path.of("ixgbe"));
        abandoned.addAll(List.of("0000:03:00.0", "0000:04:00.0", "0000:05:00.0"));
        assertThat(of("left memory").remedy()).isEqualTo("echo 0 > " + running.resolve("enable") + " && rm " + left);
        Files.createDirectories(sysfs.resolve("bus/platform/devices/3200c000.ethernet"));
        abandoned.add("3200c000.ethernet");
        assertThat(of("left memory").remedy()).isEqualTo("a start with 3200c000.ethernet, which only its driver can stop");
    }

    @Test
    void aDeviceBehindAnIommuCannotBeHadThisWay() throws Exception {
        Path card = Files.createDirectories(sysfs.resolve("bus/pci/devices/0000:03:00.0"));
        Patient patient = new Patient("0000:03:00.0", card, List.of(), "", true);
        assertThat(findings.device(patient, List.of(patient))).isEmpty();
        Path group = Files.createDirectories(sysfs.resolve("kernel/iommu_groups/7"));
        Files.createSymbolicLink(card.resolve("iommu_group"), group);
        Files.writeString(group.resolve("type"), "identity\n");
        assertThat(findings.device(patient, List.of(patient))).isEmpty();
        Files.writeString(group.resolve("type"), "DMA\n");
        assertThat(findings.device(patient, List.of(patient))).singleElement().satisfies(f -> assertThat(f.state()).contains("type DMA"));
    }
}
