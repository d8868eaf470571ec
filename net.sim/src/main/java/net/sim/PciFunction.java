package net.sim;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * A model of a PCI function: its configuration space, its BARs and its way to memory. What is particular to a device is in subclasses; they are called
 * under the engine's lock, except {@link #doorbell}.
 */
public abstract class PciFunction {
    /** Command register, 6.2.2: answers to memory accesses. */
    static final int COMMAND_MEMORY = 0x2;
    /** Command register: may access memory. */
    static final int COMMAND_MASTER = 0x4;
    static final int COMMAND = 0x04;
    static final int BAR0 = 0x10;
    /** No address: the BAR does not decode. */
    static final long NOWHERE = -1;
    private static final int HEADER_TYPE = 0x0e;
    private static final int EXPRESS = 0x10;
    private static final int EXPRESS_LENGTH = 0x3c;
    private static final int DEVICE_CONTROL = 0x08;
    private static final int INITIATE_RESET = 0x8000;
    private static final long[] NO_BARS = {NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE};

    final ConfigSpace config = new ConfigSpace();
    private final long[] sizes = new long[6];
    private final boolean[] wide = new boolean[6];
    private final int express;
    private volatile long[] decoded = NO_BARS;
    private volatile Machine machine;
    private boolean mastering;
    private volatile boolean dead;
    private volatile boolean dmaRefused;
    private long dmaFaults;
    private String lastDmaFault = "";

    /**
     * @param classCode class, subclass and interface in 24 bits
     * @param headerType 0, or 1 for a bridge
     */
    PciFunction(int vendor, int device, int classCode, int revision, int headerType) {
        this(vendor, device, classCode, revision, headerType, 0);
    }

    /** @param expressAt where the capability of PCI Express is; 0: anywhere. The others as above. */
    PciFunction(int vendor, int device, int classCode, int revision, int headerType, int expressAt) {
        config.set(0x00, 2, vendor);
        config.set(0x02, 2, device);
        config.set(0x08, 1, revision);
        config.set(0x09, 2, classCode);
        config.set(0x0b, 1, classCode >>> 16);
        config.set(HEADER_TYPE, 1, headerType);
        // Memory, master, parity, SERR, interrupt disable; there is no I/O. 6.2.2.
        config.writable(COMMAND, 2, 0x0546);
        config.writable(0x0c, 1, 0xff);
        config.writable(0x3c, 1, 0xff);
        if (expressAt == 0) {
            express = config.addCapability(EXPRESS, EXPRESS_LENGTH);
        } else {
            config.addCapability(EXPRESS, EXPRESS_LENGTH, expressAt);
            express = expressAt;
        }
        // Version 2; function level reset. PCI Express Base 4.0, 7.5.3.
        config.set(express + 2, 2, 0x0002);
        config.set(express + 4, 4, 0x1000_8000);
        config.writable(express + DEVICE_CONTROL, 2, 0x7fff);
    }

    /** Gives it a 32-bit memory BAR of a power of two bytes, 16 or more. 6.2.5.1. */
    final void bar32(int index, long size) {
        sizes[index] = size;
        config.writable(BAR0 + 4 * index, 4, (int) -size);
    }

    /** Gives it a prefetchable 64-bit memory BAR; it takes the next one too. */
    final void bar64(int index, long size) {
        sizes[index] = size;
        wide[index] = true;
        config.set(BAR0 + 4 * index, 4, 0xc);
        config.writable(BAR0 + 4 * index, 4, (int) -size);
        config.writable(BAR0 + 4 * index + 4, 4, (int) (-size >>> 32));
    }

    /** Kind of PCI Express port, in the capability: 0 endpoint, 4 root port, 9 integrated endpoint. 7.5.3.2. */
    final void expressType(int type) {
        config.set(express + 2, 1, type << 4 | 2);
    }

    /** There are other functions at its device number. 6.2.1. */
    final void multifunction(boolean several) {
        config.set(HEADER_TYPE, 1, config.read(HEADER_TYPE, 1) & 0x7f | (several ? 0x80 : 0));
    }

    /** The simulated host it is plugged into, or that has lent it to a machine outside of this program ({@link SimHost#lend}); null without. */
    public final SimHost host() {
        Machine m = machine;
        return m == null ? null : m.host();
    }

    /** What it is plugged into; null without. */
    final Machine machine() {
        return machine;
    }

    /** It is plugged into a host. */
    public final boolean isPlugged() {
        return machine != null;
    }

    final void plug(Machine into) {
        machine = into;
        resetFunction();
        plugged();
    }

    final void unplug() {
        unplugged();
        machine = null;
        decoded = NO_BARS;
        mastering = false;
    }

    /** Software reads configuration space; aligned, within. */
    int configRead(int offset, int width) {
        return config.read(offset, width);
    }

    /** Software writes configuration space. */
    void configWrite(int offset, int width, int value) {
        config.write(offset, width, value);
        if (offset <= express + DEVICE_CONTROL && offset + width >= express + DEVICE_CONTROL + 2
                && (value >>> 8 * (express + DEVICE_CONTROL - offset) & INITIATE_RESET) != 0) {
            resetFunction();
        }
    }

    /** As after power-on: nothing decodes, nothing is assigned. PCI Express Base 4.0, 6.6.2. */
    final void resetFunction() {
        config.write(COMMAND, 2, 0);
        for (int i = 0; i < 6; i++) {
            config.write(BAR0 + 4 * i, 4, 0);
        }
        config.write(express + DEVICE_CONTROL, 2, 0);
        decoded = NO_BARS;
        mastering = false;
        reset();
    }

    /** Computes what it decodes from its registers and from what the bridge above lets through. */
    final void route(boolean masterAbove, RootPort above) {
        int command = config.read(COMMAND, 2);
        mastering = masterAbove && (command & COMMAND_MASTER) != 0;
        long[] now = new long[6];
        Arrays.fill(now, NOWHERE);
        for (int i = 0; i < 6 && (command & COMMAND_MEMORY) != 0; i++) {
            long address = barAddress(i);
            if (sizes[i] > 0 && address != 0 && (above == null || above.forwards(address, sizes[i]))) {
                now[i] = address;
            }
        }
        decoded = now;
        routed();
    }

    private long barAddress(int index) {
        long low = config.read(BAR0 + 4 * index, 4) & 0xffff_fff0L;
        return wide[index] ? low | (long) config.read(BAR0 + 4 * index + 4, 4) << 32 : low;
    }

    /** Bytes of a BAR; 0 if there is none. */
    final long barSize(int index) {
        return sizes[index];
    }

    /** An access to this bus address reaches this BAR. Any thread. */
    final boolean decodes(int bar, long address) {
        return decoded[bar] == address && !dead;
    }

    /** It answers to memory accesses, wherever its BARs are. */
    final boolean answers() {
        return (config.read(COMMAND, 2) & COMMAND_MEMORY) != 0 && !dead;
    }

    /** It may access memory: its bus master bit and that of the bridge above are on. PCI-to-PCI Bridge 1.2, 3.2.5.3. */
    final boolean mastering() {
        return mastering && machine != null && !dead;
    }

    /**
     * The device's registers read all ones from now on and it does nothing more, while configuration space still answers; or it lives again, reset.
     */
    public final void setDead(boolean dead) {
        call(() -> {
            this.dead = dead;
            if (machine != null) {
                reset();
            }
            return null;
        });
    }

    /** See {@link #setDead}. */
    final boolean isDead() {
        return dead;
    }

    /** Memory for the device to read and to write, or null, counted, if it may not do both. */
    final DmaSpace.Window dma(long iova, long length, String what) {
        return dma(iova, length, what, true);
    }

    /** Memory for the device to read, or null, counted, if it may not. */
    final DmaSpace.Window dmaRead(long iova, long length, String what) {
        return dma(iova, length, what, false);
    }

    private DmaSpace.Window dma(long iova, long length, String what, boolean writes) {
        DmaSpace.Window w = mastering() && !dmaRefused ? machine.memory(iova, length) : null;
        if (w == null || writes && w.segment.isReadOnly()) {
            dmaFaults++;
            lastDmaFault = "%s: %d bytes at device address 0x%x: %s".formatted(what, length, iova, !mastering() ? "bus mastering is off"
                    : dmaRefused ? "refused on request" : w != null ? "lent by the host for reading only" : "not all of that is memory lent by the host");
            return null;
        }
        return w;
    }

    /** From now on every access to memory that the device has not begun is refused, as by an IOMMU without an entry; or they are judged again. */
    public final void setDmaRefused(boolean refused) {
        dmaRefused = refused;
    }

    /** Accesses to memory that were refused: outside of what the host has lent, or with bus mastering off. */
    public final long dmaFaults() {
        return call(() -> dmaFaults);
    }

    /** The last of them, in words; "" without one. */
    public final String lastDmaFault() {
        return call(() -> lastDmaFault);
    }

    /** Sends an interrupt message. Arguments as {@link Machine#message}. */
    final void message(int vector, long address, int data) {
        machine.message(vector, address, data);
    }

    /** Runs with the lock of the host, if it is plugged in. */
    final <T> T call(Supplier<T> what) {
        Machine m = machine;
        if (m == null) {
            return what.get();
        }
        m.engine().lock();
        try {
            return what.get();
        } finally {
            m.engine().unlock();
        }
    }

    /** Answers a read of registers. */
    abstract int readBar(int bar, long offset, int width);

    /** Takes a write to registers. */
    abstract void writeBar(int bar, long offset, int width, int value);

    /**
     * A look at each write to registers without the lock, on the writer's thread.
     *
     * @return true if the write was a mere notification and is dealt with
     */
    boolean doorbell(int bar, long offset, int width, int value) {
        return false;
    }

    /** Vectors of MSI-X; 0 without. */
    int vectors() {
        return 0;
    }

    /** The device goes to its state after power-on. */
    abstract void reset();

    /** Its configuration space was written, and what it decodes and whether it masters the bus is known. */
    void routed() {
    }

    /** It has come to a host. */
    void plugged() {
    }

    /** It leaves the host. */
    void unplugged() {
    }
}
