package net.sim;

/** A PCI Express root port: a bridge with one device behind it. PCI-to-PCI Bridge 1.2, 3.2; PCI Express Base 4.0, 7.5.1.3. No device uses I/O behind it. */
final class RootPort extends PciFunction {
    private static final int SECONDARY = 0x19;
    private static final int MEMORY = 0x20;
    private static final int PREFETCHABLE = 0x24;
    private static final int CONTROL = 0x3e;
    private static final int SECONDARY_RESET = 0x40;

    /** Functions of the device behind it. */
    final PciFunction[] behind = new PciFunction[8];

    RootPort() {
        // Ids that QEMU uses for its generic root port: nobody's driver matches them.
        super(0x1b36, 0x000c, 0x060400, 0, 1);
        expressType(4);
        // Primary, secondary and subordinate bus number.
        config.writable(0x18, 4, 0x00ff_ffff);
        config.writable(MEMORY, 4, 0xfff0_fff0);
        // 64-bit prefetchable window. 3.2.5.10.
        config.set(PREFETCHABLE, 4, 0x0001_0001);
        config.writable(PREFETCHABLE, 4, 0xfff0_fff0);
        config.writable(0x28, 4, -1);
        config.writable(0x2c, 4, -1);
        config.writable(CONTROL, 2, 0x0043);
    }

    int secondaryBus() {
        return config.read(SECONDARY, 1);
    }

    /** Accesses to the range go through: it lies in one of the windows, and memory is on. 3.2.5.8 to 3.2.5.10. */
    boolean forwards(long address, long size) {
        if ((config.read(COMMAND, 2) & COMMAND_MEMORY) == 0) {
            return false;
        }
        long base = (config.read(MEMORY, 2) & 0xfff0L) << 16;
        long end = (config.read(MEMORY + 2, 2) & 0xfff0L) << 16 | 0xf_ffff;
        long prefetchableBase = (config.read(PREFETCHABLE, 2) & 0xfff0L) << 16 | (long) config.read(0x28, 4) << 32;
        long prefetchableEnd = (config.read(PREFETCHABLE + 2, 2) & 0xfff0L) << 16 | 0xf_ffff | (long) config.read(0x2c, 4) << 32;
        return within(address, size, base, end) || within(address, size, prefetchableBase, prefetchableEnd);
    }

    private static boolean within(long address, long size, long base, long end) {
        return address >= base && address + size - 1 <= end;
    }

    boolean masters() {
        return (config.read(COMMAND, 2) & COMMAND_MASTER) != 0;
    }

    @Override
    void configWrite(int offset, int width, int value) {
        boolean before = (config.read(CONTROL, 2) & SECONDARY_RESET) != 0;
        super.configWrite(offset, width, value);
        if (!before && (config.read(CONTROL, 2) & SECONDARY_RESET) != 0) {
            for (PciFunction f : behind) {
                if (f != null) {
                    f.resetFunction();
                }
            }
        }
    }

    @Override
    int readBar(int bar, long offset, int width) {
        return -1;
    }

    @Override
    void writeBar(int bar, long offset, int width, int value) {
        // It has no BAR.
    }

    @Override
    void reset() {
        config.write(0x18, 4, 0);
        config.write(MEMORY, 4, 0);
        config.write(PREFETCHABLE, 4, 0);
        config.write(0x28, 4, 0);
        config.write(0x2c, 4, 0);
        config.write(CONTROL, 2, 0);
    }
}
