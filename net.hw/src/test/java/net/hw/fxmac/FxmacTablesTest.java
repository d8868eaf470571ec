package net.hw.fxmac;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.stream.Stream;
import net.api.EthernetAddress;
import net.api.driver.Register;
import org.junit.jupiter.api.Test;

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
        assertThat(ClockSelect.of(PhyInterface.SGMII, 1000)).isNotEqualTo(ClockSelect.of(PhyInterface.SGMII, 100)).hasSize(14);
        assertThat(ClockSelect.of(PhyInterface.RGMII, 10)).isNotEqualTo(ClockSelect.of(PhyInterface.RGMII, 100)).hasSize(12);
        assertThat(PhyInterface.USXGMII.fixedSpeed()).isEqualTo(10_000);
        assertThat(PhyInterface.SGMII.fixedSpeed()).isZero();
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
    }
}
