package net.linux.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.DmaRequest;
import net.linux.device.HostMemory;
import net.linux.device.HugePages;
import net.linux.device.IovaSpace;
import net.linux.device.Placement.Placed;
import net.linux.device.Signal;
import net.linux.sys.Mappings;
import net.linux.sys.StrictMappings;
import net.linux.sys.SystemCallException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VfioTest {
    private static final String NAME = "0000:00:03.0";

    private final FakeVfio kernel = new FakeVfio();
    private final Arena arena = Arena.ofShared();
    private Path dev;
    private Path sysfs;
    private Path card;
    private VfioHost host;

    @BeforeEach
    void makeTree(@TempDir Path directory) throws IOException {
        dev = directory.resolve("dev");
        sysfs = directory.resolve("sys");
        card = FakeVfio.function(sysfs, NAME, 7, "vfio-pci");
        Mappings mappings = new StrictMappings() {
            @Override
            public MemorySegment map(int fd, long offset, long size, Arena a) {
                return a.allocate(size, 4096);
            }
        };
        host = new VfioHost(kernel, mappings, dev, sysfs, new IovaSpace());
    }

    @AfterEach
    void end() {
        host.close();
        arena.close();
        assertThat(kernel.open).as("descriptors that nobody closed").isEmpty();
    }

    private Placed place(long size) {
        return host.place(new DmaRequest("pool default", size, 4096, true, false), arena.allocate(size, 4096), 4096);
    }

    @Test
    void memoryIsMappedAsLongAsThereIsADevice() {
        Placed early = place(8192);
        assertThat(kernel.requests).isEmpty();
        VfioDevice device = host.open(card, NAME);
        assertThat(kernel.mapped).containsExactly(entry(early.iova(0), 8192));
        Placed late = place(4096);
        assertThat(kernel.mapped).containsOnlyKeys(early.iova(0), late.iova(0));
        late.remove();
        assertThat(kernel.mapped).containsOnlyKeys(early.iova(0));
        device.close();
        device.close();
        assertThat(kernel.mapped).isEmpty();
        early.remove();
        VfioDevice again = host.open(card, NAME);
        assertThat(kernel.mapped).isEmpty();
        again.close();
    }

    private static java.util.Map.Entry<Long, Long> entry(long key, long value) {
        return java.util.Map.entry(key, value);
    }

    @Test
    void memoryOfAnApplicationIsOneMappingAmongTheOthers() {
        HostMemory memory = new HostMemory(Mappings.SYSTEM, new HugePages(sysfs), host);
        VfioDevice device = host.open(card, NAME);
        MemorySegment frames = arena.allocate(12288, 4096);
        DmaMemory shown = memory.map("frames", frames);
        assertThat(kernel.mapped).containsExactly(entry(shown.iova(0), 12288));
        kernel.failing.put("VFIO_IOMMU_MAP_DMA", SystemCallException.ENOSPC);
        assertThatThrownBy(() -> memory.map("more frames", frames)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY))
                .hasMessageContaining("more frames").hasMessageContaining("dma_entry_limit");
        shown.close();
        assertThat(kernel.mapped).isEmpty();
        device.close();
    }

    @Test
    void devicesOfOneGroupShareItAndOthersTheContainer() throws IOException {
        Path sibling = FakeVfio.function(sysfs, "0000:00:03.1", 7, "vfio-pci");
        Path other = FakeVfio.function(sysfs, "0000:00:04.0", 9, "vfio-pci");
        place(4096);
        VfioDevice a = host.open(card, NAME);
        VfioDevice b = host.open(sibling, "0000:00:03.1");
        VfioDevice c = host.open(other, "0000:00:04.0");
        assertThat(kernel.requests).filteredOn(r -> r.equals("VFIO_SET_IOMMU") || r.equals("VFIO_IOMMU_MAP_DMA")).hasSize(2);
        assertThat(kernel.open.values()).filteredOn(p -> p.endsWith("vfio/7")).hasSize(1);
        a.close();
        b.close();
        assertThat(kernel.open.values()).noneMatch(p -> p.endsWith("vfio/7"));
        assertThat(kernel.mapped).isNotEmpty();
        c.close();
        assertThat(kernel.mapped).isEmpty();
    }

    private void withIommufd() throws IOException {
        Files.createDirectories(card.resolve("vfio-dev/vfio0"));
        Files.createDirectories(dev.resolve("vfio/devices"));
        Files.createFile(dev.resolve("vfio/devices/vfio0"));
        Files.createFile(dev.resolve("iommu"));
    }

    @Test
    void iommufdIsTakenWhereTheKernelHasIt() throws IOException {
        withIommufd();
        Placed memory = place(4096);
        VfioDevice device = host.open(card, NAME);
        assertThat(kernel.mapped).containsExactly(entry(memory.iova(0), 4096));
        assertThat(kernel.requests).containsSubsequence("VFIO_DEVICE_BIND_IOMMUFD", "VFIO_DEVICE_ATTACH_IOMMUFD_PT", "IOMMU_IOAS_MAP");
        memory.remove();
        assertThat(kernel.mapped).isEmpty();
        device.close();
        kernel.failing.put("VFIO_DEVICE_BIND_IOMMUFD", SystemCallException.EBUSY);
        assertThatThrownBy(() -> host.open(card, NAME)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
    }

    @Test
    void aContainerThatCannotBeHadLeavesNothingOpen() {
        kernel.failing.put("VFIO_CHECK_EXTENSION", SystemCallException.EINVAL);
        assertRefused(DevError.IO, "VFIO gives no container", "VFIO_CHECK_EXTENSION");
        assertThat(kernel.open).isEmpty();
        kernel.failing.clear();
        host.open(card, NAME).close();
    }

    @Test
    void afterItsEndADeviceUsesNoFile() {
        VfioDevice device = host.open(card, NAME);
        kernel.config[0] = 0x34;
        assertThat(device.configRead(0, 1)).isEqualTo(0x34);
        device.close();
        int before = kernel.requests.size();
        assertThat(device.configRead(0, 2)).isEqualTo(0xffff);
        device.configWrite(4, 2, 7);
        assertThatThrownBy(() -> device.map(0, 4096)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.BAD_STATE));
        assertThat(kernel.requests).hasSize(before);
        assertThat(kernel.config[4]).isZero();
    }

    @Test
    void whatIsMissingIsSaidWithItsRemedy() throws IOException {
        kernel.refused.put(dev.resolve("vfio/vfio").toString(), SystemCallException.ENOENT);
        assertRefused(DevError.UNSUPPORTED, "modprobe vfio-pci");
        kernel.refused.clear();
        kernel.refused.put(dev.resolve("vfio/7").toString(), SystemCallException.EACCES);
        assertRefused(DevError.UNSUPPORTED, "chown " + System.getProperty("user.name") + " " + dev.resolve("vfio/7"));
        kernel.refused.put(dev.resolve("vfio/7").toString(), SystemCallException.EBUSY);
        assertRefused(DevError.RESOURCE_BUSY, "another process has it");
        kernel.refused.clear();
        kernel.flagsOfGroups = 0;
        FakeVfio.function(sysfs, "0000:00:03.1", 7, "ahci");
        assertRefused(DevError.RESOURCE_BUSY, "group 7 is not viable", "0000:00:03.1 (ahci)");
        kernel.flagsOfGroups = 1;
        kernel.failing.put("VFIO_SET_IOMMU", SystemCallException.EPERM);
        assertRefused(DevError.UNSUPPORTED, "allow_unsafe_interrupts");
        kernel.failing.clear();
        Files.delete(card.resolve("iommu_group"));
        assertRefused(DevError.UNSUPPORTED, "no IOMMU group", "intel_iommu=on");
    }

    private void assertRefused(DevError error, String... words) {
        assertThatThrownBy(() -> host.open(card, NAME)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(error))
                .message().contains(words);
    }

    @Test
    void limitsAreExplained() {
        place(4096);
        kernel.failing.put("VFIO_IOMMU_MAP_DMA", SystemCallException.ENOMEM);
        assertRefused(DevError.NO_MEMORY, "4096 bytes for pool default", "lock");
        kernel.failing.clear();
        VfioDevice device = host.open(card, NAME);
        kernel.failing.put("VFIO_IOMMU_MAP_DMA", SystemCallException.ENOSPC);
        assertThatThrownBy(() -> place(4096)).hasMessageContaining("dma_entry_limit");
        kernel.failing.put("VFIO_IOMMU_MAP_DMA", SystemCallException.EINVAL);
        assertThatThrownBy(() -> place(4096)).hasMessageContaining("the IOMMU takes 0x1000-0xffffffff");
        kernel.failing.clear();
        assertThat(place(4096).iova(0)).as("addresses of what failed are free again").isEqualTo((1L << 32) + 4096);
        device.close();
    }

    @Test
    void configurationSpaceIsTheRegion() {
        VfioDevice device = host.open(card, NAME);
        device.configWrite(0x10, 4, 0x89abcdef);
        device.configWrite(0x12, 2, 0x1234);
        assertThat(device.configRead(0x10, 4)).isEqualTo(0x1234cdef);
        assertThat(device.configRead(0x11, 1)).isEqualTo(0xcd);
        assertThat(device.configRead(254, 4)).as("half of it is beyond").isEqualTo(-1);
        assertThat(device.configRead(300, 2)).isEqualTo(0xffff);
        device.close();
        assertThat(device.configRead(0x10, 4)).isEqualTo(-1);
        device.configWrite(0x10, 4, 0);
    }

    @Test
    void registersAreMappedOrCalledAndEndWithTheDevice() {
        VfioDevice device = host.open(card, NAME);
        Mmio mapped = device.map(0, 0x4000);
        mapped.write32(0, 5);
        assertThat(mapped.read32(0)).isEqualTo(5);
        assertThat(device.map(0, 0x4000)).isSameAs(mapped);
        assertThatThrownBy(() -> device.map(0, 0x8000)).hasMessageContaining("0x4000 bytes, not 0x8000");
        device.close();
        assertThatThrownBy(() -> mapped.read32(0)).isInstanceOf(IllegalStateException.class);

        for (int flags : new int[] {0, 4 | 8}) {
            kernel.flagsOfBar = flags;
            VfioDevice again = host.open(card, NAME);
            Mmio called = again.map(0, 0x4000);
            called.write16(6, 1);
            assertThat(kernel.requests).last().isEqualTo("write 2 bytes at 0x6 of region 0");
            assertThat(called.read32(0)).as("what cannot be read is all ones").isEqualTo(-1);
            again.close();
            assertThatThrownBy(() -> called.read32(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void interruptsAreEventsAndAreOffBeforeTheirEventsEnd() throws Exception {
        VfioDevice device = host.open(card, NAME);
        assertThat(kernel.interrupts.get(4)).as("the kernel's request").containsExactly(device.signals().get(Signal.REQUEST));
        List<Interrupt> vectors = device.interrupts(8);
        assertThat(vectors).hasSize(3);
        kernel.signal(kernel.interrupts.get(2).get(1));
        assertThat(vectors.get(1).await(0)).isTrue();
        assertThat(vectors.get(0).await(0)).isFalse();
        vectors.get(2).close();
        assertThat(kernel.interrupts.get(2)).isEmpty();
        vectors.forEach(Interrupt::close);
        kernel.vectors = 0;
        assertThatThrownBy(() -> device.interrupts(1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED));
        device.close();
    }

    @Test
    void errorsAreSignalledWhereThereIsReporting() {
        VfioDevice device = host.open(card, NAME);
        assertThat(kernel.interrupts.get(3)).containsExactly(device.signals().get(Signal.ERROR));
        device.close();
        kernel.failing.put("VFIO_DEVICE_GET_IRQ_INFO", SystemCallException.EINVAL);
        VfioDevice old = host.open(card, NAME);
        assertThat(old.signals()).as("conventional PCI has none").isEmpty();
        old.close();
    }

    @Test
    void interruptsOfAPlatformDeviceAreLinesAndALevelIsOnAgainWhenSomebodyWaits() throws Exception {
        kernel.kind = 4;
        kernel.vectors = 2;
        VfioDevice device = host.open(card, NAME);
        assertThat(device.signals()).isEmpty();
        assertThat(device.configRead(0, 4)).as("there is no configuration space").isEqualTo(-1);
        List<Interrupt> lines = device.interrupts(4);
        assertThat(lines).hasSize(2);
        for (int i = 0; i < 2; i++) {
            kernel.signal(kernel.interrupts.get(i).getFirst());
            assertThat(lines.get(i).await(0)).isTrue();
            assertThat(kernel.unmasked).as("the driver looks first").isEmpty();
        }
        assertThat(lines.get(0).await(0)).isFalse();
        assertThat(lines.get(1).await(0)).isFalse();
        assertThat(lines.get(0).await(0)).isFalse();
        assertThat(kernel.unmasked).as("the other is an edge").containsExactly(0);
        lines.forEach(Interrupt::close);
        assertThat(kernel.interrupts.values()).allMatch(List::isEmpty);
        kernel.vectors = 0;
        assertThatThrownBy(() -> device.interrupts(1)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED));
        assertThat(device.map(0, 0x4000).size()).isEqualTo(0x4000);
        device.close();
    }

    @Test
    void aDeviceThatCannotBeHadLeavesNothingOpen() {
        kernel.failing.put("VFIO_DEVICE_GET_INFO", SystemCallException.EIO);
        assertRefused(DevError.IO, "VFIO does not give " + NAME);
    }

    @Test
    void norDoesItWithIommufd() throws IOException {
        withIommufd();
        kernel.failing.put("VFIO_DEVICE_GET_INFO", SystemCallException.EIO);
        assertRefused(DevError.IO, "VFIO does not give " + NAME);
    }

    @Test
    void theDeviceIsResetWhenItIsTaken() {
        host.open(card, NAME).close();
        assertThat(kernel.requests).containsSubsequence("VFIO_GROUP_GET_DEVICE_FD", "VFIO_DEVICE_RESET", "close " + NAME);
    }
}
