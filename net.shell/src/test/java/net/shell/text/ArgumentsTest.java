package net.shell.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "64, 64", "20k, 20000", "1.5M, 1500000", "2G, 2000000000", "1_000, 1000", "'12,345,678', 12345678", "1e6, 1000000", "1.005k, 1005"})
    void numbers_as_people_write_them(String text, long value) {
        assertThat(Arguments.number("rate", text, 0, 10_000_000_000L)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "abc", "-1", "1e99", "NaN", "11G", "1,5M", "1.5", "1.2345k", "0x10", "5f", "1e-3", "1e999999999"})
    void what_is_none_or_outside_is_refused_with_its_name(String text) {
        assertThatThrownBy(() -> Arguments.number("rate", text, 0, 10_000_000_000L)).hasMessageContaining("rate").hasMessageContaining(text);
    }

    @Test
    void too_few_too_many_and_unknown_options_show_the_usage() {
        assertThatThrownBy(() -> Arguments.of("x CARD", 1, 1)).hasMessage("something is missing; usage: x CARD");
        assertThatThrownBy(() -> Arguments.of("x CARD", 1, 1, "a", "b")).hasMessage("too many words; usage: x CARD");
        assertThatThrownBy(() -> Arguments.of("x CARD", 1, 1, "--y")).hasMessageStartingWith("unknown option --y");
        assertThat(Arguments.of("x CARD", 1, 1, "a")).containsExactly("a");
    }

    @Test
    void a_negative_number_is_a_word_and_no_option() {
        assertThat(Arguments.of("x CARD [BYTES]", 1, 2, "a", "-5")).containsExactly("a", "-5");
    }
}
