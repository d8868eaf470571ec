package net.linux;

import static net.linux.Tree.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxPciTest {
    private static final PciAddress CARD = at("0000:00:03.0");

    private Tree tree;
    private Path real;
    private FakeAccess access;
    private Lender lender;

    @BeforeEach
    void makeTree(@TempDir Path directory) throws IOException {
        tree = new Tree(directory);
        access = new FakeAccess(tree.root.resolve("run"));
        real = tree.function(CARD.toString(), 0x8086, 0x10fb, 0x020000);
        Tree.directory(tree.sysfs.resolve("bus/pci/drivers/ixgbe"));
        Tree.directory(tree.sysfs.resolve("bus/pci/drivers/vfio-pci"));
        Tree.link(real.resolve("driver"), tree.sysfs.resolve("bus/pci/drivers/ixgbe"));
        tree.group(real);
    }

    private LinuxPci pci(List<String> devices, String... force) {
        lender = new Lender(tree.sysfs.resolve("bus/pci"), tree.machine(), new AllowList(devices, List.of(force)), tree.root.resolve("run"), access,
                access.pci(), access);
        return new LinuxPci(new SysfsPci(tree.sysfs), lender);
    }

    private LinuxPci pci() {
        return pci(List.of("8086:10FB"));
    }

    private String driver() {
        return new KernelBinding(tree.sysfs.resolve("bus/pci"), tree.kernel).driver(CARD.toString()).orElse("none");
    }

    @Test
    void aNamedFunctionIsTakenFromItsDriverAndGivenBack() {
        LinuxPci pci = pci();
        assertThat(pci.restriction(CARD)).isEmpty();
        pci.write(CARD, 4, 2, 0x77);
        assertThat(pci.read(CARD, 0, 2)).isEqualTo(0x8086);
        pci.acquire(CARD);
        assertThat(driver()).isEqualTo("vfio-pci");
        assertThat(pci.restriction(CARD)).isEmpty();
        assertThat(pci.read(CARD, 0, 2)).isEqualTo(0x1234);
        pci.write(CARD, 4, 2, 0x88);
        assertThatThrownBy(() -> pci.acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.ALREADY_EXISTS));
        pci.release(CARD);
        pci.release(CARD);
        assertThat(driver()).isEqualTo("ixgbe");
        assertThat(pci.read(CARD, 0, 2)).isEqualTo(0x8086);
        assertThat(access.asked).containsExactly("open 0000:00:03.0 bound to vfio-pci", "listen 0000:00:03.0", "rested true", "write 88",
                "stop 0000:00:03.0", "close", "rested true");
        assertThatThrownBy(() -> pci.mapBar(CARD, 0, 0, 4096)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
    }

    @Test
    void whatFailsOfAnEndKeepsNeitherTheDriverNorTheNextFromIt() {
        LinuxPci pci = pci();
        pci.acquire(CARD);
        access.failure = new IllegalStateException("a thread is still inside");
        pci.release(CARD);
        assertThat(driver()).isEqualTo("ixgbe");
        access.failure = null;
        pci.acquire(CARD);
        assertThat(driver()).isEqualTo("vfio-pci");
        pci.release(CARD);
    }

    @Test
    void afterwardsNoDriverIsForcedUponIt() {
        LinuxPci pci = pci();
        pci.acquire(CARD);
        pci.release(CARD);
        assertThat(tree.kernel.written).contains("bus/pci/devices/0000:00:03.0/driver_override=").last().isEqualTo("bus/pci/drivers/ixgbe/bind=0000:00:03.0");
    }

    @Test
    void oneThatNobodyDroveIsLeftThatWay() throws IOException {
        Files.delete(real.resolve("driver"));
        LinuxPci pci = pci();
        pci.acquire(CARD);
        assertThat(driver()).isEqualTo("vfio-pci");
        pci.release(CARD);
        assertThat(driver()).isEqualTo("none");
    }

    @Test
    void oneThatVfioHasAlreadyNeedsNoWriteAndStaysThere() throws IOException {
        Files.delete(real.resolve("driver"));
        Tree.link(real.resolve("driver"), tree.sysfs.resolve("bus/pci/drivers/vfio-pci"));
        tree.kernel.readOnly = true;
        LinuxPci pci = pci();
        pci.acquire(CARD);
        pci.release(CARD);
        assertThat(driver()).isEqualTo("vfio-pci");
        assertThat(tree.kernel.written).isEmpty();
    }

    @Test
    void afterAKilledProcessTheNextOneRestores() throws IOException {
        LinuxPci killed = pci();
        killed.acquire(CARD);
        // What a killed process leaves: the driver, the note, and no lock.
        Path note = tree.root.resolve("run/0000:00:03.0");
        Path left = Files.copy(note, tree.root.resolve("left"));
        killed.release(CARD);
        Files.copy(left, note, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        new KernelBinding(tree.sysfs.resolve("bus/pci"), tree.kernel).bind(CARD.toString(), access.pci());
        LinuxPci next = pci();
        next.acquire(CARD);
        next.release(CARD);
        assertThat(driver()).isEqualTo("ixgbe");
    }

    @Test
    void twoProcessesNeverHaveOneFunction() {
        LinuxPci first = pci();
        first.acquire(CARD);
        assertThatThrownBy(() -> pci().acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY))
                .hasMessageContaining("process " + ProcessHandle.current().pid()).hasMessageContaining("0000:00:03.0");
        assertThat(driver()).isEqualTo("vfio-pci");
        first.release(CARD);
        pci().acquire(CARD);
    }

    @Test
    void aFunctionThatCannotBeHadGetsItsDriverBack() {
        access.refusal = new DevException(DevError.RESOURCE_BUSY, "group 7 is not viable");
        LinuxPci pci = pci();
        assertThatThrownBy(() -> pci.acquire(CARD)).isSameAs(access.refusal);
        assertThat(driver()).isEqualTo("ixgbe");
        access.refusal = null;
        pci.acquire(CARD);
    }

    @Test
    void whatStandsInTheWayOfBindingIsSaid() throws IOException {
        LinuxPci pci = pci();
        tree.kernel.readOnly = true;
        assertThatThrownBy(() -> pci.acquire(CARD)).hasMessageContaining("must be bound to vfio-pci by root").hasMessageContaining("driver_override");
        tree.kernel.readOnly = false;
        tree.kernel.broken = "vfio-pci";
        assertThatThrownBy(() -> pci.acquire(CARD)).hasMessageContaining("the kernel has bound nothing to it");
        assertThat(driver()).isEqualTo("ixgbe");
        Files.delete(tree.sysfs.resolve("bus/pci/drivers/vfio-pci"));
        assertThatThrownBy(() -> pci.acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("modprobe vfio-pci");
    }

    @Test
    void withoutAnIommuTheDriverIsLeftAlone() throws IOException {
        Files.delete(real.resolve("iommu_group"));
        assertThatThrownBy(() -> pci().acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("0000:00:03.0 is in no IOMMU group").hasMessageContaining("intel_iommu=on");
        assertThat(tree.kernel.written).isEmpty();
    }

    @Test
    void onlyNamedFunctionsAreLent() {
        tree.function("0000:00:04.0", 0x8086, 0x1533, 0x020000);
        LinuxPci byAddress = pci(List.of("0000:00:04.0"));
        assertThat(byAddress.restriction(at("0000:00:04.0"))).isEmpty();
        assertThat(byAddress.restriction(CARD)).contains("'devices' of net.linux").contains("ixgbe has it");
        assertThatThrownBy(() -> byAddress.acquire(CARD)).isInstanceOf(DevException.class);
        assertThat(tree.kernel.written).isEmpty();
    }

    @Test
    void oneThatCarriesTrafficNeedsForce() {
        tree.networkInterface(real, "eth0", "up");
        assertThat(pci().restriction(CARD)).as("merely up").isEmpty();
        Tree.write(tree.proc.resolve("net/route"), "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\nheader\n"
                + "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
        assertThat(pci().restriction(CARD)).isEqualTo("not taken: eth0 (up) carries this machine's traffic; name 0000:00:03.0 in 'force' of net.linux to take it all the same");
        assertThatThrownBy(() -> pci().acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
        assertThat(pci(List.of("8086:10fb"), "0000:00:03.0").restriction(CARD)).isEmpty();
    }

    @Test
    void anAddressBeyondTheLinkOrABridgeAboveIsTraffic() {
        tree.networkInterface(real, "eth0", "up");
        Tree.write(tree.proc.resolve("net/if_inet6"), "fe800000000000000000000000000001 02 40 20 80     eth0\n");
        assertThat(pci().restriction(CARD)).isEmpty();
        Tree.write(tree.proc.resolve("net/if_inet6"), "20010db8000000000000000000000001 02 40 00 80     eth0\n");
        assertThat(pci().restriction(CARD)).contains("eth0");
        Tree.write(tree.proc.resolve("net/if_inet6"), "");
        Tree.link(real.resolve("net/eth0/master"), Tree.directory(tree.sysfs.resolve("devices/virtual/net/br0")));
        assertThat(pci().restriction(CARD)).contains("eth0");
        Tree.link(real.resolve("net/eth0/upper_br0"), tree.sysfs.resolve("devices/virtual/net/br0"));
        Tree.link(real.resolve("net/eth0/upper_eth0.7"), Tree.directory(tree.sysfs.resolve("devices/virtual/net/eth0.7")));
        assertThat(new Interfaces(tree.sysfs, tree.proc).relieving(real)).isEqualTo(
                "ip link set eth0 nomaster && ip link delete eth0.7 && ip address flush dev eth0 && ip link set eth0 down");
    }

    @Test
    void whatTheKernelAskedForIsNotTakenAgainUntilItIsANewOne() throws IOException {
        LinuxPci pci = pci();
        pci.acquire(CARD);
        lender.wanted(CARD.toString());
        pci.release(CARD);
        assertThat(driver()).as("the kernel is about to remove it: nothing is bound").isEqualTo("vfio-pci");
        assertThat(pci.restriction(CARD)).contains("the kernel asked for it");
        Path link = tree.sysfs.resolve("bus/pci/devices/0000:00:03.0");
        Files.delete(link);
        Files.createFile(tree.root.resolve("takes the number of the link"));
        Tree.link(link, real);
        assertThat(pci.restriction(CARD)).isEmpty();
    }

    @Test
    void barsAreWhereTheKernelHasThem() {
        Tree.write(real.resolve("resource"), """
                0x00000000fe000000 0x00000000fe07ffff 0x0000000000140204
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x000000000000e000 0x000000000000e01f 0x0000000000040101
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x0000380000000000 0x0000380000003fff 0x000000000014220c
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x00000000fe080000 0x00000000fe0fffff 0x0000000000046200
                """);
        assertThat(pci().bars(CARD)).isEqualTo(Optional.of(List.of(new PciBar(0, PciBar.Type.MEMORY_64, false, 0xfe000000L, 0x80000),
                new PciBar(2, PciBar.Type.IO, false, 0xe000, 0x20), new PciBar(4, PciBar.Type.MEMORY_64, true, 0x380000000000L, 0x4000))));
        Tree.write(real.resolve("resource"), "garbage\n0x1 0x2\n");
        assertThat(pci().bars(CARD)).isEqualTo(Optional.of(List.of()));
    }

    @Test
    void aDirectoryWithoutRoomForLocksIsNamed() throws IOException {
        Files.write(tree.root.resolve("run"), new byte[0]);
        assertThatThrownBy(() -> pci().acquire(CARD)).hasMessageContaining("mkdir -p ").hasMessageContaining(tree.root.resolve("run").toString());
        assertThat(driver()).isEqualTo("ixgbe");
    }
}
