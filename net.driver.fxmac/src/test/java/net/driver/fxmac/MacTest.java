package net.driver.fxmac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.device.PlatformDevice;
import net.api.driver.FlowControl;
import net.api.host.MmioWindow;
import net.hw.fxmac.ClockSelect;
import net.hw.fxmac.DesignConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HashFilter;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.PhyInterface;
import net.hw.fxmac.RxBd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the device is, and which registers it gets. What drivers for this MAC were seen to get wrong is named. */
class MacTest {
    private static final int[] PHY = Arrays.copyOf(new int[] {0x1000, 0x796d, 0x0141, 0x0cc2, 0x01e1}, 32);

    private final Rig rig = new Rig(32);

    @AfterEach
    void close() {
        rig.close();
    }

    private Identity identity() {
        return rig.parts(FlowControl.NONE).identity;
    }

    @ParameterizedTest
    @CsvSource({"0x00, 1", "0x01, 1", "0x02, 2", "0x0e, 4", "0x0f, 4", "0xfe, 4", "0x06, 3", "0x08, 1", "0x0a, 2"})
    void theQueuesAreThoseThatTheDesignConfigurationHasWithoutAGap(String mask, int queues) {
        rig.window.put(Fxmac.DCFG6, DesignConfig.ADDRESS_64 | Integer.decode(mask));
        assertThat(identity().queues()).isEqualTo(queues);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 1, 2", "16, 16, 4", "16, 2, 3", "1, 16, 2"})
    void aReceiveQueueWithoutAScreenerThatFillsItIsNotOffered(int screeners, int compares, int queues) {
        rig.window.put(Fxmac.DCFG8, screeners << 16 | compares);
        assertThat(identity().rxQueues()).isEqualTo(queues);
    }

    /** fxmac_rs resets sixteen queues where four are, and counts the registers of further queues from 0: it writes to what belongs to others. */
    @ParameterizedTest
    @CsvSource({"0x00, ''", "0x02, 1", "0x0e, 1 2 3", "0x0a, 1 3", "0xff, 1 2 3 4 5 6 7"})
    void onlyRegistersOfQueuesThatAreThereAreWritten(String mask, String queues) {
        rig.window.put(Fxmac.DCFG6, DesignConfig.ADDRESS_64 | Integer.decode(mask));
        DmaEngine.silence(rig.mac, identity());
        Set<Integer> expected = new TreeSet<>(Set.of(Fxmac.IDR.offset(), Fxmac.NWCTRL.offset(), Fxmac.TXSR.offset(), Fxmac.RXSR.offset()));
        numbers(queues).forEach(q -> expected.add(0x620 + 4 * (q - 1)));
        assertThat(new TreeSet<>(rig.window.writes.stream().map(Window.Write::offset).toList())).isEqualTo(expected);
    }

    private static List<Integer> numbers(String list) {
        return Stream.of(list.split(" ")).filter(q -> !q.isEmpty()).map(Integer::valueOf).toList();
    }

    /** More than the driver uses, or with a gap in between: the device looks at all that it has. */
    @ParameterizedTest
    @CsvSource({"0x00, ''", "0x0e, 1 2 3", "0x0a, 1 3", "0xff, 1 2 3 4 5 6 7"})
    void queuesThatTheDriverDoesNotUseAreOff(String mask, String queues) {
        rig.window.put(Fxmac.DCFG6, DesignConfig.ADDRESS_64 | Integer.decode(mask));
        rig.running(null);
        for (Fxmac base : List.of(Fxmac.QTXBASE, Fxmac.QRXBASE)) {
            for (int q = 1; q < Fxmac.QUEUES; q++) {
                int at = base.at(q - 1);
                assertThat(rig.window.writes.stream().filter(w -> w.offset() == at).map(Window.Write::value)).as("%s of queue %d", base, q)
                        .isEqualTo(numbers(queues).contains(q) ? List.of(Fxmac.QUEUE_OFF) : List.of());
            }
        }
    }

    /** What is written for each link, in full: Phytium's drivers; at 2.5 Gb/s, gigabit mode with the bit for 2.5 as Cadence has it for Linux. */
    @ParameterizedTest
    @CsvSource({"sgmii, 1000, true, 0x08000c02, 0, '', 0x1000", "sgmii, 100, true, 0x08000803, 0, '', 0x1000", "sgmii, 10, false, 0x08000800, 0, '', 0x1000",
        "2500base-x, 2500, true, 0x08000c02, 0x20000000, '8006 8002 8003', ''", "rgmii-id, 1000, true, 0x402, 0, '', ''", "rgmii, 100, false, 0x1, 0, '', ''",
        "rmii, 100, true, 0x3, 0, '', ''", "rmii, 10, false, 0, 0, '', ''", "xgmii, 10000, true, 0x2, 0x80000000, '', ''",
        "usxgmii, 10000, true, 0x802, 0x80000000, '11006 11002 11003', ''", "10gbase-r, 10000, true, 0x802, 0x80000000, '11006 11002 11003', ''",
        "5gbase-r, 5000, true, 0x802, 0x80000000, 'c006 c002 c003', ''"})
    void theMacIsSetUpForALinkInFull(String mode, int mbps, boolean full, String config, String control, String usx, String pcs) {
        rig.properties.put("phy-mode", mode);
        rig.window.phys.put(0, PHY.clone());
        LinkMachine machine = LinkMachine.start(rig.parts(FlowControl.NONE));
        rig.window.writes.clear();
        assertThat(machine.program(new LinkState(true, mbps, full))).isEqualTo(Long.decode(control).intValue());
        assertThat(rig.window.written(Fxmac.NWCFG)).containsExactly(Integer.decode(config));
        assertThat(rig.window.written(Fxmac.USXCTRL).stream().map(Integer::toHexString).collect(Collectors.joining(" "))).isEqualTo(usx);
        assertThat(rig.window.written(Fxmac.PCSCTRL)).isEqualTo(pcs.isEmpty() ? List.of() : List.of(Integer.decode(pcs)));
        List<Integer> order = rig.window.writes.stream().map(Window.Write::offset).toList();
        if (!pcs.isEmpty()) {
            assertThat(order.indexOf(Fxmac.PCSCTRL.offset())).as("negotiation is switched on after the PCS").isGreaterThan(order.indexOf(Fxmac.NWCFG.offset()));
        }
    }

    @Test
    void aDeviceWhoseDmaIsNotCoherentIsRefused() {
        rig.coherent = false;
        assertThatThrownBy(this::identity).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining("dma-coherent");
    }

    @ParameterizedTest
    @CsvSource({"0x294, 14, 32 bits", "0xfc, 0x00010000, module id is 1", "0xfc, 0xffffffff, all ones"})
    void aDeviceThatTheDriverCannotDriveIsRefusedWithWhatItSaid(String register, String value, String words) {
        rig.window.write32(Integer.decode(register), Long.decode(value).intValue());
        assertThatThrownBy(this::identity).isInstanceOf(DevException.class).hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mii", "gmii", "1000base-x", ""})
    void anInterfaceThatTheMacDoesNotHaveIsRefusedByName(String mode) {
        rig.properties.put("phy-mode", mode);
        assertThatThrownBy(this::identity).isInstanceOf(DevException.class).hasMessageContaining("phy-mode");
    }

    /** Of a plain GEM, whose design configuration says that it has no PCS, or has one. */
    @ParameterizedTest
    @CsvSource({"sgmii, 1, no PCS", "2500base-x, 1, no PCS", "usxgmii, 0, Phytium", "10gbase-r, 0, Phytium", "xgmii, 0, Phytium"})
    void anInterfaceThatAPlainGemDoesNotHaveIsRefused(String mode, int noPcs, String words) {
        rig.compatible = "cdns,gem";
        rig.properties.put("phy-mode", mode);
        rig.window.put(Fxmac.DCFG1, noPcs);
        assertThatThrownBy(this::identity).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.UNSUPPORTED))
                .hasMessageContaining(mode).hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({"'cdns,phytium-gem-1.0', phy-connection-type, rmii, RMII", "'cdns,phytium-gem-1.0', none, '', SGMII", "'cdns,gem', none, '', RGMII",
        "'cdns,gem', phy-mode, rgmii-rxid, RGMII", "'cdns,gem', phy-mode, sgmii, SGMII"})
    void theInterfaceIsWhatTheNodeSaysOrTheUsualOne(String compatible, String property, String mode, PhyInterface phy) {
        rig.compatible = compatible;
        rig.properties.clear();
        rig.properties.put(property, mode);
        assertThat(identity().phy()).isEqualTo(phy);
    }

    @ParameterizedTest
    @CsvSource({"'cdns,phytium-gem-1.0', 0x1fff", "'cdns,gem', 0x7ff"})
    void aWindowThatIsTooSmallIsRefusedWithItsSize(String compatible, String size) {
        rig.compatible = compatible;
        MmioWindow small = new MmioWindow("small", Integer.decode(size)) {
            @Override
            protected int read(long offset, int width) {
                throw new AssertionError();
            }

            @Override
            protected void write(long offset, int width, int value) {
                throw new AssertionError();
            }
        };
        assertThatThrownBy(() -> Identity.of((PlatformDevice) rig.attachment().device(), small)).isInstanceOf(DevException.class).hasMessageContaining(size);
    }

    /** The upper halves of all rings' addresses are one register. */
    @ParameterizedTest
    @CsvSource({"0x0_ffff_0000, true", "0x1_0000_0000, true", "0x0_ffff_fe00, false", "0x3_ffff_ff80, false"})
    void ringsLieInOneWindowOfFourGibibytesOrThereIsNoCard(String iova, boolean fits) {
        rig.memoryAt = Long.decode(iova.replace("_", ""));
        Parts parts = rig.parts(FlowControl.NONE);
        if (fits) {
            parts.queues();
            assertThat(parts.rings.rxIova(0) >>> 32).isEqualTo(parts.rings.txIova(1) >>> 32);
        } else {
            assertThatThrownBy(parts::queues).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.IO))
                    .hasMessageContaining("4 GiB");
        }
        assertThat(rig.alignment).as("asked for, so that it fits in one").isGreaterThanOrEqualTo(2 * 16 * RxBd.SIZE).matches(a -> Long.bitCount(a) == 1);
    }

    /** fxmac_rs knows 25000 Mb/s where 2500 is meant, and refuses 5 Gb/s. */
    @ParameterizedTest
    @EnumSource(PhyInterface.class)
    void everyInterfaceHasATableOfClocksForEachOfItsSpeeds(PhyInterface phy) {
        rig.properties.put("phy-mode", phy.mode());
        rig.window.phys.put(0, PHY.clone());
        LinkMachine machine = LinkMachine.start(rig.parts(FlowControl.NONE));
        int speeds = 0;
        for (int mbps : new int[] {10, 100, 1000, 2500, 5000, 10_000}) {
            if (!phy.carries(mbps)) {
                continue;
            }
            speeds++;
            rig.window.writes.clear();
            machine.program(new LinkState(true, mbps, true));
            for (ClockSelect.Write w : ClockSelect.of(phy, mbps)) {
                assertThat(rig.window.written(w.register())).containsExactly(w.value());
            }
            assertThat(rig.window.written(Fxmac.HSMAC)).as("HSMAC at " + mbps)
                    .containsExactly(mbps <= 100 ? 0 : mbps == 1000 ? 1 : mbps == 2500 ? 2 : mbps == 5000 ? 3 : 4);
        }
        assertThat(speeds).isPositive();
    }

    /** IEEE 802.3, clause 36, with the ability that a PHY tells in SGMII; or clause 49. */
    @ParameterizedTest
    @CsvSource({"sgmii, 0x4, 0x9800, 1000, true", "sgmii, 0x4, 0x9400, 100, true", "sgmii, 0x4, 0x8400, 100, false", "sgmii, 0x4, 0x8000, 10, false",
        "sgmii, 0x4, 0x1800, 0, false", "sgmii, 0, 0x9800, 0, false", "sgmii, 0x4, 0x9c00, 0, false", "2500base-x, 0x4, 0, 2500, true",
        "2500base-x, 0, 0x9800, 0, false", "usxgmii, 0x1, 0, 10000, true", "usxgmii, 0, 0, 0, false",
        "5gbase-r, 0x1, 0, 5000, true", "10gbase-r, 0x6, 0, 0, false"})
    void withoutAPhyThePcsTellsOfTheLink(String mode, String status, String partner, int mbps, boolean full) {
        rig.properties.put("phy-mode", mode);
        LinkMachine machine = LinkMachine.start(rig.parts(FlowControl.NONE));
        rig.window.put(mode.contains("base-r") || mode.startsWith("usx") ? Fxmac.USXSR : Fxmac.PCSSR, Integer.decode(status));
        rig.window.put(Fxmac.PCSLPA, Integer.decode(partner));
        assertThat(machine.look()).isEqualTo(mbps == 0 ? LinkState.DOWN : new LinkState(true, mbps, full));
    }

    /** What firmware left in the first specific address register; else what it wrote in the node, where it is an address of one station. */
    @ParameterizedTest
    @CsvSource({"02:00:00:00:00:0a, 02:00:00:00:00:0b, 02:00:00:00:00:0c, 02:00:00:00:00:0a", "'', 02:00:00:00:00:0b, 02:00:00:00:00:0c, 02:00:00:00:00:0b",
        "03:00:00:00:00:0a, '', 02:00:00:00:00:0c, 02:00:00:00:00:0c", "'', 03:00:00:00:00:0b, 02:00:00:00:00:0c, 02:00:00:00:00:0c",
        "'', 00:00:00:00:00:00, 02:00:00:00:00:0c, 02:00:00:00:00:0c", "'', '', '', ''"})
    void theAddressIsTheOneThatFirmwareLeft(String register, String local, String other, String expected) {
        rig.window.phys.put(7, PHY.clone());
        if (!register.isEmpty()) {
            long onTheWire = Long.reverseBytes(EthernetAddress.parse(register).bits()) >>> 16;
            rig.window.put(Fxmac.SAB, (int) onTheWire);
            rig.window.put(Fxmac.SAT, (int) (onTheWire >>> 32));
        }
        rig.bytes.put("local-mac-address", local.isEmpty() ? new byte[5] : EthernetAddress.parse(local).toBytes());
        rig.bytes.put("mac-address", other.isEmpty() ? new byte[8] : EthernetAddress.parse(other).toBytes());
        NetDriverOps card = (NetDriverOps) new Setup(rig.attachment(), Options.DEFAULT, Rig.LIMITS).run().ops();
        if (expected.isEmpty()) {
            assertThat(card.macAddress().isValidUnicast()).isTrue();
            assertThat(card.macAddress().bits() >>> 41 & 1).as("locally administered").isOne();
        } else {
            assertThat(card.macAddress()).isEqualTo(EthernetAddress.parse(expected));
        }
        assertThat(FxmacSettings.read(rig.mac)).as("what the device compares with").isEqualTo(card.macAddress());
    }

    /** Of several receive queues one or more may run full. */
    @Test
    void aPartnerGoesOnWhenNoQueueIsFullAnyMore() {
        rig.mac.control(NetworkControl.TX);
        PauseSender sender = new PauseSender(rig.mac);
        sender.agreed(true);
        PauseSender.Level first = sender.new Level();
        PauseSender.Level second = sender.new Level();
        first.look(true, true);
        first.look(false, false);
        second.look(false, false);
        rig.window.writes.clear();
        first.look(true, true);
        assertThat(rig.window.writes).as("the second is still full").isEmpty();
        second.look(true, false);
        assertThat(rig.window.written(Fxmac.NWCTRL)).as("half full is not enough").doesNotContain(8 | 1 << 12);
        second.look(true, true);
        assertThat(rig.window.written(Fxmac.NWCTRL)).endsWith(8 | 1 << 12);
        rig.window.writes.clear();
        second.look(true, true);
        assertThat(rig.window.writes).isEmpty();
    }

    /** fxmac_rs has the trigger for a pause of no time at bit 11, which is that for a pause. */
    @Test
    void pausesAreSentByTheirOwnBits() {
        rig.mac.control(NetworkControl.TX);
        rig.mac.sendPause(true);
        rig.mac.sendPause(false);
        assertThat(rig.window.written(Fxmac.NWCTRL)).containsExactly(8, 8 | 1 << 11, 8 | 1 << 12);
    }

    /** fxmac_rs reads NWCTRL, changes it and writes it back, from wherever: one takes away what the other has just set, or brings back what it has cleared. */
    @Test
    void whoeverWritesNetworkControlAtTheSameTimeTakesNobodysBitsAway() throws InterruptedException {
        int on = NetworkControl.MDIO | NetworkControl.TX | NetworkControl.RX;
        AtomicInteger held = new AtomicInteger();
        AtomicInteger wrong = new AtomicInteger();
        MacRegisters mac = new MacRegisters("rig", new MmioWindow("network control", Fxmac.WINDOW) {
            @Override
            protected int read(long offset, int width) {
                return held.get();
            }

            @Override
            protected void write(long offset, int width, int value) {
                held.set(value);
                wrong.addAndGet((value & on & ~NetworkControl.RX) != (on & ~NetworkControl.RX) ? 1 : 0);
            }
        }, true);
        mac.control(on);
        List<Thread> owners = Stream.<Runnable>of(mac::startTransmit, mac::restartReceive, mac::restartReceive, () -> mac.sendPause(true))
                .map(work -> new Thread(() -> {
            for (int i = 0; i < 100_000; i++) {
                work.run();
            }
        })).toList();
        owners.forEach(Thread::start);
        for (Thread t : owners) {
            t.join();
        }
        assertThat(wrong.get()).as("writes with transmission or MDIO off").isZero();
        assertThat(held.get() & on).as("what is on in the end").isEqualTo(on);
        assertThat(mac.keepsControl()).isTrue();
    }

    /** Worked out bit by bit from the text of TRM 16.3.6. fxmac_rs turns the hash on and leaves it empty: no multicast. */
    @ParameterizedTest
    @CsvSource({"33:33:00:00:00:01, 44", "01:00:5e:00:00:01, 38", "01:00:5e:00:00:fb, 56", "33:33:ff:12:34:56, 7", "01:80:c2:00:00:0e, 58",
        "ff:ff:ff:ff:ff:ff, 0", "00:00:00:00:00:00, 0", "01:00:00:00:00:00, 1", "00:00:00:00:00:80, 32", "02:00:00:00:00:01, 18"})
    void addressesHaveTheHashThatTheManualDescribes(String address, int index) {
        assertThat(HashFilter.index(EthernetAddress.parse(address))).isEqualTo(index);
    }
}
