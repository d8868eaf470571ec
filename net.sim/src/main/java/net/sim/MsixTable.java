package net.sim;

import java.util.Arrays;

/** MSI-X: capability, table and pending bits of a function. PCI Local Bus 3.0, 6.8.2. The table is at the start of its BAR. */
final class MsixTable {
    /** Offset of the pending bits in the BAR where nobody expects them elsewhere. */
    static final int PBA = 0x800;
    /** Bytes of the BAR. */
    static final int BAR_SIZE = 0x1000;
    /** Most vectors that fit in front of the pending bits. */
    static final int MAX_VECTORS = PBA / 16;
    private static final int CAPABILITY = 0x11;
    private static final int CAPABILITY_LENGTH = 12;
    private static final int ENABLE = 0x8000;
    private static final int FUNCTION_MASK = 0x4000;
    private static final int MASKED = 1;

    private final PciFunction function;
    private final int capability;
    private final int vectors;
    private final int pba;
    private final int[] table;
    private final boolean[] pending;

    /**
     * Adds the capability, and the BAR.
     *
     * @param bar where table and pending bits are
     * @param vectors 1 to {@link #MAX_VECTORS}
     */
    MsixTable(PciFunction function, int bar, int vectors) {
        this(function, bar, vectors, PBA, function.config.addCapability(CAPABILITY, CAPABILITY_LENGTH));
        function.bar32(bar, BAR_SIZE);
    }

    /**
     * Adds the capability where the device has it. The BAR is there, or comes later.
     *
     * @param pba offset of the pending bits in the BAR, behind the table
     * @param capability offset in configuration space
     */
    static MsixTable at(PciFunction function, int bar, int vectors, int pba, int capability) {
        function.config.addCapability(CAPABILITY, CAPABILITY_LENGTH, capability);
        return new MsixTable(function, bar, vectors, pba, capability);
    }

    private MsixTable(PciFunction function, int bar, int vectors, int pba, int capability) {
        this.function = function;
        this.vectors = vectors;
        this.pba = pba;
        this.capability = capability;
        table = new int[4 * vectors];
        pending = new boolean[vectors];
        function.config.set(capability + 2, 2, vectors - 1);
        function.config.writable(capability + 2, 2, ENABLE | FUNCTION_MASK);
        function.config.set(capability + 4, 4, bar);
        function.config.set(capability + 8, 4, pba | bar);
    }

    int vectors() {
        return vectors;
    }

    boolean enabled() {
        return (control() & ENABLE) != 0;
    }

    private int control() {
        return function.config.read(capability + 2, 2);
    }

    void reset() {
        function.config.set(capability + 2, 2, vectors - 1);
        Arrays.fill(table, 0);
        for (int v = 0; v < vectors; v++) {
            // Each vector is masked after a reset. 6.8.2.9.
            table[4 * v + 3] = MASKED;
            pending[v] = false;
        }
    }

    int read(long offset, int width) {
        int word = (int) offset & ~3;
        int value = 0;
        if (word < 16 * vectors) {
            value = table[word / 4];
        } else if (word >= pba && word < pba + 8 * ((vectors + 63) / 64)) {
            for (int i = 0; i < 32; i++) {
                int v = (word - pba) * 8 + i;
                value |= v < vectors && pending[v] ? 1 << i : 0;
            }
        }
        return value >>> 8 * ((int) offset & 3) & (width == 4 ? -1 : (1 << 8 * width) - 1);
    }

    void write(long offset, int width, int value) {
        // Software uses aligned accesses of four or eight bytes; what others do is undefined: here, nothing. The pending bits cannot be written. 6.8.2.
        if (width == 4 && offset < 16L * vectors) {
            int i = (int) offset / 4;
            table[i] = (i & 3) == 0 ? value & ~3 : (i & 3) == 3 ? value & MASKED : value;
            deliverPending();
        }
    }

    /** Mask or enable bits, or the right to master the bus, may have changed. */
    void deliverPending() {
        for (int v = 0; v < vectors; v++) {
            if (pending[v]) {
                pending[v] = false;
                raise(v);
            }
        }
    }

    /** The device wants to interrupt. Out of range is nothing. */
    void raise(int vector) {
        if (vector >= vectors || !enabled()) {
            return;
        }
        if ((control() & FUNCTION_MASK) != 0 || masked(vector) || !function.mastering()) {
            pending[vector] = true;
        } else {
            function.message(vector, table[4 * vector] & 0xffff_ffffL | (long) table[4 * vector + 1] << 32, table[4 * vector + 2]);
        }
    }

    /** The device takes back what it wanted to interrupt for: a bit for each of 32 vectors. */
    void clearPending(int firstVector, int bits) {
        for (int i = 0; i < 32 && firstVector + i < vectors; i++) {
            pending[firstVector + i] &= (bits >>> i & 1) == 0;
        }
    }

    private boolean masked(int vector) {
        return (table[4 * vector + 3] & MASKED) != 0 && !function.machine().keepsVectors();
    }
}
