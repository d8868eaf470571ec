package net.api.driver;

import java.util.Map;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;

/**
 * The state of a running device between two versions of its driver: what the one that leaves knows and the next one has to know. It is made of numbers and
 * arrays of them, so that it keeps no class of the driver that wrote it. What the device shares with its driver is not in it: memory, rings and interrupts
 * belong to the {@link Attachment} and stay where they are.
 *
 * <p>A format has a name and a version. The version is raised when a value is left out or means something else; values that are added do not raise it. Immutable.
 */
public final class HandOver {
    private final String format;
    private final int version;
    private final Map<String, Object> values;

    private HandOver(Writer w) {
        format = w.format;
        version = w.version;
        values = Map.copyOf(w.values);
    }

    /**
     * Begins one.
     *
     * @param format name of the format, such as that of the driver
     * @param version of the format, from 1
     */
    public static Writer write(String format, int version) {
        return new Writer(format, version);
    }

    /** Notes values under names, each once. */
    public static final class Writer {
        private final String format;
        private final int version;
        private final Map<String, Object> values = new TreeMap<>();

        private Writer(String format, int version) {
            this.format = format;
            this.version = version;
        }

        /** A number. */
        public Writer put(String name, long value) {
            return note(name, value);
        }

        /** Numbers, copied. */
        public Writer put(String name, long[] numbers) {
            return note(name, numbers.clone());
        }

        /** Numbers, copied. */
        public Writer put(String name, int[] numbers) {
            return note(name, numbers.clone());
        }

        /** Numbers of 16 bits, copied. */
        public Writer put(String name, char[] numbers) {
            return note(name, numbers.clone());
        }

        /** Bytes, copied. */
        public Writer put(String name, byte[] bytes) {
            return note(name, bytes.clone());
        }

        private Writer note(String name, Object value) {
            if (values.put(name, value) != null) {
                throw new IllegalArgumentException(name + " is noted twice");
            }
            return this;
        }

        /** All that was noted. */
        public HandOver done() {
            return new HandOver(this);
        }
    }

    /**
     * For the driver that takes over: it must know the format.
     *
     * @throws DevException UNSUPPORTED if it is another one
     */
    public void check(String knownFormat, int oldest, int newest) {
        if (!format.equals(knownFormat) || version < oldest || version > newest) {
            throw new DevException(DevError.UNSUPPORTED, "the state is %s, what is known is %s %d to %d".formatted(this, knownFormat, oldest, newest));
        }
    }

    /** Its version. */
    public int version() {
        return version;
    }

    /** It has a value of that name. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * A number.
     *
     * @throws DevException INVALID_PARAM if there is no number of that name
     */
    public long number(String name) {
        return get(name, Long.class);
    }

    /**
     * A number in a range.
     *
     * @throws DevException INVALID_PARAM if there is no number of that name, or it is outside of {@code min} to {@code max}
     */
    public int number(String name, int min, int max) {
        long n = number(name);
        if (n < min || n > max) {
            throw new DevException(DevError.INVALID_PARAM, "%s: '%s' is %d, outside %d to %d".formatted(this, name, n, min, max));
        }
        return (int) n;
    }

    /**
     * A copy.
     *
     * @throws DevException INVALID_PARAM if there are no such numbers of that name
     */
    public long[] longs(String name) {
        return get(name, long[].class).clone();
    }

    /**
     * A copy.
     *
     * @throws DevException INVALID_PARAM if there are no such numbers of that name
     */
    public int[] ints(String name) {
        return get(name, int[].class).clone();
    }

    /**
     * A copy.
     *
     * @throws DevException INVALID_PARAM if there are no such numbers of that name
     */
    public char[] chars(String name) {
        return get(name, char[].class).clone();
    }

    /**
     * A copy.
     *
     * @throws DevException INVALID_PARAM if there are no bytes of that name
     */
    public byte[] bytes(String name) {
        return get(name, byte[].class).clone();
    }

    private <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new DevException(DevError.INVALID_PARAM, "%s has no %s '%s'".formatted(this, type.getSimpleName(), name));
        }
        return type.cast(value);
    }

    /** Format and version. */
    @Override
    public String toString() {
        return format + " " + version;
    }
}
