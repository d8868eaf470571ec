package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.api.DevException;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.host.PciAccess.Window;
import org.junit.jupiter.api.Test;

class AddressPlanTest {
    private final FakePci pci = new FakePci(new ArrayList<>(), 7);

    private List<AddressPlan.Item> place(AddressPlan plan) {
        List<AddressPlan.Item> items = new ArrayList<>();
        for (PciScanner.Found f : PciScanner.scan(pci).functions()) {
            ConfigSpace config = new ConfigSpace(pci, f.address());
            items.add(new AddressPlan.Item(f, config, BarSizer.size(config, f.isBridge() ? 2 : 6, new ArrayList<>())));
        }
        plan.place(items);
        return items;
    }

    private AddressPlan plan(Window... windows) {
        pci.windows = List.of(windows);
        return new AddressPlan(pci.windows);
    }

    private static PciBar bar(AddressPlan.Item item, int index) {
        return item.bars().stream().filter(b -> b.index() == index).findFirst().orElseThrow();
    }

    @Test
    void puts_each_kind_where_it_belongs() {
        FakeFunction f = FakeFunction.of(0x8086, 1).memory32(0, 0x1000, 0).io(1, 32, 0).memory64(2, 0x4000, 0, false);
        pci.with(1, 0, f);
        AddressPlan.Item item = place(plan(FakePci.IO, FakePci.MEMORY, FakePci.WIDE)).getFirst();
        assertThat(bar(item, 0).address()).isEqualTo(0xe000_0000L);
        assertThat(bar(item, 1).address()).isEqualTo(0xc000);
        assertThat(bar(item, 2).address()).isEqualTo(0x80_0000_0000L);
        assertThat(f.get32(0x10)).isEqualTo(0xe000_0000);
        assertThat(f.get32(0x14)).isEqualTo(0xc001);
        assertThat(f.get32(0x18)).isEqualTo(4);
        assertThat(f.get32(0x1c)).isEqualTo(0x80);
        assertThat(f.command()).as("nothing decodes, nothing masters").isZero();
        assertThat(f.violations()).isEmpty();
    }

    @Test
    void wide_bar_goes_below_where_there_is_nothing_above() {
        pci.with(1, 0, FakeFunction.of(0x8086, 1).memory64(0, 0x4000, 0, true));
        assertThat(bar(place(plan(FakePci.MEMORY)).getFirst(), 0).address()).isEqualTo(0xe000_0000L);
    }

    @Test
    void what_is_set_stays_and_what_overlaps_moves() {
        FakeFunction first = FakeFunction.of(0x8086, 1).memory32(0, 0x2000, 0xe000_2000);
        FakeFunction second = FakeFunction.of(0x8086, 2).memory32(0, 0x1000, 0xe000_3000).memory32(1, 0x1000, 0x1000_0000);
        first.write(ConfigSpace.COMMAND, 2, 7);
        second.write(ConfigSpace.COMMAND, 2, 7);
        pci.with(1, 0, first).with(2, 0, second);
        List<AddressPlan.Item> items = place(plan(FakePci.MEMORY));
        assertThat(bar(items.get(0), 0).address()).isEqualTo(0xe000_2000L);
        assertThat(bar(items.get(1), 0).address()).isEqualTo(0xe000_0000L);
        assertThat(bar(items.get(1), 1).address()).as("was outside of the window").isEqualTo(0xe000_1000L);
        assertThat(second.violations()).isEmpty();
    }

    @Test
    void what_does_not_fit_is_reported_and_hurts_nobody_else() {
        Window small = new Window(Window.Kind.MEMORY_32, 0xe000_0000L, 0x10_0000);
        FakeFunction big = FakeFunction.of(0x8086, 1).memory32(0, 0x20_0000, 0);
        pci.with(1, 0, big).with(2, 0, FakeFunction.of(0x8086, 2).memory32(0, 0x8_0000, 0)).with(3, 0, FakeFunction.of(0x8086, 2).io(0, 32, 0));
        List<AddressPlan.Item> items = place(plan(small));
        assertThat(items.get(0).problems()).singleElement().asString().contains("BAR 0 of 0x200000 bytes does not fit", "0x100000 bytes in", "0xe0000000");
        assertThat(bar(items.get(0), 0).address()).isZero();
        assertThat(big.get32(0x10)).isZero();
        assertThat(bar(items.get(1), 0).address()).isEqualTo(0xe000_0000L);
        assertThat(items.get(2).problems()).as("ports are not needed").isEmpty();
    }

    @Test
    void removal_makes_room() {
        Window small = new Window(Window.Kind.MEMORY_32, 0xe000_0000L, 0x10_0000);
        AddressPlan plan = plan(small);
        pci.with(1, 0, FakeFunction.of(0x8086, 1).memory32(0, 0x10_0000, 0));
        place(plan);
        pci.remove(1, 0);
        pci.with(2, 0, FakeFunction.of(0x8086, 2).memory32(0, 0x10_0000, 0));
        plan.remove(new PciAddress(0, 0, 1, 0));
        assertThat(bar(place(plan).getFirst(), 0).address()).isEqualTo(0xe000_0000L);
    }

    @Test
    void bridges_pass_on_what_is_behind_them() {
        FakeFunction card = FakeFunction.of(0x8086, 0x10fb).memory64(0, 0x40_0000, 0, true).io(2, 32, 0).memory32(3, 0x4000, 0);
        FakeFunction plain = FakeFunction.of(0x8086, 2).memory64(0, 0x1_0000, 0, false);
        FakeFunction inner = FakeFunction.bridge().with(0, 0, card);
        FakeFunction outer = FakeFunction.bridge().with(0, 0, inner).with(1, 0, plain);
        pci.with(1, 0, outer);
        List<AddressPlan.Item> items = place(plan(FakePci.IO, FakePci.MEMORY, FakePci.WIDE));
        assertThat(items).allSatisfy(i -> assertThat(i.problems()).isEmpty());
        AddressPlan.Item placed = items.stream().filter(i -> i.address().bus() == 2).findFirst().orElseThrow();
        long wide = bar(placed, 0).address();
        long port = bar(placed, 2).address();
        long memory = bar(placed, 3).address();
        assertThat(wide).isGreaterThanOrEqualTo(FakePci.WIDE.start());
        long notPrefetchable = bar(items.stream().filter(i -> i.address().equals(new PciAddress(0, 1, 1, 0))).findFirst().orElseThrow(), 0).address();
        assertThat(notPrefetchable).as("bridges pass nothing else above 4 GiB").isBetween(0xe000_0000L, 0xf000_0000L);
        for (FakeFunction bridge : List.of(outer, inner)) {
            assertThat(bridge.command()).isEqualTo(7);
            assertThat(memory).isBetween((bridge.get32(0x20) & 0xfff0L) << 16, bridge.get32(0x20) & 0xfff0_0000L | 0xf_ffffL);
            long base = (bridge.get32(0x24) & 0xfff0L) << 16 | (long) bridge.get32(0x28) << 32;
            long limit = bridge.get32(0x24) & 0xfff0_0000L | 0xf_ffffL | (long) bridge.get32(0x2c) << 32;
            assertThat(wide).isBetween(base, limit);
            assertThat(port).isBetween((bridge.get16(0x1c) & 0xf0L) << 8, bridge.get16(0x1c) & 0xf000L | 0xfff);
        }
        assertThat(notPrefetchable).isBetween((outer.get32(0x20) & 0xfff0L) << 16, outer.get32(0x20) & 0xfff0_0000L | 0xf_ffffL);
        assertThat(notPrefetchable < (inner.get32(0x20) & 0xfff0L) << 16 || notPrefetchable > (inner.get32(0x20) & 0xfff0_0000L | 0xf_ffffL))
                .as("not in the range of the bridge beside it").isTrue();
    }

    @Test
    void bridge_without_anything_above_or_ports_is_closed_for_them() {
        FakeFunction bridge = FakeFunction.bridge().with(0, 0, FakeFunction.of(0x8086, 1).memory32(0, 0x1000, 0));
        pci.with(1, 0, bridge);
        place(plan(FakePci.IO, FakePci.MEMORY, FakePci.WIDE));
        assertThat(bridge.get16(0x1c)).isEqualTo(0x00f0);
        assertThat(bridge.get32(0x24) & 0xfff0_fff0).isEqualTo(0x0000_fff0);
    }

    @Test
    void windows_of_firmware_stay() {
        FakeFunction card = FakeFunction.of(0x8086, 1).memory32(0, 0x1000, 0xe450_0000);
        FakeFunction bridge = FakeFunction.bridge().set32(0x18, 0x01_01_00).set32(0x20, 0xe450_e440).with(0, 0, card);
        pci.with(1, 0, bridge).with(2, 0, FakeFunction.of(0x8086, 2).memory32(0, 0x800_0000, 0));
        List<AddressPlan.Item> items = place(plan(FakePci.MEMORY));
        assertThat(bridge.get32(0x20)).isEqualTo(0xe450_e440);
        assertThat(card.get32(0x10)).isEqualTo(0xe450_0000);
        assertThat(bar(items.getLast(), 0).address()).as("not over the bridge's window").isEqualTo(0xe800_0000L);
    }

    @Test
    void card_that_comes_later_fits_behind_its_bridge() {
        FakeFunction bridge = FakeFunction.bridge();
        pci.with(1, 0, bridge);
        AddressPlan plan = plan(FakePci.MEMORY);
        place(plan);
        FakeFunction card = FakeFunction.of(0x8086, 1).memory32(0, 0x1000, 0);
        bridge.with(0, 0, card);
        PciScanner.Found found = PciScanner.scan(pci).functions().getLast();
        ConfigSpace config = new ConfigSpace(pci, found.address());
        AddressPlan.Item item = new AddressPlan.Item(found, config, BarSizer.size(config, 6, new ArrayList<>()));
        plan.place(List.of(item));
        assertThat(bar(item, 0).address()).isBetween((bridge.get32(0x20) & 0xfff0L) << 16, bridge.get32(0x20) & 0xfff0_0000L | 0xf_ffffL);
    }

    @Test
    void windows_on_the_wrong_side_are_refused() {
        assertThatThrownBy(() -> plan(new Window(Window.Kind.MEMORY_32, 0xf000_0000L, 0x2000_0000L))).isInstanceOf(DevException.class)
                .hasMessageContaining("4 GiB");
        assertThatThrownBy(() -> plan(new Window(Window.Kind.MEMORY_64, 0x1000, Long.MAX_VALUE))).isInstanceOf(DevException.class);
    }
}
