package net.shell.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionTest {
    private final Map<String, Completion> commands = Map.of("gen", new Completion().option("--to", () -> List.of("b")).option("--size", "60", "64")
            .argument(() -> List.of("a")).argument(() -> List.of("c", "d")), "apps", new Completion(), "stop",
            new Completion().argument(() -> List.of("1", "2")).repeated());

    private List<String> at(String line) {
        List<String> words = List.of(line.split(" ", -1));
        return Completion.of(commands, words, words.size() - 1);
    }

    @Test
    void arguments_follow_each_other_and_the_last_repeats_where_it_may() {
        assertThat(at("net:gen ")).containsExactly("a");
        assertThat(at("gen x")).containsExactly("a");
        assertThat(at("gen a ")).containsExactly("c", "d");
        assertThat(at("gen a c ")).containsExactlyInAnyOrder("--to", "--size");
        assertThat(at("gen a c --to b ")).containsExactly("--size");
        assertThat(at("stop 1 ")).containsExactly("1", "2");
    }

    @Test
    void an_option_has_its_own_values_and_is_no_argument() {
        assertThat(at("net:gen --to ")).containsExactly("b");
        assertThat(at("net:gen --size 6")).containsExactly("60", "64");
        assertThat(at("net:gen --to b --busy ")).containsExactly("a");
        assertThat(at("net:gen a --to b ")).containsExactly("c", "d");
    }

    @Test
    void there_is_nothing_for_commands_without_arguments_and_unknown_ones() {
        assertThat(at("net:apps ")).isEmpty();
        assertThat(at("net:other ")).isEmpty();
        assertThat(Completion.of(commands, List.of(), 0)).isEmpty();
    }
}
