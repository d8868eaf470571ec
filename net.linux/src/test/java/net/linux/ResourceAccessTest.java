package net.linux;

import static net.linux.Tree.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PciAddress;
import net.api.host.DmaRequest;
import net.api.host.PciAccess;
import net.linux.device.ProcessId;
import net.linux.device.Sysfs;
import net.linux.resource.HugeMounts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices without VFIO, on a tree that is made up. */
class ResourceAccessTest {
    private static final PciAddress CARD = at("0000:00:03.0");
    private static final String NAME = CARD.toString();

    private Tree tree;
    private Path real;
    private Path huge;
    private LinuxHost host;

    @BeforeEach
    void makeTree(@TempDir Path directory) throws IOException {
        tree = new Tree(directory);
        real = tree.function(NAME, 0x8086, 0x10fb, 0x020000);
        Tree.directory(tree.sysfs.resolve("bus/pci/drivers/ixgbe"));
        Tree.link(real.resolve("driver"), tree.sysfs.resolve("bus/pci/drivers/ixgbe"));
        Tree.write(real.resolve("reset"), "");
        huge = HugeMounts.make(tree.proc, tree.root.resolve("huge"));
        host = host();
    }

    private LinuxHost host() {
        return new LinuxHost(tree.machine(), new AllowList(List.of(NAME), List.of()), tree.root.resolve("run"),
                new ResourceAccess(tree.machine(), tree.root.resolve("run")));
    }

    @AfterEach
    void end() {
        host.close();
    }

    private PciAccess pci() {
        return host.pci().orElseThrow();
    }

    private String driver() {
        return Sysfs.linkName(real.resolve("driver")).orElse("none");
    }

    @Test
    void aFunctionIsTakenFromItsDriverAndNoneGetsItMeanwhile() {
        pci().acquire(CARD);
        assertThat(driver()).isEqualTo("none");
        Path bind = tree.sysfs.resolve("bus/pci/drivers/ixgbe/bind");
        assertThatThrownBy(() -> tree.kernel.write(bind, NAME)).as("as modprobe does").isInstanceOf(IOException.class);
        pci().write(CARD, 4, 2, 6);
        assertThat(pci().read(CARD, 4, 2)).isEqualTo(6);
        pci().release(CARD);
        assertThat(driver()).isEqualTo("ixgbe");
        assertThat(pci().read(CARD, 4, 2)).as("bus mastering is off").isEqualTo(2);
        assertThat(Sysfs.text(real.resolve("driver_override"))).hasValue("(null)");
    }

    @Test
    void oneThatNobodyDroveIsLeftThatWay() throws IOException {
        Files.delete(real.resolve("driver"));
        pci().acquire(CARD);
        assertThat(Sysfs.text(real.resolve("driver_override"))).hasValue("hotnic");
        pci().release(CARD);
        assertThat(driver()).isEqualTo("none");
        assertThat(Sysfs.text(real.resolve("driver_override"))).hasValue("(null)");
    }

    @Test
    void onlyRootTakesIt() {
        tree.kernel.readOnly = true;
        assertThatThrownBy(() -> pci().acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("only root takes 0000:00:03.0").hasMessageContaining("driver_override");
    }

    @Test
    void behindAnIommuItIsRefused() {
        Path group = Tree.directory(tree.sysfs.resolve("kernel/iommu_groups/7"));
        Tree.link(real.resolve("iommu_group"), group);
        Tree.write(group.resolve("type"), "DMA-FQ\n");
        assertThatThrownBy(() -> pci().acquire(CARD)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("group 7, type DMA-FQ").hasMessageContaining("vfio");
        assertThat(driver()).isEqualTo("ixgbe");
        Tree.write(group.resolve("type"), "identity\n");
        pci().acquire(CARD);
        pci().release(CARD);
    }

    /** What a killed process leaves: no lock, a note, memory in files, the device running and bound to nothing. */
    private Path killed() throws IOException {
        pci().acquire(CARD);
        Path note = tree.root.resolve("run").resolve(NAME);
        String left = Files.readString(note).replace(ProcessId.OWN, ProcessHandle.current().pid() + "-1");
        pci().release(CARD);
        Files.writeString(note, left);
        Files.delete(real.resolve("driver"));
        Tree.write(real.resolve("driver_override"), "hotnic\n");
        return Files.createFile(huge.resolve("hotnic-" + ProcessHandle.current().pid() + "-1.0"));
    }

    @Test
    void afterAKillTheNextOneBringsTheDeviceToRestBeforeItsMemoryIsFreed() throws IOException {
        Path memory = killed();
        tree.function("0000:00:04.0", 0x8086, 0x10fb, 0x020000);
        LinuxHost other = new LinuxHost(tree.machine(), new AllowList(List.of("0000:00:04.0"), List.of()), tree.root.resolve("run"),
                new ResourceAccess(tree.machine(), tree.root.resolve("run")));
        other.pci().orElseThrow().acquire(at("0000:00:04.0"));
        assertThat(memory).as("the device may still write to it").exists();
        tree.kernel.failing.add("enable");
        Tree.write(real.resolve("enable"), "");
        assertThatThrownBy(() -> pci().acquire(CARD)).isInstanceOf(DevException.class).hasMessageContaining("enabled");
        other.pci().orElseThrow().release(at("0000:00:04.0"));
        other.pci().orElseThrow().acquire(at("0000:00:04.0"));
        assertThat(memory).as("it was not brought to rest").exists();
        tree.kernel.failing.clear();
        pci().acquire(CARD);
        assertThat(memory).doesNotExist();
        pci().release(CARD);
        assertThat(driver()).as("the killed process knew").isEqualTo("ixgbe");
        other.pci().orElseThrow().release(at("0000:00:04.0"));
        other.close();
    }

    @Test
    void withoutFramesThereIsNoMemory() {
        // The tree has no pagemap.
        assertThatThrownBy(() -> host.allocateDma(new DmaRequest("ring", 4096, 64, true, false))).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED)).hasMessageContaining("pagemap");
        assertThat(Sysfs.names(huge)).isEmpty();
    }
}
