package net.shell.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.api.DevError;
import net.api.DevException;
import org.junit.jupiter.api.Test;

class CommandErrorTest {
    @Test
    void an_error_is_one_line_with_the_command_in_front_whichever_way_it_is_printed() {
        assertThatThrownBy(() -> CommandError.named("net:detach", () -> {
            throw new DevException(DevError.BAD_STATE, "sim/0000:00:01.0 is not attached");
        })).hasToString("net:detach: bad state: sim/0000:00:01.0 is not attached").hasMessage("net:detach: bad state: sim/0000:00:01.0 is not attached");
    }

    @Test
    void an_interrupt_is_passed_on() {
        assertThatThrownBy(() -> CommandError.named("net:gen", () -> {
            throw new InterruptedException();
        })).hasToString("net:gen: interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_result_comes_through() {
        assertThat(CommandError.named("x", () -> 5)).isEqualTo(5);
    }
}
