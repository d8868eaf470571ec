package net.sim.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import org.osgi.service.component.ComponentException;

/**
 * A configuration that was found right.
 *
 * @param enabled there is a host
 * @param cards how many
 * @param kinds what they are, in turn
 * @param cables which of them are joined
 * @param prefix address of the card before the first
 * @param mtu largest MTU
 */
record Plan(boolean enabled, int cards, List<CardKind> kinds, List<Pair> cables, EthernetAddress prefix, int mtu) {
    private static final int MAX_CARDS = 16;
    private static final int MIN_MTU = 68;
    private static final int MAX_MTU = 9216;
    private static final Pattern PAIR = Pattern.compile("(\\d{1,2})\\s*-\\s*(\\d{1,2})");
    /** Without a configuration. */
    static final Plan DEFAULT = new Plan(true, Settings.CARDS, kinds(Settings.KINDS), cables("", Settings.CARDS), prefix(Settings.MAC), Settings.MTU);

    /**
     * A cable.
     *
     * @param a number of a card
     * @param b number of another
     */
    record Pair(int a, int b) {
    }

    /** @throws DevException INVALID_PARAM with name, value and what to write */
    static Plan of(Settings s) {
        int cards = number("cards", s::cards, 0, MAX_CARDS);
        int mtu = number("mtu", s::mtu, MIN_MTU, MAX_MTU);
        return new Plan(s.enabled(), cards, kinds(s.kinds()), cables(s.cables().strip(), cards), prefix(s.mac().strip()), mtu);
    }

    /** @throws DevException INVALID_PARAM for a text that Declarative Services takes for false although it does not say so */
    static void checkTruth(String name, Map<String, Object> given) {
        String text = given.getOrDefault(name, false).toString();
        check(text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"), name, text, "true or false");
    }

    private static int number(String name, IntSupplier value, int min, int max) {
        String instead = "a number from " + min + " to " + max;
        int n;
        try {
            n = value.getAsInt();
        } catch (ComponentException e) {
            // Thrown for a text that is no number. Declarative Services 1.5, 112.8.2.1
            throw new DevException(DevError.INVALID_PARAM, "configuration net.sim: %s is no number; write %s".formatted(name, instead), e);
        }
        check(n >= min && n <= max, name, n, instead);
        return n;
    }

    /** The address of a card, counted from 0. */
    EthernetAddress mac(int card) {
        return new EthernetAddress(prefix.bits() + 1 + card);
    }

    /** The kind of a card, counted from 0. */
    CardKind kind(int card) {
        return kinds.get(card % kinds.size());
    }

    private static List<CardKind> kinds(String text) {
        List<CardKind> kinds = new ArrayList<>();
        for (String part : text.split(",")) {
            Optional<CardKind> kind = CardKind.of(part.strip());
            check(kind.isPresent(), "kinds", text, CardKind.all() + ", or several of them with commas between");
            kind.ifPresent(kinds::add);
        }
        return List.copyOf(kinds);
    }

    private static List<Pair> cables(String text, int cards) {
        if (text.isEmpty()) {
            return IntStream.range(0, cards / 2).mapToObj(i -> new Pair(2 * i, 2 * i + 1)).toList();
        }
        if (text.equals("none")) {
            return List.of();
        }
        List<Pair> pairs = new ArrayList<>();
        TreeSet<Integer> cabled = new TreeSet<>();
        for (String part : text.split(",")) {
            Matcher m = PAIR.matcher(part.strip());
            check(m.matches(), "cables", text, "pairs of cards such as 0-1,2-3, or none");
            Pair p = new Pair(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
            check(p.a < cards && p.b < cards, "cables", text, "cards from 0 to " + (cards - 1) + ", as there are " + cards);
            check(cabled.add(p.a) && cabled.add(p.b), "cables", text, "each card at most once");
            pairs.add(p);
        }
        return List.copyOf(pairs);
    }

    private static EthernetAddress prefix(String text) {
        try {
            EthernetAddress first = EthernetAddress.parse(text + ":00");
            check(!first.isMulticast(), "mac", text, "five bytes of which the first is even, such as 02:00:00:00:00");
            return first;
        } catch (DevException e) {
            check(false, "mac", text, "five bytes of which the first is even, such as 02:00:00:00:00");
            throw e;
        }
    }

    private static void check(boolean right, String name, Object value, String instead) {
        if (!right) {
            throw new DevException(DevError.INVALID_PARAM, "configuration net.sim: %s = '%s'; write %s".formatted(name, value, instead));
        }
    }
}
