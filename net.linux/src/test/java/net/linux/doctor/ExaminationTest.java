package net.linux.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.linux.doctor.Examination.Patient;
import net.linux.doctor.Finding.Health;
import net.linux.vfio.Memlock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExaminationTest {
    private static final Memlock PLENTY = new Memlock(Long.MAX_VALUE, 0, false);

    private Path sysfs;
    private Path dev;
    private Path locks;
    private Path card;

    @BeforeEach
    void makeAHealthyMachine(@TempDir Path directory) throws Exception {
        sysfs = directory.resolve("sys");
        dev = directory.resolve("dev");
        locks = Files.createDirectories(directory.resolve("run"));
        Files.createDirectories(sysfs.resolve("bus/pci/drivers/vfio-pci"));
        Files.createDirectories(sysfs.resolve("module/vfio_iommu_type1"));
        Files.createDirectories(dev.resolve("vfio"));
        Files.createFile(dev.resolve("vfio/vfio"));
        card = Files.createDirectories(sysfs.resolve("bus/pci/devices/0000:03:00.0"));
        Path group = Files.createDirectories(sysfs.resolve("kernel/iommu_groups/7/devices"));
        Files.createSymbolicLink(card.resolve("iommu_group"), group.getParent());
        Files.createSymbolicLink(card.resolve("driver"), sysfs.resolve("bus/pci/drivers/ixgbe"));
        Files.createSymbolicLink(group.resolve("0000:03:00.0"), card);
        hugePages(8);
    }

    private void hugePages(int free) throws Exception {
        Path pool = Files.createDirectories(sysfs.resolve("kernel/mm/hugepages/hugepages-2048kB"));
        Files.writeString(pool.resolve("nr_hugepages"), "9\n");
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
    }

    private Examination examination(Memlock memlock, boolean nativeAccess, Patient... patients) {
        return new Examination(locks, nativeAccess, new VfioFindings(sysfs, dev, memlock), List.of(patients));
    }

    private Patient patient(List<String> traffic, boolean coherent) {
        return new Patient("0000:03:00.0", card, traffic, traffic.isEmpty() ? "" : "ip link set eth0 down", coherent);
    }

    private List<Finding> ill() {
        return examination(PLENTY, true, patient(List.of(), true)).findings().stream().filter(f -> f.health() != Health.GOOD).toList();
    }

    @Test
    void aHealthyMachineHasNothingToMend() {
        List<Finding> findings = examination(PLENTY, true, patient(List.of(), true)).findings();
        assertThat(findings).allSatisfy(f -> {
            assertThat(f.health()).as(f.what()).isEqualTo(Health.GOOD);
            assertThat(f.remedy()).isEmpty();
        });
        assertThat(findings).extracting(Finding::what).containsExactly("native access", "IOMMU", "VFIO", "memlock", "huge pages", "locks", "0000:03:00.0");
        assertThat(findings.getLast().state()).isEqualTo("in nobody's use: bound to ixgbe");
    }

    private static void assertOne(List<Finding> ill, Health health, String what, String state, String remedy) {
        assertThat(ill).singleElement().satisfies(f -> {
            assertThat(f.health()).isEqualTo(health);
            assertThat(f.what()).isEqualTo(what);
            assertThat(f.state()).contains(state);
            assertThat(f.remedy()).isEqualTo(remedy);
        });
    }

    @Test
    void hugePagesThatAreAllTakenAreAdvised() throws Exception {
        hugePages(0);
        assertOne(ill(), Health.FAIR, "huge pages", "0 of 9 free", "sysctl vm.nr_hugepages=64");
    }

    @Test
    void aMissingModuleIsNamed() throws Exception {
        Files.delete(sysfs.resolve("bus/pci/drivers/vfio-pci"));
        assertOne(ill(), Health.BAD, "VFIO", "vfio-pci is not loaded", "modprobe vfio-pci");
        Files.createDirectories(sysfs.resolve("bus/pci/drivers/vfio-pci"));
        Files.delete(dev.resolve("vfio/vfio"));
        assertOne(ill(), Health.BAD, "VFIO", "vfio/vfio is not there", "modprobe vfio-pci");
    }

    @Test
    void theIommusModuleIsNeededUnlessThereIsIommufd() throws Exception {
        Files.delete(sysfs.resolve("module/vfio_iommu_type1"));
        assertOne(ill(), Health.BAD, "VFIO", "vfio_iommu_type1 is not loaded", "modprobe vfio_iommu_type1");
        Files.createFile(dev.resolve("iommu"));
        assertThat(ill()).isEmpty();
    }

    @Test
    void unsafeInterruptsAreTold() throws Exception {
        Path parameters = Files.createDirectories(sysfs.resolve("module/vfio_iommu_type1/parameters"));
        Files.writeString(parameters.resolve("allow_unsafe_interrupts"), "Y\n");
        assertOne(ill(), Health.FAIR, "VFIO", "allow_unsafe_interrupts is on", "echo N > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
    }

    @Test
    void anIommuThatIsOffIsToldOnce() throws Exception {
        Files.delete(card.resolve("iommu_group"));
        Files.delete(sysfs.resolve("kernel/iommu_groups/7/devices/0000:03:00.0"));
        Files.delete(sysfs.resolve("kernel/iommu_groups/7/devices"));
        Files.delete(sysfs.resolve("kernel/iommu_groups/7"));
        assertThat(ill()).singleElement().satisfies(f -> {
            assertThat(f.what()).isEqualTo("IOMMU");
            assertThat(f.state()).contains("intel_iommu=on");
        });
    }

    @Test
    void aNeighbourInTheGroupIsNamedWithItsDriver() throws Exception {
        Path neighbour = Files.createDirectories(sysfs.resolve("bus/pci/devices/0000:03:00.1"));
        Files.createSymbolicLink(neighbour.resolve("driver"), sysfs.resolve("bus/pci/drivers/ahci"));
        Files.createSymbolicLink(sysfs.resolve("kernel/iommu_groups/7/devices/0000:03:00.1"), neighbour);
        assertOne(ill(), Health.BAD, "0000:03:00.0", "0000:03:00.1 in it is the kernel's (ahci)", "echo 0000:03:00.1 > /sys/bus/pci/devices/0000:03:00.1/driver/unbind");
        Files.delete(neighbour.resolve("driver"));
        assertThat(ill()).isEmpty();
        Files.createSymbolicLink(neighbour.resolve("driver"), sysfs.resolve("bus/pci/drivers/vfio-pci"));
        assertThat(ill()).isEmpty();
    }

    @Test
    void traffickedAndIncoherentDevicesAreRefusedInWords() {
        List<Finding> all = examination(PLENTY, true, patient(List.of("eth0 (up, default route)"), false)).findings();
        assertThat(all).filteredOn(f -> f.what().equals("0000:03:00.0")).extracting(Finding::health).containsExactly(Health.BAD, Health.BAD);
        assertThat(all).anySatisfy(f -> assertThat(f.state()).contains("eth0 (up, default route) carries").contains("'force'"));
        assertThat(all).anySatisfy(f -> assertThat(f.state()).contains("not coherent"));
    }

    @Test
    void aPlatformDeviceNeedsADriverOfItsOwn() throws Exception {
        Path node = Files.createDirectories(sysfs.resolve("bus/platform/devices/3200c000.ethernet"));
        Patient ethernet = new Patient("ethernet@3200c000", node, List.of(), "", true);
        assertThat(new VfioFindings(sysfs, dev, PLENTY).device(ethernet, List.of(ethernet))).containsExactly(Finding.bad("ethernet@3200c000",
                "the module vfio-platform is not loaded", "modprobe vfio-platform"));
        assertThat(new ResourceFindings(sysfs, sysfs, List.of()).device(ethernet, List.of(ethernet))).extracting(Finding::remedy).containsExactly("modprobe uio_pdrv_genirq");
        for (String driver : List.of("vfio-platform", "uio_pdrv_genirq")) {
            Files.createDirectories(sysfs.resolve("bus/platform/drivers").resolve(driver));
        }
        assertThat(new VfioFindings(sysfs, dev, PLENTY).device(ethernet, List.of(ethernet))).isEmpty();
        assertThat(new ResourceFindings(sysfs, sysfs, List.of()).device(ethernet, List.of(ethernet))).isEmpty();
    }

    @Test
    void limitsFlagsAndLocksAreLookedAt() throws Exception {
        List<Finding> all = examination(new Memlock(65536, 0, false), false).findings();
        assertThat(all).filteredOn(f -> f.health() == Health.BAD).extracting(Finding::what).containsExactly("native access", "memlock");
        assertThat(all).filteredOn(f -> f.health() == Health.FAIR).extracting(Finding::what).containsExactly("devices");
        assertThat(examination(new Memlock(65536, 0, true), true).findings()).noneMatch(f -> f.what().equals("memlock") && f.health() != Health.GOOD);
        Files.delete(locks);
        assertThat(ill()).as("it is made when it is needed").isEmpty();
        locks = Path.of("/proc/nowhere/run");
        assertThat(ill()).singleElement().satisfies(f -> assertThat(f.remedy()).isEqualTo("mkdir -p /proc/nowhere/run && chown -R %1$s /proc/nowhere/run".formatted(System.getProperty("user.name"))));
    }

    @Test
    void aFindingIsALineAndItsRemedyAnother() {
        assertThat(new FindingFormat().format(List.of(Finding.good("locks", "there"), Finding.bad("VFIO", "not loaded", "modprobe vfio-pci")), 0, null).toString())
                .isEqualTo("good  locks: there\nbad   VFIO: not loaded\n      modprobe vfio-pci");
    }
}
