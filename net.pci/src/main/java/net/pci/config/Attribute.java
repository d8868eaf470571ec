package net.pci.config;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A key that a bundle reads. OSGi Compendium 8, 105.7.
 *
 * @param id the key
 * @param type String, Integer, Boolean …
 * @param list it takes several values
 * @param min smallest number
 * @param max largest number
 * @param options the values that there are; empty: any
 */
record Attribute(String id, String type, boolean list, Optional<BigDecimal> min, Optional<BigDecimal> max, List<String> options) {
    private static final int LONGEST = 60;

    /** What would be right instead of a value, with the value, such as "'perhaps' is not true or false"; empty if it is right. */
    Optional<String> problem(Object value) {
        List<?> values = values(value);
        if (!list && values.size() != 1) {
            return Optional.of("%s: it takes one value, not %d".formatted(shown(value), values.size()));
        }
        return values.stream().filter(v -> !fits(v)).findFirst().map(v -> "%s is not %s".formatted(shown(v), wanted()));
    }

    private boolean fits(Object value) {
        String text = value.toString();
        if (!options.isEmpty()) {
            return options.contains(text);
        }
        return switch (type) {
            // Not stripped: Declarative Services takes "true " for false, and a number with a blank for none.
            case "Boolean" -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
            case "Character" -> text.length() == 1;
            case "Integer" -> whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "Long" -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
            case "Short" -> whole(text, Short.MIN_VALUE, Short.MAX_VALUE);
            case "Byte" -> whole(text, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "Double", "Float" -> number(text);
            default -> true;
        };
    }

    private boolean whole(String text, long smallest, long largest) {
        try {
            long n = Long.parseLong(text);
            return n >= smallest && n <= largest && inRange(BigDecimal.valueOf(n));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private boolean number(String text) {
        try {
            return inRange(new BigDecimal(text));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private boolean inRange(BigDecimal n) {
        return (min.isEmpty() || n.compareTo(min.get()) >= 0) && (max.isEmpty() || n.compareTo(max.get()) <= 0);
    }

    private String wanted() {
        if (!options.isEmpty()) {
            return "one of " + String.join(", ", options);
        }
        return switch (type) {
            case "Boolean" -> "true or false";
            case "Character" -> "one character";
            case "Double", "Float" -> "a number" + range();
            default -> "a whole number" + range();
        };
    }

    private String range() {
        if (min.isPresent() && max.isPresent()) {
            return " from " + min.get() + " to " + max.get();
        }
        return min.map(m -> " of " + m + " or more").or(() -> max.map(m -> " of " + m + " or less")).orElse("");
    }

    private static List<?> values(Object value) {
        return switch (value) {
            case Collection<?> c -> new ArrayList<>(c);
            case Object a when a.getClass().isArray() -> IntStream.range(0, Array.getLength(a)).mapToObj(i -> Array.get(a, i)).toList();
            default -> List.of(value);
        };
    }

    /** A value as messages have it: in quotes, and not longer than a line. */
    static String shown(Object value) {
        List<?> values = values(value);
        String text = values.size() == 1 ? values.getFirst().toString() : values.toString();
        return "'" + (text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…") + "'";
    }
}
