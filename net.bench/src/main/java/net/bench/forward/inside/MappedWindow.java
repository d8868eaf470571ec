package net.bench.forward.inside;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import net.api.device.Mmio;

/**
 * A register window that is memory. A write is a release, behind which no later one moves ahead; a read is behind all writes. Of a mapped BAR the processor's
 * uncached accesses give this order by themselves; here a fence stands in front of reads, none of which is on the packet path.
 */
final class MappedWindow implements Mmio {
    private static final VarHandle INTS = CardFile.INT.varHandle();
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(CardFile.INT.order());

    private final MemorySegment registers;

    /** @param registers of a shared arena, which is closed when the device is released */
    MappedWindow(MemorySegment registers) {
        this.registers = registers;
    }

    @Override
    public long size() {
        return registers.byteSize();
    }

    @Override
    public int read8(long offset) {
        VarHandle.fullFence();
        return registers.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    @Override
    public int read16(long offset) {
        VarHandle.fullFence();
        return registers.get(SHORT, offset) & 0xffff;
    }

    @Override
    public int read32(long offset) {
        VarHandle.fullFence();
        return (int) INTS.getAcquire(registers, offset);
    }

    @Override
    public void write8(long offset, int value) {
        VarHandle.releaseFence();
        registers.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
        VarHandle.storeStoreFence();
    }

    @Override
    public void write16(long offset, int value) {
        VarHandle.releaseFence();
        registers.set(SHORT, offset, (short) value);
        VarHandle.storeStoreFence();
    }

    @Override
    public void write32(long offset, int value) {
        INTS.setRelease(registers, offset, value);
        VarHandle.storeStoreFence();
    }
}
