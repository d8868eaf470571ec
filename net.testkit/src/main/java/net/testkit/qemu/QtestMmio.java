package net.testkit.qemu;

import net.api.device.Mmio;

/** A BAR, each access a round trip to QEMU. */
final class QtestMmio implements Mmio {
    private final Qtest qtest;
    private final String name;
    private final long address;
    private final long size;
    private volatile boolean released;
    private volatile boolean gone;

    QtestMmio(Qtest qtest, String name, long address, long size) {
        this.qtest = qtest;
        this.name = name;
        this.address = address;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read8(long offset) {
        return read(offset, 1);
    }

    @Override
    public int read16(long offset) {
        return read(offset, 2);
    }

    @Override
    public int read32(long offset) {
        return read(offset, 4);
    }

    @Override
    public void write8(long offset, int value) {
        write(offset, 1, value);
    }

    @Override
    public void write16(long offset, int value) {
        write(offset, 2, value);
    }

    @Override
    public void write32(long offset, int value) {
        write(offset, 4, value);
    }

    /** The function was let go of: a later access is the caller's mistake. */
    void release() {
        released = true;
    }

    /** The function was pulled. QEMU answers 0 for an address behind which nothing is; a PCI bus answers all ones. */
    void gone() {
        gone = true;
    }

    private int read(long offset, int width) {
        check(offset, width);
        return gone ? -1 >>> 32 - 8 * width : qtest.read(address + offset, width);
    }

    private void write(long offset, int width, int value) {
        check(offset, width);
        if (!gone) {
            qtest.write(address + offset, width, value);
        }
    }

    private void check(long offset, int width) {
        if (offset < 0 || offset > size - width || (offset & width - 1) != 0) {
            throw new IndexOutOfBoundsException("%d bytes at 0x%x of %s, a window of 0x%x bytes".formatted(width, offset, name, size));
        }
        if (released) {
            throw new IllegalStateException(name + " was released");
        }
    }
}
