package net.api.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.api.DevException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PciAddressTest {
    @Test
    void textAndPartsAgree() {
        assertThat(PciAddress.parse("0001:a0:1f.7")).isEqualTo(new PciAddress(1, 0xa0, 0x1f, 7)).hasToString("0001:a0:1f.7");
        assertThat(PciAddress.parse("4:0.1")).isEqualTo(new PciAddress(0, 4, 0, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00:04", "00:20.0", "00:04.8", "00:04.0 ", "g0:04.0", "100:00:00:04.0"})
    void refusesWhatIsNotAnAddress(String text) {
        assertThatThrownBy(() -> PciAddress.parse(text)).isInstanceOf(DevException.class);
    }

    @Test
    void sortsByPlace() {
        assertThat(PciAddress.parse("00:1f.7")).isLessThan(PciAddress.parse("01:00.0"));
        assertThat(PciAddress.parse("ff:1f.7")).isLessThan(PciAddress.parse("0001:00:00.0"));
    }
}
