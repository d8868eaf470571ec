package net.api.device;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.api.DevError;
import net.api.DevException;

/**
 * The place of a PCI function. PCI Local Bus 3.0, 3.2.2.3.4.
 *
 * @param segment PCI segment group ("domain"), 0 to 0xffff
 * @param bus 0 to 255
 * @param device 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(int segment, int bus, int device, int function) implements Comparable<PciAddress> {
    private static final Pattern FORM = Pattern.compile("(?:(\\p{XDigit}{1,4}):)?(\\p{XDigit}{1,2}):(\\p{XDigit}{1,2})\\.([0-7])");

    /** @throws DevException INVALID_PARAM if a part is out of range */
    public PciAddress {
        if (segment < 0 || segment > 0xffff || bus < 0 || bus > 255 || device < 0 || device > 31 || function < 0 || function > 7) {
            throw new DevException(DevError.INVALID_PARAM, "no PCI address: segment %d, bus %d, device %d, function %d"
                    .formatted(segment, bus, device, function));
        }
    }

    /**
     * Reads {@code 0000:00:04.0}; the segment may be left out.
     *
     * @throws DevException INVALID_PARAM if the text has another form
     */
    public static PciAddress parse(String text) {
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new DevException(DevError.INVALID_PARAM, "'" + text + "' is not a PCI address: write it like 0000:00:04.0");
        }
        return new PciAddress(m.group(1) == null ? 0 : Integer.parseInt(m.group(1), 16), Integer.parseInt(m.group(2), 16),
                Integer.parseInt(m.group(3), 16), Integer.parseInt(m.group(4)));
    }

    /** Another function of the same device. */
    public PciAddress withFunction(int other) {
        return new PciAddress(segment, bus, device, other);
    }

    @Override
    public int compareTo(PciAddress o) {
        return Long.compare(key(), o.key());
    }

    private long key() {
        return (long) segment << 16 | bus << 8 | device << 3 | function;
    }

    /** {@code 0000:00:04.0}. */
    @Override
    public String toString() {
        return "%04x:%02x:%02x.%d".formatted(segment, bus, device, function);
    }
}
