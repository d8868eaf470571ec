package net.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import net.bench.pool.Case;
import net.bench.pool.Peer;
import net.bench.pool.PoolOptions;
import net.bench.swap.SwapCard;
import net.bench.swap.SwapOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    private static Options parse(String line) {
        return Options.parse(line.split(" "));
    }

    @Test
    void swap_takes_all_cards_and_a_thousand_swaps_unless_told_otherwise() {
        assertThat(parse("swap").swap()).isEqualTo(new SwapOptions(Set.of(SwapCard.values()), 1000));
        Options some = parse("swap --cards virtio,ixgbe --swaps 50 --json rows.json");
        assertThat(some.swap()).isEqualTo(new SwapOptions(Set.of(SwapCard.VIRTIO, SwapCard.IXGBE), 50));
        assertThat(some.json()).hasFileName("rows.json");
    }

    @Test
    void options_stand_with_the_benchmarks_that_have_them() {
        assertThat(parse("pool --quick").pool()).isEqualTo(new PoolOptions(true, Set.of(Peer.values()), Set.of(Case.values())));
        assertThat(parse("pool --peers owner-raw,any-thread --cases two-batch").pool())
                .isEqualTo(new PoolOptions(false, Set.of(Peer.OWNER_RAW, Peer.ANY_THREAD), Set.of(Case.TWO_BATCH)));
        assertThat(parse("forward --driver fxmac --loads forward-32").forward().driver()).isEqualTo("fxmac");
    }

    @Test
    void rows_that_cannot_be_written_are_refused_before_anything_is_measured(@TempDir Path folder) throws IOException {
        Path there = Files.writeString(folder.resolve("rows.json"), "[]");
        parse("start --json " + there).requireWritableJson();
        assertThat(there).hasContent("[]");
        for (Path wrong : List.of(folder, folder.resolve("none/rows.json"))) {
            assertThatThrownBy(parse("start --json " + wrong)::requireWritableJson).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(wrong.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"swap --quick", "pool --swaps 50", "start --cards virtio", "swap --swaps", "swap --swaps 9", "swap --swaps x", "swap --swaps 9999999999",
        "swap --cards e1000", "forward --loads none", "pool --peers c", "pool --loads forward-32", "forward --cases single", "--json x"})
    void what_makes_no_sense_is_refused(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
    }
}
