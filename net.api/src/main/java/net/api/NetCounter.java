package net.api;

/**
 * One counter that only some devices have.
 *
 * @param name lower case, words joined by underscores, such as {@code rx_bad_used_id}
 * @param unit {@code packets}, {@code bytes} or {@code events}
 * @param value since attach; never falls
 */
public record NetCounter(String name, String unit, long value) {
}
