package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import net.api.device.PciAddress;
import net.api.device.PciCapability;
import org.junit.jupiter.api.Test;

class CapabilityWalkTest {
    private static CapabilityWalk walk(FakeFunction f) {
        return CapabilityWalk.of(new ConfigSpace(new FakePci(new ArrayList<>(), 0).with(1, 0, f), new PciAddress(0, 0, 1, 0)));
    }

    @Test
    void lists_both_lists_in_order() {
        FakeFunction f = FakeFunction.of(0x1af4, 0x1041).capability(9, 16).capability(0x10, 60).capability(0x11, 12);
        f.set32(0x100, 0x1402_0001).set32(0x140, 0x0001_0003);
        CapabilityWalk walk = walk(f);
        assertThat(walk.capabilities()).containsExactly(new PciCapability(9, 0x40, false), new PciCapability(0x10, 0x50, false),
                new PciCapability(0x11, 0x8c, false), new PciCapability(1, 0x100, true), new PciCapability(3, 0x140, true));
        assertThat(walk.problems()).isEmpty();
    }

    @Test
    void cyclic_list_ends_at_the_second_visit() {
        CapabilityWalk walk = walk(FakeFunction.of(1, 2).capability(1, 8).capability(5, 8).pointLastTo(0x40));
        assertThat(walk.capabilities()).extracting(PciCapability::id).containsExactly(1, 5);
        assertThat(walk.problems()).singleElement().asString().contains("0x48 points to 0x40", "visited before");
    }

    @Test
    void entry_that_points_to_itself_ends_the_list() {
        CapabilityWalk walk = walk(FakeFunction.of(1, 2).capability(1, 8).pointLastTo(0x40));
        assertThat(walk.capabilities()).hasSize(1);
        assertThat(walk.problems()).hasSize(1);
    }

    @Test
    void offsets_in_the_header_or_unaligned_end_the_list() {
        assertThat(walk(FakeFunction.of(1, 2).capability(1, 8).pointLastTo(0x3c)).problems()).singleElement().asString().contains("0x3c", "header");
        assertThat(walk(FakeFunction.of(1, 2).capability(1, 8).pointLastTo(0x52)).problems()).singleElement().asString().contains("0x52", "aligned");
        assertThat(walk(FakeFunction.of(1, 2).pointLastTo(0x04)).capabilities()).isEmpty();
    }

    @Test
    void entry_where_nothing_answers_ends_the_list() {
        CapabilityWalk walk = walk(FakeFunction.of(1, 2).capability(1, 8).pointLastTo(0x80).set32(0x80, -1));
        assertThat(walk.capabilities()).hasSize(1);
        assertThat(walk.problems()).singleElement().asString().contains("nothing answers");
    }

    @Test
    void host_that_shows_the_header_only_is_no_problem() {
        CapabilityWalk walk = walk(FakeFunction.of(1, 2).pointLastTo(0x40).set32(0x40, -1));
        assertThat(walk.capabilities()).isEmpty();
        assertThat(walk.problems()).isEmpty();
    }

    @Test
    void forty_eight_entries_are_all_that_fit() {
        FakeFunction f = FakeFunction.of(1, 2);
        for (int i = 0; i < 48; i++) {
            f.capability(9, 4);
        }
        assertThat(walk(f).capabilities()).hasSize(48);
        assertThat(walk(f).problems()).isEmpty();
    }

    @Test
    void cyclic_or_corrupt_extended_list_ends() {
        FakeFunction f = FakeFunction.of(1, 2).capability(0x10, 60);
        assertThat(walk(f.set32(0x100, 0x1081_0001).set32(0x108, 0x1001_0002)).problems()).singleElement().asString().contains("0x108 points to 0x100");
        assertThat(walk(f.set32(0x108, 0x0401_0002)).problems()).singleElement().asString().contains("0x040, below 0x100");
        assertThat(walk(f.set32(0x108, 0x10a1_0002)).problems()).singleElement().asString().contains("not aligned");
        assertThat(walk(f.set32(0x108, 0x2001_0002).set32(0x200, -1)).problems()).singleElement().asString().contains("nothing answers");
        assertThat(walk(f).capabilities()).hasSize(3);
    }

    @Test
    void extended_space_that_is_not_there_is_an_empty_list() {
        FakeFunction f = FakeFunction.of(1, 2).capability(0x10, 60).set32(0x100, -1);
        assertThat(walk(f).capabilities()).hasSize(1);
        assertThat(walk(f).problems()).isEmpty();
    }
}
