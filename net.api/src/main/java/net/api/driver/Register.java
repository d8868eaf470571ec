package net.api.driver;

/**
 * One line of a register table: the one place that driver, model, dump and documentation read. Implemented by enums, one a device, whose constants are
 * named as in the datasheet.
 */
public interface Register {
    /** The datasheet's name. */
    String name();

    /** Of the first one, in bytes from the start of the window. */
    int offset();

    /** Bytes: 1, 2, 4 or 8; 8 is accessed as two times 4. */
    int width();

    /** Bytes from one to the next; 0 if there is one. */
    int stride();

    /** How many there are, 1 or more. */
    int count();

    /** What its bits do. */
    Access access();

    /** A few words, and where it is described. */
    String meaning();

    /**
     * Offset of number {@code i}.
     *
     * @throws IndexOutOfBoundsException if {@code i} is not 0 to count - 1
     */
    default int at(int i) {
        return offset() + java.util.Objects.checkIndex(i, count()) * stride();
    }
}
