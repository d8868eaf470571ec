package net.api.host;

import net.api.device.Mmio;

/**
 * A register window whose accesses are calls, as those of a simulation or an emulator: it checks what {@link Mmio} wants checked, and leaves one read and one
 * write to its maker. Any thread.
 */
public abstract class MmioWindow implements Mmio {
    private final String name;
    private final long size;
    private volatile boolean closed;

    /**
     * @param name of the window, in messages, such as {@code BAR 4 of 0000:00:01.0}
     * @param size its bytes
     */
    protected MmioWindow(String name, long size) {
        this.name = name;
        this.size = size;
    }

    /**
     * Reads a register.
     *
     * @param offset in the window, a multiple of the width
     * @param width 1, 2 or 4 bytes
     * @return the value; bits above the width are ignored; all ones if the device is gone
     */
    protected abstract int read(long offset, int width);

    /**
     * Writes a register; arguments as {@link #read}.
     *
     * @param value no bits above the width are set
     */
    protected abstract void write(long offset, int width, int value);

    /** From now on accesses are the caller's mistake: the device was released. */
    public final void close() {
        closed = true;
    }

    /** All ones in so many bytes: what a bus answers where nothing is. */
    public static int ones(int width) {
        return -1 >>> 32 - 8 * width;
    }

    @Override
    public final long size() {
        return size;
    }

    @Override
    public final int read8(long offset) {
        return checkedRead(offset, 1);
    }

    @Override
    public final int read16(long offset) {
        return checkedRead(offset, 2);
    }

    @Override
    public final int read32(long offset) {
        return checkedRead(offset, 4);
    }

    @Override
    public final void write8(long offset, int value) {
        checkedWrite(offset, 1, value);
    }

    @Override
    public final void write16(long offset, int value) {
        checkedWrite(offset, 2, value);
    }

    @Override
    public final void write32(long offset, int value) {
        checkedWrite(offset, 4, value);
    }

    private int checkedRead(long offset, int width) {
        check(offset, width);
        return read(offset, width) & ones(width);
    }

    private void checkedWrite(long offset, int width, int value) {
        check(offset, width);
        write(offset, width, value & ones(width));
    }

    private void check(long offset, int width) {
        if (offset < 0 || offset > size - width || (offset & width - 1) != 0) {
            throw new IndexOutOfBoundsException("%d bytes at 0x%x of %s: it has 0x%x bytes, and offsets are multiples of the width".formatted(width, offset, name,
                    size));
        }
        if (closed) {
            throw new IllegalStateException(name + " was unmapped when the device was released");
        }
    }
}
