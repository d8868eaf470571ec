package net.linux;

import static net.linux.Tree.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PciAddress;
import net.api.host.PciAccess;
import net.api.host.PciAccess.Root;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsPciTest {
    private Tree tree;
    private PciAccess pci;

    @BeforeEach
    void makeTree(@TempDir Path directory) {
        tree = new Tree(directory);
        pci = tree.host().pci().orElseThrow();
    }

    @Test
    void configurationSpaceIsReadLittleEndianInEveryWidth() {
        tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        PciAddress f = at("0000:00:03.0");
        assertThat(pci.read(f, 0, 4)).isEqualTo(0x10411af4);
        assertThat(pci.read(f, 2, 2)).isEqualTo(0x1041);
        assertThat(pci.read(f, 0, 1)).isEqualTo(0xf4);
        assertThat(pci.read(f, 8, 4)).isEqualTo(0x02000000);
    }

    @Test
    void beyondWhatTheKernelGivesEverythingIsOnes() {
        Path real = tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        Tree.write(real.resolve("config"), Arrays.copyOf(Tree.header(0x1af4, 0x1041, 0x020000, 0), 64));
        PciAddress f = at("0000:00:03.0");
        assertThat(pci.read(f, 60, 4)).isZero();
        assertThat(pci.read(f, 64, 4)).isEqualTo(-1);
        assertThat(pci.read(f, 64, 2)).isEqualTo(0xffff);
        assertThat(pci.read(f, 4095, 1)).isEqualTo(0xff);
        Tree.write(real.resolve("config"), new byte[62]);
        assertThat(pci.read(f, 60, 2)).isZero();
        assertThat(pci.read(f, 60, 4)).isEqualTo(-1);
        assertThatThrownBy(() -> pci.read(f, 4096, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> pci.read(f, -4, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aFunctionWithoutReadableConfigIsNotThere() throws IOException {
        Path real = tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        Files.delete(real.resolve("config"));
        Files.createDirectory(real.resolve("config"));
        assertThat(pci.read(at("0000:00:03.0"), 0, 4)).isEqualTo(-1);
        assertThat(pci.read(at("0000:00:04.0"), 0, 2)).isEqualTo(0xffff);
        assertThat(pci.read(at("0000:00:04.0"), 0, 1)).isEqualTo(0xff);
    }

    @Test
    void writingChangesNothing() throws IOException {
        tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        Map<String, String> before = tree.content();
        pci.write(at("0000:00:03.0"), 4, 2, 0x0406);
        pci.write(at("0000:00:03.0"), 0x10, 4, -1);
        pci.release(at("0000:00:03.0"));
        assertThat(tree.content()).isEqualTo(before);
    }

    @Test
    void aBusThatNoBridgeLeadsToIsARoot() {
        tree.function("0000:00:00.0", 0x8086, 0x1237, 0x060000);
        tree.bridge("0000:00:1c.0", 1, 3);
        tree.function("0000:01:00.0", 0x8086, 0x10fb, 0x020000);
        tree.function("0000:03:00.0", 0x8086, 0x10fb, 0x020000);
        tree.bridge("0000:01:01.0", 3, 3);
        tree.function("0000:80:00.0", 0x8086, 0x10fb, 0x020000);
        tree.function("0001:00:00.0", 0x8086, 0x10fb, 0x020000);
        assertThat(pci.roots()).containsExactly(new Root(0, 0, 3), new Root(0, 0x80, 0x80), new Root(1, 0, 0));
        assertThat(pci.windows()).isEmpty();
    }

    @Test
    void bridgesWithImpossibleBusNumbersHideNothing() {
        tree.bridge("0000:00:01.0", 0, 0);
        tree.bridge("0000:02:01.0", 1, 1);
        tree.bridge("0000:01:01.0", 2, 0);
        assertThat(pci.roots()).extracting(Root::firstBus).containsExactly(0, 1, 2);
    }

    @Test
    void namesThatAreNoAddressesArePassedOver() {
        Tree.directory(tree.sysfs.resolve("bus/pci/devices/10000:00:00.0"));
        Tree.directory(tree.sysfs.resolve("bus/pci/devices/0000:00:00.8"));
        Tree.directory(tree.sysfs.resolve("bus/pci/devices/0000:00:20.0"));
        Tree.directory(tree.sysfs.resolve("bus/pci/devices/garbage"));
        assertThat(pci.roots()).isEmpty();
    }

    @Test
    void virtualFunctionsAreFoundUnderTheIdsThatTheKernelKnows() {
        for (String address : new String[] {"0000:02:10.0", "0000:02:10.2"}) {
            Path vf = tree.function(address, 0xffff, 0xffff, 0x020000);
            Tree.write(vf.resolve("vendor"), "0x8086\n");
            Tree.write(vf.resolve("device"), "0x10ed\n");
            Tree.directory(vf.resolve("physfn"));
        }
        PciAddress first = at("0000:02:10.0");
        assertThat(pci.read(first, 0, 4)).isEqualTo(0x10ed8086);
        assertThat(pci.read(first, 0, 2)).isEqualTo(0x8086);
        assertThat(pci.read(first, 2, 2)).isEqualTo(0x10ed);
        assertThat(pci.read(first, 1, 1)).isEqualTo(0x80);
        assertThat(pci.read(first, 0x0e, 1) & 0x80).as("multi-function").isEqualTo(0x80);
        assertThat(pci.read(first, 0x0c, 4) >> 16 & 0x80).isEqualTo(0x80);
        assertThat(pci.read(first, 0x0c, 2)).isZero();
        assertThat(pci.read(at("0000:02:10.2"), 0x0e, 1) & 0x80).isZero();
    }

    @Test
    void aSingleFunctionStaysSingle() {
        tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        tree.function("0000:00:04.0", 0x1af4, 0x1041, 0x020000);
        assertThat(pci.read(at("0000:00:03.0"), 0x0e, 1)).isZero();
    }

    @Test
    void whatComesAndGoesIsSeenAtTheNextLook() throws IOException {
        assertThat(pci.roots()).isEmpty();
        tree.function("0000:05:00.0", 0x1af4, 0x1041, 0x020000);
        assertThat(pci.roots()).containsExactly(new Root(0, 5, 5));
        Files.delete(tree.sysfs.resolve("bus/pci/devices/0000:05:00.0"));
        assertThat(pci.roots()).isEmpty();
        assertThat(pci.read(at("0000:05:00.0"), 0, 4)).isEqualTo(-1);
    }

    @Test
    void driversAreRefusedInWords() {
        Path real = tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        PciAddress f = at("0000:00:03.0");
        assertThat(pci.restriction(f)).isEqualTo("listed only: name it in 'devices' of net.linux to drive it from here");
        Tree.link(real.resolve("driver"), tree.sysfs.resolve("bus/pci/drivers/virtio-pci"));
        assertThat(pci.restriction(f))
                .isEqualTo("listed only: the kernel's driver virtio-pci has it; name it in 'devices' of net.linux to drive it from here");
        assertThatThrownBy(() -> pci.acquire(f)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY))
                .hasMessageContaining("linux/0000:00:03.0").hasMessageContaining("virtio-pci");
        assertThatThrownBy(() -> pci.mapBar(f, 0, 0, 4096)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> pci.openInterrupts(f, 1)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> pci.openMessage(f)).isInstanceOf(DevException.class);
    }

    @Test
    void garbageInEveryFileIsSurvived() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] config = new byte[random.nextInt(300)];
            random.nextBytes(config);
            String address = "%04x:%02x:%02x.%d".formatted(random.nextInt(2), random.nextInt(4), random.nextInt(32), random.nextInt(8));
            Path real = Tree.directory(tree.sysfs.resolve("devices").resolve(address));
            for (String file : new String[] {"config", "vendor", "device", "numa_node", "driver", "iommu_group"}) {
                Tree.write(real.resolve(file), config);
            }
            if (!Files.exists(tree.sysfs.resolve("bus/pci/devices").resolve(address))) {
                Tree.link(tree.sysfs.resolve("bus/pci/devices").resolve(address), real);
            }
            assertThat(pci.roots()).as("seed %d", seed).allSatisfy(r -> assertThat(r.firstBus()).isBetween(0, r.lastBus()));
            assertThat(tree.host().describe(address)).as("seed %d", seed).doesNotContainKey("device.kernel.driver");
        }
    }
}
