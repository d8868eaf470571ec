package net.sim;

import net.api.host.MmioWindow;

/** Accesses to bus addresses where a BAR was: they reach the function if it decodes them at that moment; else reads are all ones, and writes are lost. */
final class BarMmio extends MmioWindow {
    private final Engine engine;
    private final PciFunction function;
    private final int bar;
    private final long address;

    BarMmio(Engine engine, PciFunction function, int bar, long address, long size) {
        super("BAR " + bar + " of " + function, size);
        this.engine = engine;
        this.function = function;
        this.bar = bar;
        this.address = address;
    }

    @Override
    protected int read(long offset, int width) {
        engine.lock();
        try {
            return function.decodes(bar, address) ? function.readBar(bar, offset, width) : ones(width);
        } finally {
            engine.unlock();
        }
    }

    @Override
    protected void write(long offset, int width, int value) {
        if (!function.decodes(bar, address) || function.doorbell(bar, offset, width, value)) {
            return;
        }
        engine.lock();
        try {
            if (function.decodes(bar, address)) {
                function.writeBar(bar, offset, width, value);
            }
        } finally {
            engine.unlock();
        }
    }
}
