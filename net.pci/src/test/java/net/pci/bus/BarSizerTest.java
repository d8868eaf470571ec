package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.device.PciBar.Type;
import org.junit.jupiter.api.Test;

class BarSizerTest {
    private final List<String> problems = new ArrayList<>();
    private static final PciAddress AT = new PciAddress(0, 0, 1, 0);

    private List<PciBar> size(FakeFunction f) {
        return BarSizer.size(new ConfigSpace(new FakePci(new ArrayList<>(), 0).with(1, 0, f), AT), 6, problems);
    }

    @Test
    void sizes_all_kinds_and_leaves_no_trace() {
        FakeFunction f = FakeFunction.of(1, 2).memory32(0, 0x1000, 0xfe00_1000).io(1, 32, 0xc040).memory64(2, 0x4000, 0x80_0000_4000L, true)
                .memory64(4, 1L << 33, 0, false);
        f.write(ConfigSpace.COMMAND, 2, 7);
        assertThat(size(f)).containsExactly(new PciBar(0, Type.MEMORY_32, false, 0xfe00_1000L, 0x1000), new PciBar(1, Type.IO, false, 0xc040, 32),
                new PciBar(2, Type.MEMORY_64, true, 0x80_0000_4000L, 0x4000), new PciBar(4, Type.MEMORY_64, false, 0, 1L << 33));
        assertThat(f.command()).isEqualTo(7);
        assertThat(f.get32(0x10)).isEqualTo(0xfe00_1000);
        assertThat(f.get32(0x14)).isEqualTo(0xc041);
        assertThat(f.get32(0x18)).isEqualTo(0x400c);
        assertThat(f.get32(0x1c)).isEqualTo(0x80);
        assertThat(f.violations()).isEmpty();
        assertThat(problems).isEmpty();
    }

    @Test
    void bars_that_are_not_there_are_left_out() {
        assertThat(size(FakeFunction.of(1, 2).memory32(3, 16, 0))).extracting(PciBar::index).containsExactly(3);
    }

    @Test
    void bar_at_the_top_of_its_range_is_told_from_one_that_cannot_be_written() {
        assertThat(size(FakeFunction.of(1, 2).memory32(0, 0x1000, 0xffff_f000))).containsExactly(new PciBar(0, Type.MEMORY_32, false, 0xffff_f000L, 0x1000));
        assertThat(size(FakeFunction.of(1, 2).bar(0, 0xfe00_0000, 0, 0))).isEmpty();
        assertThat(problems).singleElement().asString().contains("BAR 0", "ignored");
    }

    @Test
    void size_that_is_no_power_of_two_is_refused() {
        assertThat(size(FakeFunction.of(1, 2).bar(0, 0, 0xff0f_0000, 0).memory32(1, 64, 0))).extracting(PciBar::index).containsExactly(1);
        assertThat(problems).singleElement().asString().contains("BAR 0", "no power of two");
    }

    @Test
    void wide_bar_in_the_last_place_is_refused() {
        assertThat(size(FakeFunction.of(1, 2).bar(5, 0, -0x1000 & ~0xf, 4))).isEmpty();
        assertThat(problems).singleElement().asString().contains("BAR 5");
    }

    @Test
    void bars_and_decoding_come_back_even_if_a_read_fails() {
        FakeFunction f = FakeFunction.of(1, 2).memory32(0, 0x1000, 0xfe00_1000);
        f.write(ConfigSpace.COMMAND, 2, 3);
        FakePci pci = new FakePci(new ArrayList<>(), 0) {
            @Override
            public synchronized int read(PciAddress function, int offset, int width) {
                int value = super.read(function, offset, width);
                if (offset == 0x10 && value == 0xffff_f000) {
                    throw new IllegalStateException("bus error");
                }
                return value;
            }
        };
        pci.with(1, 0, f);
        assertThatThrownBy(() -> BarSizer.size(new ConfigSpace(pci, AT), 6, problems)).hasMessage("bus error");
        assertThat(f.get32(0x10)).isEqualTo(0xfe00_1000);
        assertThat(f.command()).isEqualTo(3);
    }
}
