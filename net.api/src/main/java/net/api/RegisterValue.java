package net.api;

/**
 * A register as it was read for a dump.
 *
 * @param name the datasheet's name, with an index where it is one of several, such as {@code RDT[3]}
 * @param offset in bytes from the start of its window
 * @param width in bytes: 1, 2, 4 or 8
 * @param value zero-extended
 * @param meaning a few words
 */
public record RegisterValue(String name, long offset, int width, long value, String meaning) {
    /** {@code 0x0014 device_status            0x0f  ACKNOWLEDGE 1, DRIVER 2, ...}. */
    @Override
    public String toString() {
        return ("0x%05x  %-24s 0x%0" + 2 * width + "x%s").formatted(offset, name, value, meaning.isEmpty() ? "" : "  " + meaning);
    }
}
