package net.api;

import java.util.Objects;

/**
 * The one exception of drivers, hosts and pools: a {@link DevError}, and a text with the offending value and what to do about it.
 *
 * <p>It is unchecked, and it is never thrown for what normal traffic can cause (an empty ring, a full ring, an exhausted pool):
 * only for misuse, for wrong configuration, and once when a queue was closed under its owner.
 */
public final class DevException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DevError error;

    /**
     * @param error the kind of failure
     * @param detail what was asked, the value that was found, what to do; not null
     */
    public DevException(DevError error, String detail) {
        this(error, detail, null);
    }

    /**
     * @param error the kind of failure
     * @param detail what was asked, the value that was found, what to do; not null
     * @param cause what lies beneath, or null
     */
    public DevException(DevError error, String detail, Throwable cause) {
        super(Objects.requireNonNull(detail), cause);
        this.error = Objects.requireNonNull(error);
    }

    /** The kind of failure. */
    public DevError error() {
        return error;
    }

    /** {@code bad state: queue 0 of sim/0000:00:01.0 is closed}. */
    @Override
    public String toString() {
        return error.text() + ": " + getMessage();
    }
}
