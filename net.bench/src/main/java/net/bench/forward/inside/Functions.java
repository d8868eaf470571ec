package net.bench.forward.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Interrupt;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.PciAccess;

/** The cards as functions of bus 0, each in a slot of its own, with BARs where firmware would have put them. They have no MSI-X: they are polled. */
final class Functions implements PciAccess {
    private static final long BARS = 0xe000_0000L;

    private final Path file;
    private final Map<PciAddress, Function> functions = new HashMap<>();
    private final Map<PciAddress, Arena> mapped = new HashMap<>();

    Functions(Path file) {
        this.file = file;
        for (int card = 0; card < CardFile.CARDS; card++) {
            functions.put(address(card), new Function(card, BARS + (long) card * CardFile.WINDOW));
        }
    }

    static PciAddress address(int card) {
        return new PciAddress(0, 0, card + 1, 0);
    }

    @Override
    public List<Root> roots() {
        return List.of(new Root(0, 0, 0));
    }

    @Override
    public List<Window> windows() {
        return List.of();
    }

    @Override
    public synchronized int read(PciAddress address, int offset, int width) {
        Function function = functions.get(address);
        return function == null ? -1 >>> 32 - 8 * width : function.read(offset, width);
    }

    @Override
    public synchronized void write(PciAddress address, int offset, int width, int value) {
        Function function = functions.get(address);
        if (function != null) {
            function.write(offset, width, value);
        }
    }

    @Override
    public synchronized Mmio mapBar(PciAddress address, int bar, long start, long size) {
        Arena arena = mapped.computeIfAbsent(address, a -> Arena.ofShared());
        try {
            return new MappedWindow(CardFile.map(file, CardFile.window(functions.get(address).card), size, arena));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void release(PciAddress address) {
        Arena arena = mapped.remove(address);
        if (arena != null) {
            arena.close();
        }
    }

    @Override
    public boolean managesInterrupts() {
        return true;
    }

    @Override
    public List<Interrupt> openInterrupts(PciAddress address, int count) {
        throw new DevException(DevError.UNSUPPORTED, "the shared cards are polled");
    }

    @Override
    public Message openMessage(PciAddress address) {
        throw new DevException(DevError.UNSUPPORTED, "the shared cards are polled");
    }

    /** Configuration space of an 82599 (KX4), as far as a driver and the device manager look at it. 82599 datasheet, 9.3. */
    private static final class Function {
        private static final int ID = 0x10f7_8086;
        private static final int COMMAND = 4;
        private static final int STATUS_CAPABILITIES = 0x0010_0000;
        private static final int ETHERNET_REVISION_1 = 0x0200_0001;
        private static final int BAR0 = 0x10;
        private static final int CAPABILITIES = 0x34;
        private static final int POWER = 0x40;
        private static final int EXPRESS = 0xa0;
        private static final int MEMORY_64 = 4;
        private static final int COMMAND_BITS = 0x0547;

        private final int card;
        private final byte[] bytes = new byte[4096];

        Function(int card, long bar) {
            this.card = card;
            put(0, ID);
            put(COMMAND, STATUS_CAPABILITIES);
            put(8, ETHERNET_REVISION_1);
            put(BAR0, (int) bar | MEMORY_64);
            put(0x2c, ID);
            put(CAPABILITIES, POWER);
            put(POWER, 0x0003_0001 | EXPRESS << 8);
            put(EXPRESS, 0x0002_0010);
        }

        int read(int offset, int width) {
            int value = 0;
            for (int i = width - 1; i >= 0; i--) {
                value = value << 8 | bytes[offset + i] & 0xff;
            }
            return value;
        }

        void write(int offset, int width, int value) {
            for (int i = 0; i < width; i++) {
                int at = offset + i;
                int mask = writable(at & -4) >>> 8 * (at & 3) & 0xff;
                bytes[at] = (byte) (bytes[at] & ~mask | value >>> 8 * i & mask);
            }
        }

        private static int writable(int register) {
            return switch (register) {
                case COMMAND -> COMMAND_BITS;
                case BAR0 -> -CardFile.WINDOW;
                case BAR0 + 4 -> -1;
                default -> 0;
            };
        }

        private void put(int offset, int value) {
            for (int i = 0; i < 4; i++) {
                bytes[offset + i] = (byte) (value >>> 8 * i);
            }
        }
    }
}
