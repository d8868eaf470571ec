package net.testkit.qemu;

import net.api.host.MmioWindow;

/** A BAR, each access a round trip to QEMU. */
final class QtestMmio extends MmioWindow {
    private final Qtest qtest;
    private final long address;
    private volatile boolean gone;

    QtestMmio(Qtest qtest, String name, long address, long size) {
        super(name, size);
        this.qtest = qtest;
        this.address = address;
    }

    /** The function was pulled. QEMU answers 0 for an address behind which nothing is; a PCI bus answers all ones. */
    void gone() {
        gone = true;
    }

    @Override
    protected int read(long offset, int width) {
        return gone ? ones(width) : qtest.read(address + offset, width);
    }

    @Override
    protected void write(long offset, int width, int value) {
        if (!gone) {
            qtest.write(address + offset, width, value);
        }
    }
}
