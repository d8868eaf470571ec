package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.api.device.PciAddress;
import net.api.device.PciBar;
import net.api.host.PciAccess.Message;
import org.junit.jupiter.api.Test;

class MsiXTest {
    private final List<String> problems = new ArrayList<>();

    private Optional<MsiX> of(FakeFunction f) {
        ConfigSpace config = new ConfigSpace(new FakePci(new ArrayList<>(), 0).with(1, 0, f), new PciAddress(0, 0, 1, 0));
        return MsiX.of(config, CapabilityWalk.of(config).capabilities(), List.of(new PciBar(1, PciBar.Type.MEMORY_32, false, 0x1000, 0x1000),
                new PciBar(2, PciBar.Type.IO, false, 0x40, 0x1000)), problems);
    }

    @Test
    void function_without_it_has_none() {
        assertThat(of(FakeFunction.of(0x8086, 1))).isEmpty();
        assertThat(problems).isEmpty();
    }

    @Test
    void table_and_pending_bits_must_lie_in_memory() {
        assertThat(of(FakeFunction.of(0x8086, 1).msix(64, 0x0c00 | 1, 0x800 | 1))).isPresent();
        assertThat(problems).isEmpty();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(65, 0x0c00 | 1, 0x800 | 1))).isEmpty();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(64, 0x0c00 | 3, 0x800 | 1))).isEmpty();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(64, 0x0c00 | 7, 0x800 | 1))).isEmpty();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(1, 0x0c00 | 2, 0x800 | 1))).as("ports").isEmpty();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(1, 0xffff_fff8 | 1, 0x800 | 1))).as("32-bit overflow").isEmpty();
        assertThat(problems).hasSize(5).allSatisfy(p -> assertThat(p).contains("MSI-X table"));
        problems.clear();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(1, 1, 0xff8 | 1))).isPresent();
        assertThat(of(FakeFunction.of(0x8086, 1).msix(65, 1, 0xff8 | 1))).isEmpty();
        assertThat(problems).singleElement().asString().contains("pending");
    }

    @Test
    void vectors_are_written_masked_and_the_rest_stays_masked() {
        FakeFunction f = FakeFunction.of(0x8086, 1).msix(3, 0x100 | 1, 0x800 | 1);
        MsiX msix = of(f).orElseThrow();
        List<String> order = new ArrayList<>();
        FakePci.FakeMmio window = new FakePci.FakeMmio(0x1000) {
            @Override
            public void write32(long offset, int value) {
                super.write32(offset, value);
                order.add("%x".formatted(f.get16(0x42) >>> 14));
            }
        };
        msix.enable(window, List.of(new Message(0x1_fee0_0000L, 0x41, null), new Message(0xfee0_0010L, 0x42, null)));
        assertThat(window.writes).containsExactly("0x10c=0x1", "0x100=0xfee00000", "0x104=0x1", "0x108=0x41", "0x10c=0x0",
                "0x11c=0x1", "0x110=0xfee00010", "0x114=0x0", "0x118=0x42", "0x11c=0x0", "0x12c=0x1");
        assertThat(order).as("enabled and masked as a whole meanwhile").containsOnly("3");
        assertThat(f.get16(0x42)).isEqualTo(0x8002);
        msix.disable();
        assertThat(f.get16(0x42)).isEqualTo(2);
    }
}
