package net.testkit.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.DmaMemory;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.host.DmaRequest;
import net.api.host.PlatformAccess;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.Mdio;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Phy;
import net.hw.fxmac.TxBd;
import net.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The boards of QEMU, without a driver: what is at the addresses is a GEM that sends a frame from this process's memory and interrupts. */
class QemuBoardTest {
    private static final String MAC = "52:54:00:11:22:33";

    private static QemuHost start(QemuBoard board) {
        return Machines.start(board, QemuCard.cabled(MAC).onRootBus());
    }

    @ParameterizedTest
    @EnumSource(value = QemuBoard.class, mode = EnumSource.Mode.EXCLUDE, names = "Q35")
    void aBoardsDeviceSendsAFrameAndInterrupts(QemuBoard board) throws InterruptedException {
        try (QemuHost host = start(board)) {
            assertThat(host.pci()).isEmpty();
            PlatformAccess platform = host.platform().orElseThrow();
            String name = platform.nodes().getFirst().name();
            assertThat(platform.nodes().getFirst().compatible()).contains("cdns,gem");
            platform.acquire(name);
            Mmio gem = platform.mapRegion(name, 0);
            assertThat(Fxmac.moduleId(gem.read32(Fxmac.REVISION.offset()))).isGreaterThanOrEqualTo(Fxmac.FIRST_GEM_ID);
            assertThat(gem.read32(Fxmac.SAB.at(0))).isEqualTo(0x1100_5452);
            assertThat(phys(gem)).hasSize(1);
            Interrupt line = platform.openInterrupts(name, 1).getFirst();
            try (DmaMemory memory = host.allocateDma(new DmaRequest("a ring", 8192, 4096, true, true))) {
                byte[] frame = new byte[60];
                frame[59] = 77;
                java.lang.foreign.MemorySegment.copy(frame, 0, memory.segment(), java.lang.foreign.ValueLayout.JAVA_BYTE, 4096, frame.length);
                TxBd.give(memory.segment(), 0, memory.iova(4096), frame.length, TxBd.LAST);
                TxBd.setUsed(memory.segment(), TxBd.SIZE, TxBd.WRAP);
                gem.write32(Fxmac.DMACR.offset(), DmaConfig.ADDRESS_64 | DmaConfig.BURST_16);
                gem.write32(Fxmac.TXQBASEHI.offset(), (int) (memory.iova(0) >>> 32));
                gem.write32(Fxmac.TXQBASE.offset(), (int) memory.iova(0));
                gem.write32(Fxmac.IER.offset(), Irq.TX_COMPLETE);
                assertThat(line.await(0)).isFalse();
                gem.write32(Fxmac.NWCTRL.offset(), NetworkControl.TX);
                gem.write32(Fxmac.NWCTRL.offset(), NetworkControl.TX | NetworkControl.START_TX);
                assertThat(host.cable(0).receive(10_000_000_000L)).contains(frame);
                assertThat(line.await(30_000_000_000L)).isTrue();
                assertThat(line.await(0)).as("it is up, but went up once").isFalse();
                Await.until("the descriptor is used", () -> (TxBd.wordAcquire(memory.segment(), 0) & TxBd.USED) != 0);
                assertThat(gem.read32(Fxmac.ISR.offset())).isEqualTo(Irq.TX_COMPLETE);
                assertThat(gem.read32(Fxmac.ISR.offset())).as("read, it is cleared").isZero();
            }
            line.close();
            assertThatThrownBy(() -> platform.acquire(name)).isInstanceOfSatisfying(DevException.class,
                    e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
            platform.release(name);
            assertThatThrownBy(() -> gem.read32(0)).isInstanceOf(IllegalStateException.class);
            platform.acquire(name);
            assertThat(platform.mapRegion(name, 0).read32(Fxmac.NWCTRL.offset())).as("the release stopped it").isZero();
        }
    }

    private static List<Integer> phys(Mmio gem) {
        gem.write32(Fxmac.NWCTRL.offset(), NetworkControl.MDIO);
        List<Integer> found = new java.util.ArrayList<>();
        for (int phy = 0; phy <= Mdio.MAX; phy++) {
            gem.write32(Fxmac.PHYMNTNC.offset(), Mdio.read(phy, Phy.ID1));
            if (Mdio.data(gem.read32(Fxmac.PHYMNTNC.offset())) != Mdio.NOBODY) {
                found.add(phy);
            }
        }
        return found;
    }

    @Test
    void aBoardThatIsKilledIsEmpty() {
        try (QemuHost host = start(QemuBoard.ZYNQ)) {
            PlatformAccess platform = host.platform().orElseThrow();
            String name = platform.nodes().getFirst().name();
            platform.acquire(name);
            Mmio gem = platform.mapRegion(name, 0);
            host.kill();
            Await.until("nothing is there", () -> platform.nodes().isEmpty());
            assertThat(gem.read32(Fxmac.REVISION.offset())).isEqualTo(-1);
        }
    }

    @Test
    void whatABoardHasNotIsRefused() {
        assertThatThrownBy(() -> QemuOptions.of(QemuBoard.ZYNQ, QemuCard.cabled(MAC))).hasMessageContaining("soldered");
        QemuCard card = QemuCard.cabled(MAC).onRootBus();
        assertThatThrownBy(() -> QemuOptions.of(QemuBoard.ZYNQ, card, card, card)).hasMessageContaining("3 cards");
        try (QemuHost host = start(QemuBoard.ZYNQ)) {
            assertThatThrownBy(() -> host.address(0)).isInstanceOf(DevException.class).hasMessageContaining("no PCI");
            PlatformAccess platform = host.platform().orElseThrow();
            assertThatThrownBy(() -> platform.mapRegion("ethernet@e000b000", 0)).isInstanceOf(DevException.class);
            assertThatThrownBy(() -> platform.acquire("ethernet@0")).isInstanceOf(DevException.class).hasMessageContaining("ethernet@0");
        }
    }
}
