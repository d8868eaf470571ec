package net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.linux.device.ProcessId;
import net.linux.device.Sysfs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxPlatformTest {
    private static final String NAME = "ethernet@3200c000";
    private static final String KERNEL_NAME = "3200c000.ethernet";

    private Tree tree;
    private Path real;
    private FakeAccess access;

    @BeforeEach
    void makeTree(@TempDir Path directory) {
        tree = new Tree(directory);
        access = new FakeAccess(tree.root.resolve("run"));
        Path node = tree.platform(KERNEL_NAME, "soc/" + NAME, "cdns,phytium-gem-1.0");
        real = tree.sysfs.resolve("devices/platform").resolve(KERNEL_NAME);
        Tree.write(node.resolve("reg"), ByteBuffer.allocate(12).putLong(0x3200c000L).putInt(0x2000).array());
        Tree.directory(tree.sysfs.resolve("bus/platform/drivers/macb"));
        Tree.directory(tree.sysfs.resolve("bus/platform/drivers/vfio-platform"));
        Tree.link(real.resolve("driver"), tree.sysfs.resolve("bus/platform/drivers/macb"));
        tree.group(real);
    }

    private LinuxPlatform platform(String... devices) {
        return new LinuxPlatform(new SysfsPlatform(tree.sysfs), new Lender(tree.sysfs.resolve("bus/platform"), tree.machine(),
                new AllowList(List.of(devices), List.of()), tree.root.resolve("run"), access, access.platform(), access));
    }

    private String driver() {
        return Sysfs.linkName(real.resolve("driver")).orElse("none");
    }

    @Test
    void aNamedNodeIsTakenFromItsDriverAndGivenBack() {
        LinuxPlatform platform = platform(NAME);
        assertThat(platform.restriction(NAME)).isEmpty();
        platform.acquire(NAME);
        assertThat(driver()).isEqualTo("vfio-platform");
        platform.mapRegion(NAME, 0);
        assertThatThrownBy(() -> platform.mapRegion(NAME, 1)).isInstanceOf(DevException.class).hasMessageContaining("window 1; it has 1");
        assertThat(platform.openInterrupts(NAME, 4)).isEmpty();
        assertThat(platform.releaseStopsDma(NAME)).isTrue();
        platform.release(NAME);
        assertThat(driver()).isEqualTo("macb");
        assertThat(access.asked).containsExactly("open 3200c000.ethernet bound to vfio-platform", "listen ethernet@3200c000", "rested true", "map 0 of 0x2000",
                "stop ethernet@3200c000", "close", "rested true");
    }

    @Test
    void oneThatIsNotNamedIsListedOnly() {
        LinuxPlatform platform = platform("ethernet@1");
        assertThat(platform.restriction(NAME)).isEqualTo("listed only: the kernel's driver macb has it; name it in 'devices' of net.linux to drive it from here");
        assertThatThrownBy(() -> platform.acquire(NAME)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
        assertThatThrownBy(() -> platform.mapRegion(NAME, 0)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        assertThat(tree.kernel.written).isEmpty();
    }

    @Test
    void itsInterfaceMayCarryTraffic() {
        tree.networkInterface(real, "eth0", "up");
        Tree.write(tree.proc.resolve("net/if_inet6"), "20010db8000000000000000000000001 02 40 00 80     eth0\n");
        assertThat(platform(NAME).restriction(NAME)).startsWith("not taken: eth0 (up)");
    }

    @Test
    void aKernelWithoutADriverForItIsOneMessage() throws Exception {
        java.nio.file.Files.delete(tree.sysfs.resolve("bus/platform/drivers/vfio-platform"));
        LinuxPlatform platform = platform(NAME);
        assertThatThrownBy(() -> platform.acquire(NAME)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessage("3200c000.ethernet needs the kernel's driver vfio-platform, which is not loaded: modprobe vfio-platform; or else");
        assertThat(driver()).isEqualTo("macb");
        for (Access real : List.of(new VfioAccess(tree.machine()), new ResourceAccess(tree.machine(), tree.root))) {
            assertThat(real.platform().otherwise()).as(real.platform().kernelDriver()).contains("a kernel without");
        }
    }

    @Test
    void oneThatNothingStopsIsAtRestOnlyWhenItWasReleased() {
        access.atRest = false;
        LinuxPlatform platform = platform(NAME);
        Tree.write(tree.root.resolve("run").resolve(KERNEL_NAME), "process 7-7\n");
        platform.acquire(NAME);
        assertThat(platform.releaseStopsDma(NAME)).isFalse();
        assertThat(FunctionLock.processes(tree.root.resolve("run"))).as("what process 7 left may still be written to")
                .containsExactlyInAnyOrder("7-7", ProcessId.OWN);
        platform.release(NAME);
        assertThat(access.asked).containsExactly("open 3200c000.ethernet bound to vfio-platform", "listen ethernet@3200c000", "stop ethernet@3200c000", "close",
                "rested true");
        assertThat(FunctionLock.processes(tree.root.resolve("run"))).isEmpty();
    }
}
