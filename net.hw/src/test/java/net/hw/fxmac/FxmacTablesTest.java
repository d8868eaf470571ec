package net.hw.fxmac;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.api.EthernetAddress;
import net.api.driver.Register;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FxmacTablesTest {
    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Test
    void registersDoNotOverlapAndLieInTheWindow() {
        BitSet taken = new BitSet();
        Stream.of(Fxmac.values(), Counter.values()).flatMap(Stream::of).map(Register.class::cast).forEach(r -> {
            for (int i = 0; i < r.count(); i++) {
                int at = r.at(i);
                assertThat(at % 4).as(r.name()).isZero();
                assertThat(at).as(r.name()).isBetween(0, Fxmac.WINDOW - 4);
                assertThat(taken.get(at)).as("%s[%d] at 0x%x overlaps", r.name(), i, at).isFalse();
                taken.set(at);
            }
            assertThat(r.meaning()).isNotBlank();
        });
    }

    @Test
    void theOnesOfTheHighSpeedMacAreNotPhytiumsAlone() {
        assertThat(Fxmac.USXCTRL.isPhytium()).isFalse();
        assertThat(Fxmac.TAILENABLE.isPhytium()).isTrue();
        assertThat(Fxmac.SRCSEL.offset()).isEqualTo(0x1c04);
        assertThat(Fxmac.RGMIITXCLKSEL1.offset()).isEqualTo(0x1c84);
    }

    @Test
    void countersFollowEachOtherWithoutAHole() {
        Counter[] all = Counter.values();
        for (int i = 0; i < all.length; i++) {
            assertThat(all[i].offset()).as(all[i].name()).isEqualTo(0x100 + 4 * i);
        }
        assertThat(all[all.length - 1].offset()).isEqualTo(0x1b0);
    }

    @Test
    void aReceiveDescriptorHasItsWordsWhereTheDeviceLooks() {
        MemorySegment m = Arena.ofAuto().allocate(64, 16);
        RxBd.give(m, RxBd.at(16, 1), 0x12_3456_789cL, RxBd.WRAP);
        assertThat(m.get(WORD, 32)).isEqualTo(0x3456_789e);
        assertThat(m.get(WORD, 36)).isZero();
        assertThat(m.get(WORD, 40)).isEqualTo(0x12);
        assertThat(m.get(WORD, 16)).isZero();
        m.set(WORD, 36, 1 << 14 | 1 << 15 | 1514);
        m.set(WORD, 32, 0x3456_789f);
        long word = RxBd.wordAcquire(m, 32);
        assertThat(word & (RxBd.SOF | RxBd.EOF | RxBd.USED | RxBd.WRAP)).isEqualTo(RxBd.SOF | RxBd.EOF | RxBd.USED | RxBd.WRAP);
        assertThat(RxBd.length(word, RxBd.LENGTH_MASK)).isEqualTo(1514);
        assertThat(RxBd.iova(m, 32, word)).isEqualTo(0x12_3456_789cL);
        RxBd.setUsed(m, 32, 0);
        assertThat(m.get(WORD, 32)).isOne();
        assertThat(m.get(WORD, 40)).isZero();
    }

    @Test
    void descriptorsThatAreGivenTogetherAreAsIfTheyWereGivenOneByOne() {
        for (int n = 1; n <= 9; n++) {
            MemorySegment one = Arena.ofAuto().allocate(160, 16);
            MemorySegment all = Arena.ofAuto().allocate(160, 16);
            long[] words = new long[2 * 9];
            for (int i = 0; i < n; i++) {
                long iova = 0x12_3456_7890L + 4 * i;
                words[2 * i] = RxBd.word(iova, i == n - 1 ? RxBd.WRAP : 0);
                words[2 * i + 1] = Bd.highWord(iova);
                RxBd.give(one, RxBd.at(16, i), iova, i == n - 1 ? RxBd.WRAP : 0);
            }
            Bd.give(all, 16, words, n);
            assertThat(all.mismatch(one)).isEqualTo(-1);
        }
    }

    @Test
    void aTransmitDescriptorHasItsWordsWhereTheDeviceLooks() {
        MemorySegment m = Arena.ofAuto().allocate(64, 16);
        TxBd.give(m, 16, 0x12_f456_789dL, 60, TxBd.LAST | TxBd.WRAP);
        assertThat(m.get(WORD, 16)).isEqualTo(0xf456_789d);
        assertThat(m.get(WORD, 20)).isEqualTo(1 << 30 | 1 << 15 | 60);
        assertThat(m.get(WORD, 24)).isEqualTo(0x12);
        long word = TxBd.wordAcquire(m, 16);
        assertThat(TxBd.iova(m, 16, word)).isEqualTo(0x12_f456_789dL);
        assertThat(TxBd.length(word)).isEqualTo(60);
        TxBd.prepare(m, 32, -1, TxBd.MAX_LENGTH, 0);
        assertThat(m.get(WORD, 36)).isEqualTo(0x3fff);
        TxBd.setUsed(m, 16, TxBd.WRAP);
        assertThat(m.get(WORD, 20)).isEqualTo(3 << 30);
        assertThat((int) (TxBd.ERRORS >>> 32)).isEqualTo(1 << 29 | 1 << 28 | 1 << 27 | 1 << 26);
    }

    @Test
    void mdioFramesAreThoseOfClause22() {
        // 01 10 00111 00010 10 0000000000000000
        assertThat(Mdio.read(7, Phy.ID1)).isEqualTo(0b0110_0011_1000_1010_0000_0000_0000_0000);
        assertThat(Mdio.write(7, Phy.ID1, -1)).isEqualTo(0b0101_0011_1000_1010_1111_1111_1111_1111);
        assertThat(Mdio.phy(Mdio.read(31, 5))).isEqualTo(31);
        assertThat(Mdio.register(Mdio.read(31, 5))).isEqualTo(5);
    }

    @Test
    void theMdcDividerKeepsMdcSlowEnough() {
        assertThat(NetworkConfig.mdcDivider(50_000_000)).isEqualTo(2 << 18);
        assertThat(NetworkConfig.mdcDivider(20_000_000)).isZero();
        assertThat(NetworkConfig.mdcDivider(20_000_008)).isEqualTo(1 << 18);
        assertThat(NetworkConfig.mdcDivider(1_000_000_000)).isEqualTo(7 << 18);
    }

    @Test
    void theHashTakesEverySixthBit() {
        // Checked by hand: the exclusive or of the eight six-bit groups of the address, lowest bit of the first byte first.
        assertThat(HashFilter.index(EthernetAddress.parse("01:00:00:00:00:00"))).isOne();
        assertThat(HashFilter.index(EthernetAddress.parse("40:00:00:00:00:00"))).isOne();
        assertThat(HashFilter.index(EthernetAddress.parse("41:00:00:00:00:00"))).isZero();
        assertThat(HashFilter.index(EthernetAddress.parse("00:00:00:00:00:80"))).isEqualTo(0x20);
        assertThat(HashFilter.index(EthernetAddress.parse("33:33:00:00:00:01"))).isEqualTo(0x33 ^ (0x33 << 2 & 0x3c) ^ 0x33 >> 4 ^ 1 << 4);
    }

    @Test
    void designConfigurationIsReadAsTheCoreWasBuilt() {
        assertThat(DesignConfig.queues(0)).isOne();
        assertThat(DesignConfig.queues(0b1110)).isEqualTo(4);
        assertThat(DesignConfig.queues(0b1010)).isEqualTo(2);
        assertThat(DesignConfig.queues(0xff)).isEqualTo(Fxmac.MAX_QUEUES);
        assertThat(DesignConfig.screenedQueues(0)).isOne();
        assertThat(DesignConfig.screenedQueues(16 << 16 | 32)).isEqualTo(4);
        assertThat(DesignConfig.screenedQueues(1 << 16 | 32)).isEqualTo(2);
        assertThat(DesignConfig.present(0x12e)).isEqualTo(0x2f);
        assertThat(List.of(DesignConfig.screeners1(0x0403_0201), DesignConfig.screeners2(0x0403_0201))).containsExactly(4, 3);
        assertThat(List.of(DesignConfig.screeners1(-1), DesignConfig.screeners2(-1))).containsExactly(16, 16);
        assertThat(DesignConfig.busWidth(4 << 25)).isEqualTo(2);
        assertThat(DesignConfig.busWidth(2 << 25)).isEqualTo(1);
        assertThat(DesignConfig.busWidth(1 << 25)).isZero();
        assertThat(Fxmac.moduleId(0x700c_0000)).isEqualTo(Fxmac.PHYTIUM_ID);
    }

    @Test
    void everyInterfaceHasItsClocksForEverySpeedThatItCarries() {
        for (PhyInterface phy : PhyInterface.values()) {
            for (int mbps : new int[] {10, 100, 1000, 2500, 5000, 10_000}) {
                if (phy.carries(mbps)) {
                    assertThat(ClockSelect.of(phy, mbps)).as(phy + " " + mbps).isNotEmpty().doesNotHaveDuplicates()
                            .allMatch(w -> w.register().isPhytium() && w.register().access() == net.api.driver.Access.RW);
                }
            }
            assertThat(PhyInterface.of(phy.mode())).contains(phy);
        }
        assertThat(PhyInterface.of("rgmii-id")).contains(PhyInterface.RGMII);
        assertThat(PhyInterface.of("qsgmii")).isEmpty();
        assertThat(PhyInterface.USXGMII.fixedSpeed()).isEqualTo(10_000);
        assertThat(PhyInterface.SGMII.fixedSpeed()).isZero();
    }

    /** Register by register as Phytium's drivers write them. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "SGMII; 1000; 1C04=1,1C08=4,1C0C=8,1C10=1,1C20=0,1C24=0,1C28=0,1C2C=1,1C30=1,1C34=0,1C70=0,1C74=0,1C78=0,1C7C=0",
        "SGMII; 100; 1C04=1,1C08=4,1C0C=8,1C10=1,1C20=0,1C24=0,1C28=1,1C2C=1,1C30=1,1C34=0,1C70=1,1C74=0,1C78=0,1C7C=1",
        "SGMII; 10; 1C04=1,1C08=4,1C0C=8,1C10=1,1C20=0,1C24=0,1C28=1,1C2C=1,1C30=1,1C34=0,1C70=1,1C74=0,1C78=0,1C7C=1",
        "SGMII_2500; 2500; 1C04=0,1C08=1,1C0C=2,1C10=1,1C20=0,1C24=1,1C28=1,1C2C=1,1C30=1,1C34=0,1C70=0,1C74=0,1C78=0,1C7C=0",
        "RGMII; 1000; 1C18=1,1C1C=0,1C20=0,1C24=1,1C28=0,1C2C=0,1C30=0,1C34=1,1C38=0,1C48=1,1C80=1,1C84=0",
        "RGMII; 100; 1C18=1,1C1C=0,1C20=0,1C24=1,1C28=0,1C2C=0,1C30=0,1C34=1,1C38=0,1C48=1,1C80=0,1C84=0",
        "RGMII; 10; 1C18=1,1C1C=0,1C20=0,1C24=1,1C28=0,1C2C=0,1C30=0,1C34=1,1C38=1,1C48=1,1C80=0,1C84=0",
        "RMII; 100; 1C48=1", "RMII; 10; 1C48=1",
        "XGMII; 10000; 1C04=1,1C08=4,1C0C=1,1C10=1", "USXGMII; 10000; 1C04=1,1C08=4,1C0C=1,1C10=1",
        "BASE_R_10G; 10000; 1C04=1,1C08=4,1C0C=1,1C10=1", "BASE_R_5G; 5000; 1C04=1,1C08=8,1C0C=2,1C10=0"})
    void clocksHaveTheValuesThatTheHardwareWasSeenToWorkWith(PhyInterface phy, int mbps, String values) {
        assertThat(phy.carries(mbps)).isTrue();
        assertThat(ClockSelect.of(phy, mbps).stream().map(w -> "%X=%d".formatted(w.register().offset(), w.value())).collect(Collectors.joining(",")))
                .isEqualTo(values);
    }

    /** fxmac_rs begins them with queue 0, and ends them with queue 15, in registers of others. */
    @Test
    void theRegistersOfTheFurtherQueuesBeginWithThoseOfQueueOne() {
        List<Fxmac> registers = List.of(Fxmac.QISR, Fxmac.QTXBASE, Fxmac.QRXBASE, Fxmac.QRXSIZE, Fxmac.QIER, Fxmac.QIDR, Fxmac.QIMR);
        assertThat(registers.stream().map(r -> List.of(r.at(0), r.at(r.count() - 1))))
                .containsExactly(List.of(0x400, 0x418), List.of(0x440, 0x458), List.of(0x480, 0x498), List.of(0x4a0, 0x4b8), List.of(0x600, 0x618),
                        List.of(0x620, 0x638), List.of(0x640, 0x658));
        assertThat(Fxmac.QISR.count()).isEqualTo(Fxmac.QUEUES - 1);
    }

    @Test
    void speedsHaveTheCodesOfTheHardware() {
        assertThat(new int[] {HighSpeed.code(10), HighSpeed.code(100), HighSpeed.code(1000), HighSpeed.code(2500), HighSpeed.code(5000),
                HighSpeed.code(10_000)})
                .containsExactly(0, 0, 1, 2, 3, 4);
        assertThat(Phy.yt8521Speed(0xa000)).isEqualTo(1000);
        assertThat(Phy.yt8521FullDuplex(0xa000)).isTrue();
        assertThat(Phy.yt8521Speed(0x4000)).isEqualTo(100);
        assertThat(Phy.yt8521FullDuplex(0x4000)).isFalse();
        assertThat(Pcs.speed(2 << 10)).isEqualTo(1000);
        assertThat(Pcs.speed(3 << 10)).isZero();
        assertThat(Screener.compareA(3, 2)).isEqualTo(3 | 2 << 13 | 1 << 18);
        assertThat(Screener.compare(Screener.compareA(3, 31))).isEqualTo(31);
        assertThat(Screener.value(1, 3)).isEqualTo(0x1_0003);
        assertThat(Screener.udpPort(3, 4791)).isEqualTo(3 | 4791 << 12 | 1 << 29);
        assertThat(Screener.port(Screener.udpPort(3, 65_535))).isEqualTo(65_535);
        assertThat(Screener.service(0xabf)).isEqualTo(0xab);
    }
}
