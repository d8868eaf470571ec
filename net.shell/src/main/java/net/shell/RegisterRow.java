package net.shell;

import net.api.RegisterValue;

/**
 * A register as {@code net:regs} shows it.
 *
 * @param offset in bytes from the start of its window
 * @param name the datasheet's
 * @param value in hexadecimal, as many digits as it is wide
 * @param meaning a few words
 */
public record RegisterRow(String offset, String name, String value, String meaning) {
    static RegisterRow of(RegisterValue r) {
        return new RegisterRow("0x%04x".formatted(r.offset()), r.name(), ("0x%0" + 2 * r.width() + "x").formatted(r.value()), r.meaning());
    }
}
