package net.shell.text;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.api.DevError;
import net.api.DevException;

/** The words behind a command, checked by the command, so that a mistake is told in its own words and not in the shell's. */
public final class Arguments {
    /** Digits, in groups of three where there are commas, a fraction, a power of ten, and a unit. */
    private static final Pattern NUMBER = Pattern.compile("(-?(?:\\d+|\\d{1,3}(?:,\\d{3})+)(?:\\.\\d+)?(?:e\\d{1,2})?)([kmg]?)");

    private Arguments() {
    }

    /**
     * The words, if there are as many as there may be, and none looks like an option: the shell hands over as an argument whatever it does not know.
     *
     * @param usage of the command, for the message
     * @throws DevException INVALID_PARAM if not
     */
    public static List<String> of(String usage, int least, int most, String... words) {
        for (String w : words) {
            if (w.startsWith("-") && !isNumber(w)) {
                throw new DevException(DevError.INVALID_PARAM, "unknown option " + w + ", or its value is missing; usage: " + usage);
            }
        }
        if (words.length < least || words.length > most) {
            throw new DevException(DevError.INVALID_PARAM, (words.length < least ? "something is missing" : "too many words") + "; usage: " + usage);
        }
        return List.of(words);
    }

    /**
     * A whole number as people write it: 5000, 20k, 1.5M, 2G.
     *
     * @param name of the value, for the message
     * @throws DevException INVALID_PARAM if it is none, or outside
     */
    public static long number(String name, String text, long least, long most) {
        Matcher m = NUMBER.matcher(text.strip().replace("_", "").toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw new DevException(DevError.INVALID_PARAM, name + " '" + text + "' is no number: write it like 5000, 20k or 1.5M");
        }
        BigDecimal value = new BigDecimal(m.group(1).replace(",", "")).scaleByPowerOfTen(switch (m.group(2)) {
            case "k" -> 3;
            case "m" -> 6;
            case "g" -> 9;
            default -> 0;
        });
        if (value.compareTo(BigDecimal.valueOf(least)) < 0 || value.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw new DevException(DevError.INVALID_PARAM, name + " " + text + " is outside " + Units.count(least) + " to " + Units.count(most));
        }
        if (value.stripTrailingZeros().scale() > 0) {
            throw new DevException(DevError.INVALID_PARAM, name + " " + text + " is no whole number");
        }
        return value.longValueExact();
    }

    /** A negative number is no option. */
    private static boolean isNumber(String word) {
        return NUMBER.matcher(word.toLowerCase(Locale.ROOT)).matches();
    }
}
