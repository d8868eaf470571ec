package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.api.device.PciAddress;
import org.junit.jupiter.api.Test;

class PciScannerTest {
    private final FakePci pci = new FakePci(new ArrayList<>(), 7);

    private List<String> scan() {
        return PciScanner.scan(pci).functions().stream().map(f -> f.address().toString().substring(5)).toList();
    }

    @Test
    void functions_one_to_seven_only_where_the_multifunction_bit_is() {
        pci.with(1, 0, FakeFunction.of(0x8086, 1)).with(1, 1, FakeFunction.of(0x8086, 1)).with(2, 0, FakeFunction.of(0x8086, 2).multifunction())
                .with(2, 5, FakeFunction.of(0x8086, 3)).with(3, 1, FakeFunction.of(0x8086, 4));
        assertThat(scan()).containsExactly("00:01.0", "00:02.0", "00:02.5");
        assertThat(pci.read).doesNotContain(new PciAddress(0, 0, 1, 1), new PciAddress(0, 0, 3, 1));
    }

    @Test
    void follows_two_levels_of_bridges_that_firmware_numbered() {
        FakeFunction card = FakeFunction.of(0x8086, 0x10fb);
        FakeFunction inner = FakeFunction.bridge().set32(0x18, 0x03_03_02).with(4, 0, card);
        pci.with(1, 0, FakeFunction.bridge().set32(0x18, 0x03_02_00).with(0, 0, inner));
        assertThat(scan()).containsExactly("00:01.0", "02:00.0", "03:04.0");
        assertThat(inner.writes()).isZero();
        assertThat(PciScanner.scan(pci).functions().getLast().bridge()).isEqualTo(new PciAddress(0, 2, 0, 0));
    }

    @Test
    void gives_numbers_to_bridges_without_where_there_is_no_firmware() {
        pci.windows = List.of(FakePci.MEMORY);
        FakeFunction inner = FakeFunction.bridge().with(4, 0, FakeFunction.of(0x8086, 1));
        FakeFunction outer = FakeFunction.bridge().with(0, 0, inner);
        FakeFunction second = FakeFunction.bridge().with(0, 0, FakeFunction.of(0x8086, 2));
        pci.with(1, 0, outer).with(2, 0, second);
        assertThat(scan()).containsExactly("00:01.0", "00:02.0", "01:00.0", "02:04.0", "03:00.0");
        assertThat(outer.get32(0x18)).isEqualTo(0x02_01_00);
        assertThat(inner.get32(0x18)).isEqualTo(0x02_02_01);
        assertThat(second.get32(0x18)).isEqualTo(0x03_03_00);
        assertThat(scan()).as("a second look changes nothing").hasSize(5);
        assertThat(second.get32(0x18)).isEqualTo(0x03_03_00);
    }

    @Test
    void leaves_bridges_without_numbers_alone_where_there_is_firmware() {
        FakeFunction bridge = FakeFunction.bridge().with(0, 0, FakeFunction.of(0x8086, 1));
        pci.with(1, 0, bridge);
        assertThat(scan()).containsExactly("00:01.0");
        assertThat(bridge.writes()).isZero();
    }

    @Test
    void new_numbers_lie_above_those_that_are_set() {
        pci.windows = List.of(FakePci.MEMORY);
        FakeFunction unset = FakeFunction.bridge().with(0, 0, FakeFunction.of(0x8086, 1));
        pci.with(1, 0, unset).with(2, 0, FakeFunction.bridge().set32(0x18, 0x05_03_00).with(0, 0, FakeFunction.of(0x8086, 2)));
        assertThat(scan()).containsExactlyInAnyOrder("00:01.0", "00:02.0", "03:00.0", "06:00.0");
        assertThat(unset.get32(0x18)).isEqualTo(0x06_06_00);
    }

    @Test
    void bridge_that_leads_back_or_beyond_is_not_followed() {
        pci.with(1, 0, FakeFunction.bridge().set32(0x18, 0x09_08_00)).with(2, 0, FakeFunction.bridge().set32(0x18, 0x02_03_00));
        FakeFunction first = FakeFunction.bridge().set32(0x18, 0x04_04_00).with(0, 0, FakeFunction.of(0x8086, 1));
        pci.with(3, 0, first).with(4, 0, FakeFunction.bridge().set32(0x18, 0x04_04_00));
        PciScanner.Result result = PciScanner.scan(pci);
        assertThat(result.problems()).hasSize(3).allSatisfy(p -> assertThat(p).contains("impossible"));
        assertThat(result.functions()).hasSize(5);
    }

    @Test
    void numbers_that_run_out_are_reported() {
        FakePci small = new FakePci(new ArrayList<>(), 1);
        small.windows = List.of(FakePci.MEMORY);
        small.with(1, 0, FakeFunction.bridge()).with(2, 0, FakeFunction.bridge());
        assertThat(PciScanner.scan(small).problems()).singleElement().asString().contains("00:02.0", "no bus number");
    }

    @Test
    void function_that_asks_for_time_is_looked_for_again() {
        pci.with(1, 0, FakeFunction.of(0x8086, 1).retries(1)).with(2, 0, FakeFunction.of(0, 7));
        assertThat(PciScanner.scan(pci).again()).isTrue();
        PciScanner.Result second = PciScanner.scan(pci);
        assertThat(second.again()).isFalse();
        assertThat(second.functions()).hasSize(1);
    }
}
