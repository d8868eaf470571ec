package net.shell.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_are_as_wide_as_their_widest_cell_and_numbers_stand_right() {
        assertThat(new Table("NAME", ">COUNT", "NOTE").row("a", 5, "x").row("longer", 1234567, "").toString()).isEqualTo("""
                NAME      COUNT  NOTE
                a             5  x
                longer  1234567""");
    }

    @Test
    void columns_without_any_value_are_left_out() {
        assertThat(new Table("A", "EMPTY", "B").row(1, null, 2).row(3, "", 4).toString()).isEqualTo("""
                A  B
                1  2
                3  4""");
    }

    @Test
    void lines_that_are_too_long_for_the_terminal_end_in_dots() {
        assertThat(new Table("A", "NOTE").row("x", "a long story").row("y", "short").toString(12)).isEqualTo("""
                A  NOTE
                x  a long...
                y  short""");
    }

    @Test
    void a_first_cell_may_be_empty() {
        assertThat(new Table("", ">N").row("", 1).row("x", 22).toString()).isEqualTo("""
                    N
                    1
                x  22""");
    }

    @Test
    void a_row_of_another_width_is_a_mistake() {
        assertThatThrownBy(() -> new Table("A").row(1, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
