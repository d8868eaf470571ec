package net.api;

/**
 * The kinds of failure, the same in every driver, host and pool.
 *
 * <p>Source: the eight errors of axdriver_base, each narrowed here to one meaning.
 */
public enum DevError {
    /** The thing to be created is there already. */
    ALREADY_EXISTS("already exists"),
    /** Nothing is wrong and nothing changed: call again later. Queues say this by returning 0, {@code null} or {@code false}. */
    AGAIN("try again"),
    /** The call does not fit the state: closed, detached, released, owned by another thread, not started. */
    BAD_STATE("bad state"),
    /** An argument or a configuration value is outside its documented range. */
    INVALID_PARAM("invalid parameter"),
    /** The device or the operating system failed, answered nonsense, or is gone. */
    IO("input/output error"),
    /** Memory, buffers or address space ran out. */
    NO_MEMORY("not enough memory"),
    /** Somebody else holds the device, the queue or the buffer. */
    RESOURCE_BUSY("resource busy"),
    /** The device, the driver or the host cannot do this at all. */
    UNSUPPORTED("not supported");

    private final String text;

    DevError(String text) {
        this.text = text;
    }

    /** A few lower-case words for messages. */
    public String text() {
        return text;
    }
}
