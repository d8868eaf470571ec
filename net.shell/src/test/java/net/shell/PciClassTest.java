package net.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PciClassTest {
    @ParameterizedTest
    @CsvSource({"020000, Ethernet", "060400, PCI bridge", "010802, NVMe controller", "02ff00, network", "ff0000, other", "fe0000, class fe0000",
    "0c0330, USB controller"})
    void words(String code, String words) {
        assertThat(PciClass.words(Integer.parseInt(code, 16))).isEqualTo(words);
    }
}
