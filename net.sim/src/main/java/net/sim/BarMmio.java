package net.sim;

import java.util.Objects;
import net.api.device.Mmio;

/** Accesses to bus addresses where a BAR was: they reach the function if it decodes them at that moment; else reads are all ones, and writes are lost. */
final class BarMmio implements Mmio {
    private final Engine engine;
    private final PciFunction function;
    private final int bar;
    private final long address;
    private final long size;
    private volatile boolean closed;

    BarMmio(Engine engine, PciFunction function, int bar, long address, long size) {
        this.engine = engine;
        this.function = function;
        this.bar = bar;
        this.address = address;
        this.size = size;
    }

    void close() {
        closed = true;
    }

    static int ones(int width) {
        return width == 4 ? -1 : (1 << 8 * width) - 1;
    }

    private void check(long offset, int width) {
        Objects.checkFromIndexSize(offset, width, size);
        if ((offset & width - 1) != 0) {
            throw new IndexOutOfBoundsException("offset 0x%x is no multiple of %d".formatted(offset, width));
        }
        if (closed) {
            throw new IllegalStateException("the BAR was unmapped when the device was released");
        }
    }

    private int read(long offset, int width) {
        check(offset, width);
        engine.lock();
        try {
            return function.decodes(bar, address) ? function.readBar(bar, offset, width) & ones(width) : ones(width);
        } finally {
            engine.unlock();
        }
    }

    private void write(long offset, int width, int value) {
        check(offset, width);
        if (!function.decodes(bar, address) || function.doorbell(bar, offset, width, value & ones(width))) {
            return;
        }
        engine.lock();
        try {
            if (function.decodes(bar, address)) {
                function.writeBar(bar, offset, width, value & ones(width));
            }
        } finally {
            engine.unlock();
        }
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
}
