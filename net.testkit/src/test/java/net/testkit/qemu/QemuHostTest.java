package net.testkit.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.device.PciAddress;
import net.api.host.DmaRequest;
import net.api.host.HostListener;
import net.api.host.PciAccess;
import net.testkit.Await;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QemuHostTest {
    private static final String MAC = "52:54:00:11:22:33";

    private final List<String> removed = new CopyOnWriteArrayList<>();
    private final List<String> changed = new CopyOnWriteArrayList<>();
    private final HostListener listener = new HostListener() {
        @Override
        public void changed() {
            changed.add("changed");
        }

        @Override
        public void removed(String deviceName) {
            removed.add(deviceName);
        }
    };

    @Test
    void aCardIsFoundThroughConfigurationSpaceAndTellsItsAddress() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC).onRootBus())) {
            PciAccess pci = host.pci().orElseThrow();
            PciAddress card = RawVirtio.find(pci);
            assertThat(card).isEqualTo(host.address(0));
            RawVirtio raw = new RawVirtio(pci, card);
            assertThat(raw.structures()).extracting(s -> s[0]).contains(1, 2, 3, 4);
            byte[] mac = new byte[6];
            for (int i = 0; i < 6; i++) {
                mac[i] = (byte) raw.device.read8(i);
            }
            assertThat(net.api.EthernetAddress.of(mac)).hasToString(MAC);
            raw.common.write32(0, 1);
            assertThat(raw.common.read32(4) & 1).as("VIRTIO_F_VERSION_1, feature bit 32").isOne();
        }
    }

    @Test
    void configurationSpaceEndsAt4096BytesAndAbsentFunctionsAreAllOnes() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC))) {
            PciAccess pci = host.pci().orElseThrow();
            PciAddress port = new PciAddress(0, 0, QemuOptions.FIRST_SLOT, 0);
            assertThat(pci.read(port, 0x100, 2)).as("the root port's first extended capability, advanced error reporting").isEqualTo(1);
            assertThat(pci.read(port, 4092, 4)).isZero();
            assertThat(pci.read(new PciAddress(0, 0, 30, 0), 0, 4)).isEqualTo(-1);
            assertThat(pci.read(new PciAddress(0, 0, 30, 0), 0, 2)).isEqualTo(0xffff);
            assertThatThrownBy(() -> pci.read(port, 4096, 4)).isInstanceOf(DevException.class).hasMessageContaining("0x1000");
            assertThatThrownBy(() -> pci.read(port, 2, 4)).isInstanceOf(DevException.class);
        }
    }

    @Test
    void registerWindowsCompareEveryAccessWithTheirSizeAndEndWithTheirRelease() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC).onRootBus())) {
            PciAccess pci = host.pci().orElseThrow();
            RawVirtio raw = new RawVirtio(pci, RawVirtio.find(pci));
            var bar = pci.mapBar(raw.address, 4, 0xc000_0000L, 0x4000);
            assertThatThrownBy(() -> bar.read32(0x4000)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> bar.read32(2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> bar.write8(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
            pci.release(raw.address);
            assertThatThrownBy(() -> bar.read32(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void memoryIsZeroedAlignedAndWhollyReturned() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC))) {
            long before = host.freeMemory();
            DmaMemory a = host.allocateDma(new DmaRequest("a", 10, 1, true, true));
            DmaMemory b = host.allocateDma(new DmaRequest("b", 3 << 20, 1 << 20, true, true));
            DmaMemory c = host.allocateDma(new DmaRequest("c", 4097, 64, true, true));
            assertThat(b.iova(0) % (1 << 20)).isZero();
            assertThat(b.iova(b.size() - 1)).isEqualTo(b.iova(0) + b.size() - 1);
            assertThat(b.pageSize()).isGreaterThanOrEqualTo(b.size());
            assertThatThrownBy(() -> b.iova(b.size())).isInstanceOf(IndexOutOfBoundsException.class);
            b.segment().fill((byte) 7);
            b.close();
            b.close();
            assertThatThrownBy(() -> b.segment().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
            DmaMemory again = host.allocateDma(new DmaRequest("again", 3 << 20, 1 << 20, true, true));
            assertThat(again.segment().mismatch(java.lang.foreign.MemorySegment.ofArray(new byte[3 << 20]))).as("zeroed").isEqualTo(-1);
            Stream.of(again, a, c).forEach(DmaMemory::close);
            assertThat(host.freeMemory()).isEqualTo(before);
            host.allocateDma(new DmaRequest("all in one piece", before, 1, true, true)).close();
            assertThatThrownBy(() -> host.allocateDma(new DmaRequest("too much", before + 1, 1, true, true)))
                    .isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.NO_MEMORY)).hasMessageContaining("too much");
        }
    }

    @Test
    void anInterruptedThreadKeepsItsConnectionAndItsInterrupt() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC).onRootBus())) {
            PciAccess pci = host.pci().orElseThrow();
            Thread.currentThread().interrupt();
            RawVirtio raw = new RawVirtio(pci, RawVirtio.find(pci));
            assertThat(raw.common.read8(0x14)).isZero();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(host.isAlive()).isTrue();
        }
    }

    @Test
    void aCableThatIsPulledAtQemusEndTakesTheLinkDown() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC).onRootBus())) {
            PciAccess pci = host.pci().orElseThrow();
            RawVirtio raw = new RawVirtio(pci, RawVirtio.find(pci));
            raw.common.write8(0x14, 3);
            raw.common.write32(8, 0);
            raw.common.write32(12, 1 << 16);
            raw.common.write32(8, 1);
            raw.common.write32(12, 1);
            raw.common.write8(0x14, 11);
            assertThat(raw.device.read16(6) & 1).isOne();
            host.setLink(0, false);
            assertThat(raw.device.read16(6) & 1).isZero();
            host.setLink(0, true);
            assertThat(raw.device.read16(6) & 1).isOne();
        }
    }

    @Test
    void aPulledCardReadsAllOnesIsReportedAndComesBack() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC))) {
            PciAccess pci = host.pci().orElseThrow();
            host.subscribe(listener);
            PciAddress port = new PciAddress(0, 0, QemuOptions.FIRST_SLOT, 0);
            pci.write(port, 0x18, 4, 0x0001_0100);
            pci.write(port, 0x20, 4, 0xc010_c000);
            pci.write(port, 4, 2, 6);
            for (int round = 0; round < 3; round++) {
                PciAddress card = host.address(0);
                assertThat(card).isEqualTo(PciAddress.parse("0000:01:00.0"));
                RawVirtio raw = new RawVirtio(pci, card);
                assertThat(raw.device.read32(0)).isEqualTo(0x1100_5452);
                host.unplug(0);
                assertThat(pci.read(card, 0, 4)).isEqualTo(-1);
                assertThat(raw.device.read32(0)).isEqualTo(-1);
                assertThat(raw.device.read16(0)).isEqualTo(0xffff);
                assertThat(removed).containsExactly(card.toString());
                pci.release(card);
                host.plug(0);
                assertThat(pci.read(card, 0, 4)).isEqualTo(0x1041_1af4);
                assertThat(changed).hasSize(round + 1);
                removed.clear();
            }
        }
    }

    @Test
    void aQemuThatDiesGivesAllOnesAndOneMessageAndLeavesNothing() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(QemuHost.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.setAdditive(false);
        logger.addAppender(log);
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC).onRootBus())) {
            PciAccess pci = host.pci().orElseThrow();
            host.subscribe(listener);
            RawVirtio raw = new RawVirtio(pci, RawVirtio.find(pci));
            DmaMemory memory = host.allocateDma(new DmaRequest("kept", 4096, 1, true, true));
            ProcessHandle qemu = ProcessHandle.of(host.pid()).orElseThrow();
            qemu.destroyForcibly();
            Await.until("all ones", () -> raw.common.read8(0x14) == 0xff);
            raw.common.write8(0x14, 0);
            assertThat(raw.device.read32(0)).isEqualTo(-1);
            assertThat(pci.read(raw.address, 0, 2)).isEqualTo(0xffff);
            Await.until("removed", () -> removed.contains(raw.address.toString()));
            assertThat(removed).doesNotHaveDuplicates();
            assertThat(host.isAlive()).isFalse();
            assertThat(qemu.isAlive()).isFalse();
            memory.segment().set(ValueLayout.JAVA_INT, 0, 1);
            memory.close();
            assertThat(log.list).hasSize(1).first().satisfies(e -> {
                assertThat(e.getLevel()).isEqualTo(Level.ERROR);
                assertThat(e.getFormattedMessage()).contains("QEMU of host qemu0 exited with status 137 (signal 9)");
            });
        } finally {
            logger.detachAppender(log);
            logger.setAdditive(true);
        }
        assertNothingIsLeft();
    }

    @Test
    void nothingIsLeftInTheFileSystemWhileItRuns() throws Exception {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC))) {
            assertThat(host.isAlive()).isTrue();
            assertNothingIsLeft();
        }
    }

    @Test
    void aJvmThatIsKilledTakesItsQemuWithIt() throws Exception {
        Machines.start(QemuCard.cabled(MAC)).close();
        Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                Lonely.class.getName()).redirectErrorStream(true).start();
        try (var reader = jvm.inputReader()) {
            String line = reader.readLine();
            assertThat(line).startsWith("pid ");
            ProcessHandle qemu = ProcessHandle.of(Long.parseLong(line.substring(4))).orElseThrow();
            assertThat(qemu.isAlive()).isTrue();
            jvm.destroyForcibly();
            qemu.onExit().get(10, TimeUnit.SECONDS);
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Starts a QEMU and waits for its own end. */
    static final class Lonely {
        private Lonely() {
        }

        public static void main(String[] args) throws Exception {
            System.out.println("pid " + new QemuHost(QemuOptions.of(QemuCard.cabled(MAC))).pid());
            new CountDownLatch(1).await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aMissingBinaryIsNamedWithWhatToInstall() {
        QemuOptions options = new QemuOptions("qemu0", "qemu-system-nowhere", 64, List.of(QemuCard.cabled(MAC)));
        assertThatThrownBy(() -> new QemuHost(options)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("qemu-system-nowhere").hasMessageContaining("apt-get install qemu-system-x86");
        assertThatThrownBy(() -> new QemuOptions("qemu0", "x", 4, options.cards())).hasMessageContaining("4 MiB");
        assertThatThrownBy(() -> new QemuOptions("QEMU 0", "x", 64, options.cards())).hasMessageContaining("'QEMU 0'");
    }

    @Test
    void aCardPropertyThatQemuRefusesIsToldInQemusWords() throws Exception {
        assertThatThrownBy(() -> Machines.start(QemuCard.cabled(MAC).with("host_mtu=frog"))).isInstanceOfSatisfying(DevException.class,
                e -> assertThat(e.error()).isEqualTo(DevError.IO)).hasMessageContaining("exited with status 1").hasMessageContaining("frog");
        assertNothingIsLeft();
    }

    /** Of this process: others on this machine may have a QEMU of theirs. */
    private static void assertNothingIsLeft() throws Exception {
        String ours = "hotnic-qemu-" + ProcessHandle.current().pid() + "-";
        for (Path folder : List.of(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/dev/shm"))) {
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files.filter(f -> f.getFileName().toString().startsWith(ours))).isEmpty();
            }
        }
    }
}
