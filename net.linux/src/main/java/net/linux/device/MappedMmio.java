package net.linux.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.Function;
import net.api.device.Mmio;

/**
 * Registers in memory. A write is one plain store: interpreted code turns stronger ones into locked exchanges, which are more than one access to the device.
 * What the device took along when it vanished reads as all ones, and swallows writes: the kernel's SIGBUS arrives as InternalError.
 */
public final class MappedMmio implements Mmio {
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final VarHandle SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    /** Stores to ordinary memory and to registers stay in order by themselves. Intel SDM 3A, 9.2.2 and 12.3: uncached stores do not pass earlier ones. */
    private static final boolean STORES_IN_ORDER = System.getProperty("os.arch").equals("amd64");

    private final String name;
    private final MemorySegment registers;
    private final Arena arena;

    /**
     * @param name of the window, in messages, such as {@code BAR 4 of 0000:00:04.0}
     * @param map gives the memory, a whole number of pages that ends with the arena
     */
    public MappedMmio(String name, Function<Arena, MemorySegment> map) {
        this.name = name;
        arena = Arena.ofShared();
        try {
            registers = map.apply(arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Unmaps; accesses are IllegalStateException from now on. */
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Override
    public long size() {
        return registers.byteSize();
    }

    @Override
    public int read8(long offset) {
        try {
            VarHandle.fullFence();
            return (byte) BYTE.getVolatile(registers, offset) & 0xff;
        } catch (InternalError e) {
            return 0xff;
        }
    }

    @Override
    public int read16(long offset) {
        aligned(offset, 2);
        try {
            VarHandle.fullFence();
            return (short) SHORT.getVolatile(registers, offset) & 0xffff;
        } catch (InternalError e) {
            return 0xffff;
        }
    }

    @Override
    public int read32(long offset) {
        aligned(offset, 4);
        try {
            VarHandle.fullFence();
            return (int) INT.getVolatile(registers, offset);
        } catch (InternalError e) {
            return -1;
        }
    }

    @Override
    public void write8(long offset, int value) {
        before();
        try {
            BYTE.set(registers, offset, (byte) value);
        } catch (InternalError e) {
            return; // it is gone: the next read tells
        }
        VarHandle.storeStoreFence();
    }

    @Override
    public void write16(long offset, int value) {
        aligned(offset, 2);
        before();
        try {
            SHORT.set(registers, offset, (short) value);
        } catch (InternalError e) {
            return;
        }
        VarHandle.storeStoreFence();
    }

    @Override
    public void write32(long offset, int value) {
        aligned(offset, 4);
        before();
        try {
            INT.set(registers, offset, value);
        } catch (InternalError e) {
            return;
        }
        VarHandle.storeStoreFence();
    }

    private static void before() {
        if (STORES_IN_ORDER) {
            VarHandle.releaseFence();
        } else {
            VarHandle.fullFence();
        }
    }

    private void aligned(long offset, int width) {
        if ((offset & width - 1) != 0) {
            throw new IndexOutOfBoundsException("%d bytes at 0x%x of %s: offsets are multiples of the width".formatted(width, offset, name));
        }
    }
}
