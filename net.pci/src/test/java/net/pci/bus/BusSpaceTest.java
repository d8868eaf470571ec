package net.pci.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.api.DevException;
import net.api.host.PciAccess.Window;
import net.api.host.PciAccess.Window.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusSpaceTest {
    @ParameterizedTest
    @CsvSource({"MEMORY_32, 0xfff00000, 0x200000", "MEMORY_32, 0x8000000000, 0x1000", "MEMORY_64, 0xe0000000, 0x1000", "IO, 0x100000000, 0x1000"})
    void aWindowOnTheWrongSideOf4GiBIsRefused(Kind kind, String start, String size) {
        Window window = new Window(kind, Long.decode(start), Long.decode(size));
        assertThatThrownBy(() -> BusSpace.ofRoot(List.of(window))).isInstanceOf(DevException.class).hasMessageContaining("wrong side of 4 GiB");
    }

    @Test
    void windowsMayReachAsFarAs4GiBAndBeginThere() {
        BusSpace space = BusSpace.ofRoot(List.of(new Window(Kind.MEMORY_32, 0xfff0_0000L, 0x10_0000), new Window(Kind.MEMORY_64, 0x1_0000_0000L, 0x10_0000)));
        assertThat(space.list(Kind.MEMORY_32)).hasSize(1);
        assertThat(space.list(Kind.MEMORY_64)).hasSize(1);
        assertThat(space.list(Kind.IO)).isEmpty();
    }
}
