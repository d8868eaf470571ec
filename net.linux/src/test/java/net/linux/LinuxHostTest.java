package net.linux;

import static net.linux.Tree.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.api.host.PlatformAccess;
import net.linux.device.EventInterrupt;
import net.linux.device.OpenDevice;
import net.linux.device.Signal;
import net.linux.sys.Descriptors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxHostTest {
    private Tree tree;

    @BeforeEach
    void makeTree(@TempDir Path directory) {
        tree = new Tree(directory);
    }

    @Test
    void tellsDriverGroupNodeInterfacesAndProduct() {
        Path real = tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        Tree.link(real.resolve("driver"), Tree.directory(tree.sysfs.resolve("bus/pci/drivers/virtio-pci")));
        Tree.link(real.resolve("iommu_group"), tree.sysfs.resolve("kernel/iommu_groups/17"));
        Tree.write(real.resolve("numa_node"), "1\n");
        tree.networkInterface(real.resolve("virtio0"), "eth0", "up");
        tree.networkInterface(real.resolve("virtio0"), "eth1", "down");
        Tree.write(tree.proc.resolve("net/route"), """
                Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
                eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
                eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                """);
        Tree.write(tree.root.resolve("pci.ids"), "# c\n1af4  Red Hat, Inc.\n\t1041  Virtio 1.0 network device\n");
        assertThat(tree.host().describe("0000:00:03.0")).containsOnly(entry(Device.KERNEL_DRIVER, "virtio-pci"), entry(Device.IOMMU_GROUP, 17),
                entry(Device.NUMA_NODE, 1), entry(Device.KERNEL_INTERFACES, new String[] {"eth0 (up, default route)", "eth1 (down)"}),
                entry(Device.PRODUCT, "Red Hat, Inc. Virtio 1.0 network device"));
    }

    @Test
    void whatIsMissingIsLeftOut() {
        tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        assertThat(tree.host().describe("0000:00:03.0")).isEmpty();
        assertThat(tree.host().describe("0000:00:09.0")).isEmpty();
        assertThat(tree.host().describe("../../../../etc")).isEmpty();
    }

    @Test
    void anIpv6DefaultRouteCounts() {
        Path real = tree.function("0000:00:03.0", 0x1af4, 0x1041, 0x020000);
        tree.networkInterface(real, "eth0", "up");
        String zeros = "0".repeat(32);
        String rejecting = zeros + " 00 " + zeros + " 00 " + zeros + " ffffffff 00000001 00000000 00200201     eth0\n";
        Tree.write(tree.proc.resolve("net/ipv6_route"), rejecting + "short line\n");
        assertThat((String[]) tree.host().describe("0000:00:03.0").get(Device.KERNEL_INTERFACES)).containsExactly("eth0 (up)");
        Tree.write(tree.proc.resolve("net/ipv6_route"), rejecting + rejecting.replace("00200201", "00450003"));
        assertThat((String[]) tree.host().describe("0000:00:03.0").get(Device.KERNEL_INTERFACES)).containsExactly("eth0 (up, default route)");
    }

    @Test
    void anInterfaceBehindABridgeIsNotTheBridges() {
        Path bridge = tree.bridge("0000:00:1c.0", 1, 1);
        Path card = tree.function("0000:01:00.0", "devices/pci0000:00/0000:00:1c.0", Tree.header(0x8086, 0x10fb, 0x020000, 0));
        tree.networkInterface(card, "eth0", "up");
        assertThat(card.getParent()).isEqualTo(bridge);
        assertThat(tree.host().describe("0000:00:1c.0")).doesNotContainKey(Device.KERNEL_INTERFACES);
        assertThat(tree.host().describe("0000:01:00.0")).containsKey(Device.KERNEL_INTERFACES);
    }

    @Test
    void lendsNoMemory() {
        assertThatThrownBy(() -> tree.host().allocateDma(new DmaRequest("pool default", 4096, 64, true, false)))
                .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("pool default");
    }

    @Test
    void platformDevicesAreListedByTheirNode() {
        Path node = tree.platform("3200c000.ethernet", "soc/ethernet@3200c000", "cdns,phytium-gem-1.0", "cdns,gem");
        Tree.write(node.resolve("reg"), ByteBuffer.allocate(32).putLong(0x3200c000L).putLong(0x2000).putLong(0x32010000L).putLong(0x100).array());
        Tree.write(node.resolve("dma-coherent"), "");
        Tree.write(node.getParent().resolve("#address-cells"), new byte[] {0, 0, 0, 2});
        Tree.write(node.getParent().resolve("#size-cells"), new byte[] {0, 0, 0, 2});
        Tree.directory(tree.sysfs.resolve("bus/platform/devices/pcspkr"));
        PlatformAccess platform = tree.host().platform().orElseThrow();
        assertThat(platform.nodes()).singleElement().satisfies(n -> {
            assertThat(n.name()).isEqualTo("ethernet@3200c000");
            assertThat(n.compatible()).containsExactly("cdns,phytium-gem-1.0", "cdns,gem");
            assertThat(n.regions()).containsExactly(0x2000L, 0x100L);
            assertThat(n.dmaCoherent()).isTrue();
        });
        assertThat(platform.restriction("ethernet@3200c000")).startsWith("listed only: ");
        assertThatThrownBy(() -> platform.acquire("ethernet@3200c000")).isInstanceOf(DevException.class).hasMessageContaining("ethernet@3200c000");
        assertThatThrownBy(() -> platform.mapRegion("ethernet@3200c000", 0)).isInstanceOf(DevException.class);
        assertThatThrownBy(() -> platform.openInterrupts("ethernet@3200c000", 1)).isInstanceOf(DevException.class);
    }

    @Test
    void interruptsOfANodeAreCountedInTheCellsOfTheirController() {
        Path gic = tree.platform("30800000.gic", "gic@30800000", "arm,gic-v3");
        Tree.write(gic.resolve("phandle"), new byte[] {0, 0, 0, 1});
        Tree.write(gic.resolve("#interrupt-cells"), new byte[] {0, 0, 0, 3});
        Path gpio = tree.platform("1000.gpio", "gpio@1000", "x,gpio");
        Tree.write(gpio.resolve("phandle"), new byte[] {0, 0, 0, 2});
        Tree.write(gpio.resolve("#interrupt-cells"), new byte[] {0, 0, 0, 2});
        Path mac = tree.platform("3200c000.ethernet", "soc/ethernet@3200c000", "cdns,phytium-gem-1.0");
        Tree.write(mac.resolve("interrupts"), new byte[4 * 3 * 4]);
        assertThat(interrupts("ethernet@3200c000")).as("no controller is named, and the node above is none").isZero();
        Tree.write(mac.getParent().resolve("interrupt-parent"), new byte[] {0, 0, 0, 1});
        assertThat(interrupts("ethernet@3200c000")).isEqualTo(4);
        Tree.write(mac.resolve("interrupt-parent"), new byte[] {0, 0, 0, 2});
        assertThat(interrupts("ethernet@3200c000")).as("the nearest counts").isEqualTo(6);
        Tree.write(mac.resolve("interrupts-extended"), ByteBuffer.allocate(40).putInt(1).putInt(0).putInt(87).putInt(4).putInt(2).putInt(5).putInt(8).putInt(2).putInt(6)
                .putInt(8).array());
        assertThat(interrupts("ethernet@3200c000")).as("each is as long as its own controller says").isEqualTo(3);
        Tree.write(mac.resolve("interrupts-extended"), new byte[] {0, 0, 0, 9, 0, 0, 0, 0});
        assertThat(interrupts("ethernet@3200c000")).as("a controller that is not there").isZero();
    }

    private int interrupts(String name) {
        return tree.host().platform().orElseThrow().nodes().stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow().interrupts();
    }

    @Test
    void coherenceIsInheritedAndPropertiesAreAsTheTreeHasThem() {
        Path mac = tree.platform("3200c000.ethernet", "soc/ethernet@3200c000", "cdns,phytium-gem-1.0");
        Tree.write(mac.resolve("phy-mode"), "sgmii\0");
        Tree.write(mac.resolve("local-mac-address"), new byte[] {2, 0, 0, 0, 0, -1});
        Tree.write(mac.getParent().resolve("dma-coherent"), "");
        PlatformAccess.Node node = tree.host().platform().orElseThrow().nodes().getFirst();
        assertThat(node.dmaCoherent()).isTrue();
        assertThat(node.properties()).containsOnlyKeys("phy-mode", "local-mac-address");
        assertThat(node.properties().get("phy-mode")).isEqualTo(PlatformAccess.Node.text("sgmii"));
        assertThat(node.properties().get("local-mac-address")).isEqualTo(ByteBuffer.wrap(new byte[] {2, 0, 0, 0, 0, -1}));
        assertThat(node).as("seen again, it is the same device").isEqualTo(tree.host().platform().orElseThrow().nodes().getFirst());
        Tree.write(mac.resolve("dma-noncoherent"), "");
        assertThat(tree.host().platform().orElseThrow().nodes().getFirst().dmaCoherent()).as("the nearest counts").isFalse();
    }

    @Test
    void equalNodeNamesOfTwoBusesStayApart() {
        tree.platform("a.timer", "bus@1/timer@0", "x,timer");
        tree.platform("b.timer", "bus@2/timer@0", "x,timer");
        assertThat(tree.host().platform().orElseThrow().nodes()).extracting(PlatformAccess.Node::name).containsExactly("b.timer", "timer@0");
    }

    @Test
    void impossibleCellCountsGiveNoRegions() {
        Path node = tree.platform("a.timer", "bus@1/timer@0", "x,timer");
        Tree.write(node.resolve("reg"), new byte[64]);
        Tree.write(node.getParent().resolve("#size-cells"), new byte[] {0x7f, 0, 0, 0});
        assertThat(tree.host().platform().orElseThrow().nodes().getFirst().regions()).isEmpty();
    }

    @Test
    void aPlatformDeviceTellsItsDriver() {
        tree.platform("3200c000.ethernet", "soc/ethernet@3200c000", "cdns,gem");
        Tree.link(tree.sysfs.resolve("bus/platform/devices/3200c000.ethernet/driver"), tree.sysfs.resolve("bus/platform/drivers/macb"));
        assertThat(tree.host().describe("ethernet@3200c000")).isEqualTo(Map.of(Device.KERNEL_DRIVER, "macb"));
    }

    @Test
    void anEmptyMachineHasNothing(@TempDir Path empty) {
        LinuxHost host = new LinuxHost(Machine.here(empty), new AllowList(List.of(), List.of()), empty, new VfioAccess(Machine.here(empty)));
        assertThat(host.pci().orElseThrow().roots()).isEmpty();
        assertThat(host.platform().orElseThrow().nodes()).isEmpty();
        assertThat(host.pci().orElseThrow().read(at("0000:00:00.0"), 0, 4)).isEqualTo(-1);
    }

    @Test
    void whenMemoryMovesAllDevicesAreLetGoOf() throws InterruptedException {
        tree.group(tree.function("0000:00:03.0", 0x8086, 0x10fb, 0x020000));
        Tree.directory(tree.sysfs.resolve("bus/pci/drivers/vfio-pci"));
        FakeAccess access = new FakeAccess(tree.root.resolve("run"));
        BlockingQueue<String> removed = new LinkedBlockingQueue<>();
        try (LinuxHost host = new LinuxHost(tree.machine(), new AllowList(List.of("8086:10fb"), List.of()), tree.root.resolve("run"), access)) {
            host.subscribe(new Listener(removed));
            PciAccess pci = host.pci().orElseThrow();
            pci.acquire(at("0000:00:03.0"));
            access.next = "a page moved";
            assertThat(removed.poll(30, TimeUnit.SECONDS)).isEqualTo("removed 0000:00:03.0");
            pci.release(at("0000:00:03.0"));
            assertThat(pci.restriction(at("0000:00:03.0"))).isEqualTo("not taken: a page moved");
            assertThat(removed).as("once").isEmpty();
        }
    }

    @Test
    void whatTheKernelSaysOfADeviceIsPassedOn() throws InterruptedException {
        tree.group(tree.function("0000:00:03.0", 0x8086, 0x10fb, 0x020000));
        Tree.directory(tree.sysfs.resolve("bus/pci/drivers/vfio-pci"));
        FakeAccess access = new FakeAccess(tree.root.resolve("run"));
        EventInterrupt error = new EventInterrupt(Descriptors.SYSTEM, () -> { });
        EventInterrupt request = new EventInterrupt(Descriptors.SYSTEM, () -> { });
        access.signals.putAll(Map.of(Signal.ERROR, error.descriptor(), Signal.REQUEST, request.descriptor()));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (LinuxHost host = new LinuxHost(tree.machine(), new AllowList(List.of("8086:10fb"), List.of()), tree.root.resolve("run"), access)) {
            host.subscribe(new Listener(heard));
            PciAccess pci = host.pci().orElseThrow();
            pci.acquire(at("0000:00:03.0"));
            Descriptors.SYSTEM.signal(error.descriptor());
            assertThat(heard.poll(30, TimeUnit.SECONDS)).startsWith("failed 0000:00:03.0: the kernel reports an error");
            Descriptors.SYSTEM.signal(request.descriptor());
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("removed 0000:00:03.0");
            pci.release(at("0000:00:03.0"));
            assertThat(pci.restriction(at("0000:00:03.0"))).contains("the kernel asked for it");
            assertThat(heard).as("each once, although nobody has taken the signals").isEmpty();
        }
        error.close();
        request.close();
    }

    @Test
    void anAccessThatTheIommuStoppedIsTold() throws InterruptedException {
        tree.group(tree.function("0000:00:03.0", 0x8086, 0x10fb, 0x020000));
        Tree.directory(tree.sysfs.resolve("bus/pci/drivers/vfio-pci"));
        FakeAccess access = new FakeAccess(tree.root.resolve("run"));
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (LinuxHost host = new LinuxHost(tree.machine(), new AllowList(List.of("8086:10fb"), List.of()), tree.root.resolve("run"), access)) {
            host.subscribe(new Listener(heard));
            PciAccess pci = host.pci().orElseThrow();
            access.status = 0x1010; // of one who had it before
            pci.acquire(at("0000:00:03.0"));
            access.status = 0x3010;
            assertThat(heard.poll(30, TimeUnit.SECONDS)).startsWith("failed 0000:00:03.0: what it wanted to read was answered with an abort");
            pci.release(at("0000:00:03.0"));
            access.status = 0x10;
            pci.acquire(at("0000:00:03.0"));
            access.status = 0x1010;
            assertThat(heard.poll(30, TimeUnit.SECONDS)).startsWith("failed 0000:00:03.0: what it wanted to read was answered with an abort");
            assertThat(heard).as("each once").isEmpty();
            pci.release(at("0000:00:03.0"));
        }
    }

    @Test
    void aDeviceThatIsGoneHasNotedNothing() {
        FakeAccess access = new FakeAccess(tree.root.resolve("run"));
        OpenDevice device = access.pci().opener().open(tree.root, "0000:00:03.0");
        Aborts aborts = new Aborts();
        access.status = 0x10;
        aborts.begin("card", device);
        access.status = 0xffff;
        assertThat(aborts.isNew("card", device)).isFalse();
        access.status = 0x2010;
        assertThat(aborts.isNew("card", device)).isTrue();
        assertThat(aborts.isNew("card", device)).isFalse();
        aborts.end("card");
        access.status = 0x3010;
        assertThat(aborts.isNew("card", device)).isFalse();
    }

    private record Listener(BlockingQueue<String> heard) implements HostListener {
        @Override
        public void changed() {
        }

        @Override
        public void removed(String deviceName) {
            heard.add("removed " + deviceName);
        }

        @Override
        public void failed(String deviceName, String reason) {
            heard.add("failed " + deviceName + ": " + reason);
        }
    }
}
