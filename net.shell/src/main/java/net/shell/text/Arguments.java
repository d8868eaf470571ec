package net.shell.text;

import java.util.List;
import net.api.DevError;
import net.api.DevException;

/** The words behind a command, checked by the command, so that a mistake is told in its own words and not in the shell's. */
public final class Arguments {
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
            if (w.startsWith("-")) {
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
        String t = text.strip().replace("_", "").replace(",", "");
        double unit = switch (t.isEmpty() ? ' ' : Character.toLowerCase(t.charAt(t.length() - 1))) {
            case 'k' -> 1e3;
            case 'm' -> 1e6;
            case 'g' -> 1e9;
            default -> 1;
        };
        double value;
        try {
            value = Double.parseDouble(unit == 1 ? t : t.substring(0, t.length() - 1)) * unit;
        } catch (NumberFormatException e) {
            throw new DevException(DevError.INVALID_PARAM, name + " '" + text + "' is no number: write it like 5000, 20k or 1.5M", e);
        }
        if (!(value >= least && value <= most)) {
            throw new DevException(DevError.INVALID_PARAM, name + " " + text + " is outside " + Units.count(least) + " to " + Units.count(most));
        }
        return Math.round(value);
    }
}
