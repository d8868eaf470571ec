package net.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import net.bench.forward.ForwardOptions;
import net.bench.forward.Peer;
import net.bench.forward.inside.Load;

/**
 * The command line: {@code NAME [--json FILE]}, for {@code pool} and {@code forward} {@code [--quick]}, and for {@code forward}
 * {@code [--driver NAME] [--peers A,B] [--loads A,B]}.
 *
 * @param name of the benchmark
 * @param json where rows go; null for nowhere
 * @param quick fewer and shorter windows
 * @param forward what only that benchmark has
 */
record Options(String name, Path json, boolean quick, ForwardOptions forward) {
    /** @throws IllegalArgumentException if it makes no sense */
    static Options parse(String[] arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-")) {
            throw new IllegalArgumentException("name one benchmark: pool, virtio, forward, swap or start");
        }
        boolean forward = arguments[0].equals("forward");
        boolean pool = arguments[0].equals("pool");
        Path json = null;
        String driver = "ixgbe";
        boolean quick = false;
        Set<Peer> peers = EnumSet.allOf(Peer.class);
        Set<Load> loads = EnumSet.allOf(Load.class);
        for (int i = 1; i < arguments.length; i++) {
            String option = forward || arguments[i].equals("--json") || pool && arguments[i].equals("--quick") ? arguments[i] : "";
            String value = i + 1 < arguments.length ? arguments[i + 1] : "";
            switch (option) {
                case "--json" -> json = Path.of(value);
                case "--driver" -> driver = value;
                case "--peers" -> peers = some(Peer.class, value);
                case "--loads" -> loads = some(Load.class, value);
                case "--quick" -> quick = true;
                default -> throw new IllegalArgumentException("'" + arguments[i] + "' makes no sense here");
            }
            if (!option.equals("--quick") && ++i == arguments.length) {
                throw new IllegalArgumentException(option + " wants a value");
            }
        }
        return new Options(arguments[0], json, quick, new ForwardOptions(driver, quick, peers, loads));
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
