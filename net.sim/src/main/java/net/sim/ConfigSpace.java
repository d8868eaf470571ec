package net.sim;

/** The configuration space of a PCI function: what its registers hold, and which of their bits software can change. PCI Local Bus 3.0, 6. */
final class ConfigSpace {
    /** Bytes, with the extended space of PCI Express. */
    static final int SIZE = 4096;
    private static final int CONVENTIONAL = 256;
    private static final int CAPABILITIES_POINTER = 0x34;

    private final byte[] value = new byte[SIZE];
    private final byte[] writable = new byte[SIZE];
    private final byte[] clears = new byte[SIZE];
    private int free = 0x40;
    private int lastLink = CAPABILITIES_POINTER;
    private int extendedFree = CONVENTIONAL;

    /** Reads {@code width} bytes, zero-extended. */
    int read(int offset, int width) {
        int v = 0;
        for (int i = width - 1; i >= 0; i--) {
            v = v << 8 | value[offset + i] & 0xff;
        }
        return v;
    }

    /** Software writes: bits that can be written change, bits that ones clear are cleared, all others stay. */
    void write(int offset, int width, int v) {
        for (int i = 0; i < width; i++) {
            int at = offset + i;
            int b = v >>> 8 * i & 0xff;
            int kept = value[at] & ~writable[at] & ~(b & clears[at]);
            value[at] = (byte) (kept | b & writable[at]);
        }
    }

    /** The device sets a register, whatever software can change. */
    void set(int offset, int width, int v) {
        for (int i = 0; i < width; i++) {
            value[offset + i] = (byte) (v >>> 8 * i);
        }
    }

    /** Software can change these bits. */
    void writable(int offset, int width, int mask) {
        for (int i = 0; i < width; i++) {
            writable[offset + i] = (byte) (mask >>> 8 * i);
        }
    }

    /** Software clears these bits by writing ones. */
    void clears(int offset, int width, int mask) {
        for (int i = 0; i < width; i++) {
            clears[offset + i] = (byte) (mask >>> 8 * i);
        }
    }

    /**
     * Appends a capability to the list. 6.7.
     *
     * @param length bytes with its header of two
     * @return its offset
     */
    int addCapability(int id, int length) {
        int at = free;
        addCapability(id, length, at);
        free = at + length + 3 & ~3;
        return at;
    }

    /** Appends a capability to the list that is at an offset where some drivers expect it; those without a place must not come across it. */
    void addCapability(int id, int length, int at) {
        if (at + length > CONVENTIONAL) {
            throw new IllegalStateException("no room for a capability of %d bytes at 0x%x".formatted(length, at));
        }
        set(lastLink, 1, at);
        lastLink = at + 1;
        set(at, 1, id);
        set(0x06, 2, read(0x06, 2) | 0x10);
    }

    /**
     * Appends an extended capability. PCI Express Base 4.0, 7.6.3.
     *
     * @param length bytes with its header of four
     * @return its offset
     */
    int addExtendedCapability(int id, int version, int length) {
        int at = extendedFree;
        if (at > CONVENTIONAL) {
            throw new IllegalStateException("one extended capability is enough so far");
        }
        set(at, 4, version << 16 | id);
        extendedFree = at + length;
        return at;
    }
}
