package net.pci.bus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A small model of one function's configuration space: which bits can be written, and what is behind a bridge. */
public final class FakeFunction {
    private final ByteBuffer space = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer writable = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    /** Device and function number on the bus behind, if it is a bridge. */
    private final Map<Integer, FakeFunction> behind = new TreeMap<>();
    /** What the code under test did wrong. */
    private final List<String> violations = new ArrayList<>();
    private int nextCapability = 0x40;
    private int lastPointer = ConfigSpace.CAPABILITIES;
    private int retries;
    private int writes;
    private volatile boolean gone;
    private int failing = -1;
    private int vanishing = -1;

    /** An ordinary function. */
    public static FakeFunction of(int vendor, int device) {
        FakeFunction f = new FakeFunction();
        f.space.putShort(0, (short) vendor).putShort(2, (short) device);
        f.space.putInt(ConfigSpace.CLASS, 0x020000_01);
        f.writable.putShort(ConfigSpace.COMMAND, (short) 0x0407);
        return f;
    }

    /** A bridge that passes on memory above 4 GiB too. */
    public static FakeFunction bridge() {
        FakeFunction f = of(0x1b36, 0x000c);
        f.space.putInt(ConfigSpace.CLASS, 0x060400_00).put(ConfigSpace.HEADER_TYPE, (byte) 1);
        f.writable.putInt(ConfigSpace.BUS_NUMBERS, 0x00ff_ffff).putShort(0x1c, (short) 0xf0f0).putInt(0x20, 0xfff0_fff0);
        f.space.putInt(0x24, 0x0001_0001).putShort(0x1c, (short) 0);
        f.writable.putInt(0x24, 0xfff0_fff0).putInt(0x28, -1).putInt(0x2c, -1).putInt(0x30, -1);
        return f;
    }

    public FakeFunction subsystem(int vendor, int id) {
        space.putShort(0x2c, (short) vendor).putShort(0x2e, (short) id);
        return this;
    }

    public FakeFunction multifunction() {
        space.put(ConfigSpace.HEADER_TYPE, (byte) (space.get(ConfigSpace.HEADER_TYPE) | 0x80));
        return this;
    }

    public FakeFunction memory32(int index, int size, int address) {
        return bar(index, address, -size & ~0xf, 0);
    }

    public FakeFunction io(int index, int size, int port) {
        return bar(index, port, -size & 0xfffc, 1);
    }

    public FakeFunction memory64(int index, long size, long address, boolean prefetchable) {
        bar(index, (int) address, (int) (-size & ~0xfL), prefetchable ? 0xc : 4);
        return bar(index + 1, (int) (address >>> 32), (int) (-size >>> 32), 0);
    }

    public FakeFunction bar(int index, int value, int mask, int flags) {
        space.putInt(ConfigSpace.BAR0 + 4 * index, value | flags);
        writable.putInt(ConfigSpace.BAR0 + 4 * index, mask);
        return this;
    }

    /** Appends a capability of so many bytes, header included. Its place is in {@link #lastCapability}. */
    public FakeFunction capability(int id, int length) {
        return capabilityAt(nextCapability, id, length);
    }

    public FakeFunction capabilityAt(int at, int id, int length) {
        pointLastTo(at);
        space.put(at, (byte) id);
        lastPointer = at + 1;
        nextCapability = at + (length + 3 & ~3);
        return this;
    }

    /** Makes the last capability point anywhere. */
    public FakeFunction pointLastTo(int at) {
        space.putShort(ConfigSpace.STATUS, (short) ConfigSpace.STATUS_CAPABILITIES);
        space.put(lastPointer, (byte) at);
        return this;
    }

    public int lastCapability() {
        return lastPointer - 1;
    }

    public FakeFunction msix(int vectors, int table, int pending) {
        capability(0x11, 12);
        int at = lastCapability();
        space.putShort(at + 2, (short) (vectors - 1)).putInt(at + 4, table).putInt(at + 8, pending);
        writable.putShort(at + 2, (short) 0xc000);
        return this;
    }

    /** Sets what is read at a place, whatever is written. */
    public FakeFunction set32(int offset, int value) {
        space.putInt(offset, value);
        return this;
    }

    public FakeFunction writable(int offset, int mask) {
        writable.putInt(offset, mask);
        return this;
    }

    public int get16(int offset) {
        return space.getShort(offset) & 0xffff;
    }

    public int get32(int offset) {
        return space.getInt(offset);
    }

    /** Bits of the command register. */
    public int command() {
        return get16(ConfigSpace.COMMAND);
    }

    /** Puts a function on the bus behind this bridge. */
    public FakeFunction with(int device, int function, FakeFunction f) {
        behind.put(device << 3 | function, f);
        return this;
    }

    public Map<Integer, FakeFunction> behind() {
        return behind;
    }

    /** Answers "retry" so many times. */
    public FakeFunction retries(int n) {
        retries = n;
        return this;
    }

    /** Writes to this place fail. */
    public void failing(int offset) {
        failing = offset;
    }

    public void gone(boolean now) {
        gone = now;
    }

    /** It goes right before this place is read the next time. */
    public void vanishing(int offset) {
        vanishing = offset;
    }

    public int writes() {
        return writes;
    }

    public List<String> violations() {
        return violations;
    }

    int read(int offset, int width) {
        if (offset == vanishing) {
            gone = true;
            vanishing = -1;
        }
        if (gone) {
            return width == 4 ? -1 : (1 << 8 * width) - 1;
        }
        if (offset == 0 && width == 4 && retries > 0) {
            retries--;
            return 0xffff_0001;
        }
        return switch (width) {
            case 1 -> space.get(offset) & 0xff;
            case 2 -> space.getShort(offset) & 0xffff;
            default -> space.getInt(offset);
        };
    }

    void write(int offset, int width, int value) {
        writes++;
        if (offset == failing) {
            throw new IllegalStateException("bus error");
        }
        if (gone) {
            return;
        }
        boolean decoding = (command() & (ConfigSpace.COMMAND_IO | ConfigSpace.COMMAND_MEMORY)) != 0;
        if (offset >= ConfigSpace.BAR0 && offset < (space.get(ConfigSpace.HEADER_TYPE) == 1 ? 0x18 : ConfigSpace.BAR_END) && decoding) {
            violations.add("BAR at 0x%x written while decoding".formatted(offset));
        }
        for (int i = 0; i < width; i++) {
            int mask = writable.get(offset + i) & 0xff;
            space.put(offset + i, (byte) (space.get(offset + i) & ~mask | value >>> 8 * i & mask));
        }
    }
}
