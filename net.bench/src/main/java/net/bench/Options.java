package net.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.bench.forward.ForwardOptions;
import net.bench.forward.inside.Load;
import net.bench.pool.Case;
import net.bench.pool.PoolOptions;
import net.bench.swap.SwapCard;
import net.bench.swap.SwapOptions;

/**
 * The command line: {@code NAME [--json FILE]}, for {@code pool} {@code [--quick] [--peers A,B] [--cases A,B]}, for {@code forward}
 * {@code [--quick] [--driver NAME] [--peers A,B] [--loads A,B]}, and for {@code swap} {@code [--cards A,B] [--swaps N]}.
 *
 * @param name of the benchmark
 * @param json where rows go; null for nowhere
 * @param pool what only that benchmark has
 * @param forward what only that benchmark has
 * @param swap what only that benchmark has
 */
record Options(String name, Path json, PoolOptions pool, ForwardOptions forward, SwapOptions swap) {
    /** One round of swaps for each part of the benchmark at least. */
    private static final int FEWEST_SWAPS = 10;

    /** @throws IllegalArgumentException if it makes no sense */
    static Options parse(String[] arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-")) {
            throw new IllegalArgumentException("name one benchmark: pool, virtio, forward, swap or start");
        }
        String name = arguments[0];
        Set<String> known = switch (name) {
            case "pool" -> Set.of("--json", "--quick", "--peers", "--cases");
            case "forward" -> Set.of("--json", "--quick", "--peers", "--loads", "--driver");
            case "swap" -> Set.of("--json", "--cards", "--swaps");
            default -> Set.of("--json");
        };
        Map<String, String> given = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String option = arguments[i];
            if (!known.contains(option)) {
                throw new IllegalArgumentException("'" + option + "' makes no sense here");
            }
            boolean alone = option.equals("--quick");
            if (!alone && ++i == arguments.length) {
                throw new IllegalArgumentException(option + " wants a value");
            }
            given.put(option, alone ? "" : arguments[i]);
        }
        String json = given.get("--json");
        boolean quick = given.containsKey("--quick");
        String ofPool = name.equals("pool") ? given.get("--peers") : null;
        String ofForward = name.equals("forward") ? given.get("--peers") : null;
        return new Options(name, json == null ? null : Path.of(json),
                new PoolOptions(quick, some(net.bench.pool.Peer.class, ofPool), some(Case.class, given.get("--cases"))),
                new ForwardOptions(given.getOrDefault("--driver", "ixgbe"), quick, some(net.bench.forward.Peer.class, ofForward),
                        some(Load.class, given.get("--loads"))),
                new SwapOptions(some(SwapCard.class, given.get("--cards")), number("--swaps", given.get("--swaps"), FEWEST_SWAPS, SwapOptions.SWAPS)));
    }

    /**
     * Makes sure that the file for rows can be written: what cannot be is told before minutes were spent.
     *
     * @throws IllegalArgumentException if it cannot
     */
    void requireWritableJson() {
        if (json != null) {
            try {
                Files.newOutputStream(json, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
            } catch (IOException e) {
                throw new IllegalArgumentException("--json " + json + " cannot be written: " + e, e);
            }
        }
    }

    private static int number(String option, String text, int least, int otherwise) {
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least) {
            throw new IllegalArgumentException("%s is '%s': write a number from %d on".formatted(option, text, least));
        }
        return Integer.parseInt(text);
    }

    /** The constants with the names; all of them for null. */
    private static <E extends Enum<E>> Set<E> some(Class<E> type, String words) {
        if (words == null) {
            return EnumSet.allOf(type);
        }
        Set<E> some = EnumSet.noneOf(type);
        for (String word : words.split(",")) {
            try {
                some.add(Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_')));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + word + "' is none of "
                        + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT).replace('_', '-'), e);
            }
        }
        return some;
    }
}
