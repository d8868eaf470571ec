package net.hw.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.api.driver.Access;
import net.hw.ixgbe.ControlBits.Eec;
import net.hw.ixgbe.InterruptBits.Ivar;
import org.junit.jupiter.api.Test;

class IxgbeTablesTest {
    /** Bytes of BAR 0: 9.3.6.1. */
    private static final int BAR_0 = 0x8_0000;

    private static List<IxgbeRegister> all() {
        List<IxgbeRegister> all = new ArrayList<>(List.of(Reg.values()));
        all.addAll(List.of(Counter.values()));
        return all;
    }

    @Test
    void registersAndTheirAliasesDoNotOverlap() {
        BitSet taken = new BitSet();
        for (IxgbeRegister r : all()) {
            for (int i = 0; i < r.count(); i++) {
                take(taken, r, i, r.at(i));
            }
            for (int i = 0; i < r.aliases(); i++) {
                take(taken, r, i, r.aliasAt(i));
            }
        }
        assertThat(taken.length()).isLessThan(BAR_0);
    }

    private static void take(BitSet taken, IxgbeRegister r, int i, int at) {
        assertThat(at % 4).as(r.name()).isZero();
        assertThat(taken.get(at)).as("%s[%d] at 0x%05x overlaps", r.name(), i, at).isFalse();
        taken.set(at);
    }

    @Test
    void everyRegisterSaysWhatItIs() {
        for (IxgbeRegister r : all()) {
            assertThat(r.meaning()).as(r.name()).isNotBlank();
            assertThat(r.width()).isEqualTo(4);
            assertThat(r.count()).isPositive();
            assertThat(r.count() == 1).as(r.name()).isEqualTo(r.stride() == 0);
            if (r.access() == Access.RO) {
                assertThat(r.writable()).as(r.name()).isZero();
            }
        }
    }

    @Test
    void namesAreDistinctInBothTables() {
        Set<String> names = new HashSet<>();
        all().forEach(r -> assertThat(names.add(r.name())).as(r.name()).isTrue());
    }

    @Test
    void arraysGoOnAtTheirSecondPlace() {
        assertThat(Reg.RDBAL.at(63)).isEqualTo(0x1fc0);
        assertThat(Reg.RDBAL.at(64)).isEqualTo(0xd000);
        assertThat(Reg.RXDCTL.at(127)).isEqualTo(0xd028 + 63 * 0x40);
        assertThat(Reg.EITR.at(23)).isEqualTo(0x87c);
        assertThat(Reg.EITR.at(24)).isEqualTo(0x12300);
        assertThat(Reg.TDT.at(127)).isEqualTo(0x6018 + 127 * 0x40);
        assertThat(Reg.RAL.at(1)).isEqualTo(0xa208);
        assertThat(Reg.RAH.aliasAt(15)).isEqualTo(0x547c);
        assertThat(Reg.SRRCTL.aliasAt(0)).isEqualTo(0x2100);
        assertThat(Counter.QPTC.aliasAt(15)).isEqualTo(0x6030 + 15 * 0x40);
    }

    @Test
    void packetBuffersBelongToTheFirstTrafficClassAfterReset() {
        assertThat(Reg.RXPBSIZE.reset(0)).as("512 KiB").isEqualTo(0x80000);
        assertThat(Reg.RXPBSIZE.reset(1)).isZero();
        assertThat(Reg.TXPBSIZE.reset(0)).as("160 KiB").isEqualTo(0x28000);
        assertThat(Reg.SRRCTL.reset(5)).isEqualTo(0x402);
        assertThat(1 << ((Reg.EEC.reset(0) & Eec.SIZE) >> Eec.SIZE_SHIFT) + 6).as("words of the EEPROM").isEqualTo(1024);
    }

    @Test
    void onlyReadsWithoutEffectAreForDumps() {
        assertThat(Reg.SWSM.readsChangeNothing()).isFalse();
        assertThat(Reg.EICR.readsChangeNothing()).isFalse();
        assertThat(Reg.EIMC.readsChangeNothing()).isFalse();
        assertThat(Counter.GPRC.readsChangeNothing()).isFalse();
        assertThat(Reg.CTRL.readsChangeNothing()).isTrue();
    }

    @Test
    void ivarHasFourBytesForTwoQueues() {
        assertThat(new int[] {Ivar.rxShift(4), Ivar.txShift(4), Ivar.rxShift(5), Ivar.txShift(5)}).containsExactly(0, 8, 16, 24);
    }

    @Test
    void modelsAreFoundByTheirId() {
        Set<Integer> ids = new HashSet<>();
        for (Model m : Model.values()) {
            assertThat(ids.add(m.id())).as(m.name()).isTrue();
            assertThat(Model.of(m.id())).isEqualTo(m);
        }
        assertThat(Model.of(0x10fb)).isEqualTo(Model.SFP);
        assertThat(Model.of(0x10ed)).as("a virtual function").isNull();
    }
}
