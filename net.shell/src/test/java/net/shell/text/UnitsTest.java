package net.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"0, 0 pps", "1, 1 pps", "0.5, 0.50 pps", "7, 7 pps", "999, 999 pps", "999.6, 1.00 kpps", "1000, 1.00 kpps", "9994, 9.99 kpps",
    "9996, 10.0 kpps",
        "14880952, 14.9 Mpps", "99960, 100 kpps", "123456, 123 kpps", "999499, 999 kpps", "999600, 1.00 Mpps", "1e15, 1000 Tpps"})
    void rates_have_three_digits_and_a_prefix(double rate, String text) {
        assertThat(Units.packets(rate)).isEqualTo(text);
    }

    @Test
    void bits_on_the_wire_count_preamble_check_sequence_and_gap() {
        // The rate of 10 Gb/s Ethernet with shortest frames: 14.88 million of 60 bytes and 24 around them.
        assertThat(Units.bits(Units.wireBits(14_880_952, 14_880_952 * 60.0))).isEqualTo("10.0 Gb/s");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1526, 1.5 KiB", "2048, 2 KiB", "33554432, 32 MiB"})
    void sizes(long bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.0421, 42 ms", "1.25, 1.3 s", "59.4, 59.4 s", "60, 1 min 00 s", "59.99, 1 min 00 s", "3725, 1 h 02 min"})
    void durations(double seconds, String text) {
        assertThat(Units.duration(seconds)).isEqualTo(text);
    }

    @Test
    void counts_show_every_digit() {
        assertThat(Units.count(12_345_678)).isEqualTo("12,345,678");
    }
}
