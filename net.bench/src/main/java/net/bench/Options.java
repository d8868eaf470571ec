package net.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import net.bench.forward.ForwardOptions;
import net.bench.forward.Peer;
import net.bench.forward.inside.Load;
import net.bench.swap.SwapCard;
import net.bench.swap.SwapOptions;

/**
 * The command line: {@code NAME [--json FILE]}, for {@code pool} and {@code forward} {@code [--quick]}, for {@code forward}
 * {@code [--driver NAME] [--peers A,B] [--loads A,B]}, and for {@code swap} {@code [--cards A,B] [--swaps N]}.
 *
 * @param name of the benchmark
 * @param json where rows go; null for nowhere
 * @param quick fewer and shorter windows
 * @param forward what only that benchmark has
 * @param swap what only that benchmark has
 */
record Options(String name, Path json, boolean quick, ForwardOptions forward, SwapOptions swap) {
    private static final Set<String> OF_POOL = Set.of("--quick");
    private static final Set<String> OF_FORWARD = Set.of("--quick", "--driver", "--peers", "--loads");
    private static final Set<String> OF_SWAP = Set.of("--cards", "--swaps");
    /** One round of swaps for each part of the benchmark at least. */
    private static final int FEWEST_SWAPS = 10;

    /** @throws IllegalArgumentException if it makes no sense */
    static Options parse(String[] arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-")) {
            throw new IllegalArgumentException("name one benchmark: pool, virtio, forward, swap or start");
        }
        Set<String> own = switch (arguments[0]) {
            case "pool" -> OF_POOL;
            case "forward" -> OF_FORWARD;
            case "swap" -> OF_SWAP;
            default -> Set.of();
        };
        Path json = null;
        String driver = "ixgbe";
        boolean quick = false;
        Set<Peer> peers = EnumSet.allOf(Peer.class);
        Set<Load> loads = EnumSet.allOf(Load.class);
        Set<SwapCard> cards = EnumSet.allOf(SwapCard.class);
        int swaps = SwapOptions.SWAPS;
        for (int i = 1; i < arguments.length; i++) {
            String option = own.contains(arguments[i]) || arguments[i].equals("--json") ? arguments[i] : "";
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (option) {
                case "--json" -> json = Path.of(value);
                case "--driver" -> driver = value;
                case "--peers" -> peers = some(Peer.class, value);
                case "--loads" -> loads = some(Load.class, value);
                case "--cards" -> cards = some(SwapCard.class, value);
                case "--swaps" -> swaps = number(option, value, FEWEST_SWAPS);
                case "--quick" -> quick = true;
                default -> throw new IllegalArgumentException("'" + arguments[i] + "' makes no sense here");
            }
            if (!option.equals("--quick") && ++i == arguments.length) {
                throw new IllegalArgumentException(option + " wants a value");
            }
        }
        return new Options(arguments[0], json, quick, new ForwardOptions(driver, quick, peers, loads), new SwapOptions(cards, swaps));
    }

    private static int number(String option, String text, int least) {
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least) {
            throw new IllegalArgumentException("%s is '%s': write a number from %d on".formatted(option, text, least));
        }
        return Integer.parseInt(text);
    }

    private static <E extends Enum<E>> Set<E> some(Class<E> type, String words) {
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
