package net.app;

import net.api.DevError;
import net.api.DevException;

/** Numbers as people write them: 5000, 20k, 1.5M, 2G. */
final class Quantity {
    private Quantity() {
    }

    /**
     * @param name of the option, for the message
     * @throws DevException INVALID_PARAM if the text is no number, negative, or more than 10^15
     */
    static long parse(String name, String text) {
        String t = text.strip().replace("_", "").replace(",", "");
        double unit = switch (t.isEmpty() ? ' ' : Character.toLowerCase(t.charAt(t.length() - 1))) {
            case 'k' -> 1e3;
            case 'm' -> 1e6;
            case 'g' -> 1e9;
            default -> 1;
        };
        try {
            double value = Double.parseDouble(unit == 1 ? t : t.substring(0, t.length() - 1)) * unit;
            if (value >= 0 && value <= 1e15) {
                return Math.round(value);
            }
        } catch (NumberFormatException e) {
            throw bad(name, text, e);
        }
        throw bad(name, text, null);
    }

    private static DevException bad(String name, String text, Throwable cause) {
        return new DevException(DevError.INVALID_PARAM, name + " '" + text + "' is no number: write it like 5000, 20k or 1.5M", cause);
    }
}
