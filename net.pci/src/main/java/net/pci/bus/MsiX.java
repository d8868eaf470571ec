package net.pci.bus;

import java.util.List;
import java.util.Optional;
import net.api.device.Mmio;
import net.api.device.PciBar;
import net.api.device.PciCapability;
import net.api.host.PciAccess.Message;

/**
 * Message signalled interrupts of a function. PCI Local Bus 3.0, 6.8.2.
 *
 * @param config the function
 * @param offset of the capability
 * @param vectors entries of the table, 1 to 2048
 * @param bar the BAR with the table
 * @param table where the table starts in that BAR
 */
public record MsiX(ConfigSpace config, int offset, int vectors, int bar, long table) {
    private static final int CONTROL = 2;
    private static final int TABLE = 4;
    private static final int PENDING = 8;
    /** Bytes of the capability. */
    public static final int LENGTH = 12;
    private static final int ENABLE = 1 << 15;
    private static final int FUNCTION_MASK = 1 << 14;
    private static final int ENTRY = 16;

    /**
     * Reads the capability, and compares where table and pending bits lie with the BARs.
     *
     * @param problems gets a sentence if the capability makes no sense; there are no interrupts then
     */
    public static Optional<MsiX> of(ConfigSpace config, List<PciCapability> capabilities, List<PciBar> bars, List<String> problems) {
        Optional<PciCapability> capability = capabilities.stream().filter(c -> c.id() == PciCapability.MSI_X && !c.extended()).findFirst();
        if (capability.isEmpty()) {
            return Optional.empty();
        }
        int offset = capability.get().offset();
        int vectors = (config.read16(offset + CONTROL) & 0x7ff) + 1;
        int table = config.read32(offset + TABLE);
        int pending = config.read32(offset + PENDING);
        if (!inside(table, (long) vectors * ENTRY, bars)) {
            problems.add(outside("table", vectors, table));
            return Optional.empty();
        }
        if (!inside(pending, (vectors + 63) / 64 * 8L, bars)) {
            problems.add(outside("pending bits", vectors, pending));
            return Optional.empty();
        }
        return Optional.of(new MsiX(config, offset, vectors, table & 7, table & ~7 & 0xffff_ffffL));
    }

    /**
     * Writes the first entries of the table, masks all others and lets the function signal. Everything is masked while it is written.
     *
     * @param window the BAR with the table, decoding
     * @param messages one for each vector, at most {@link #vectors}
     */
    public void enable(Mmio window, List<Message> messages) {
        config.write16(offset + CONTROL, ENABLE | FUNCTION_MASK);
        for (int i = 0; i < vectors; i++) {
            long entry = table + (long) i * ENTRY;
            window.write32(entry + 12, 1);
            if (i < messages.size()) {
                Message message = messages.get(i);
                window.write32(entry, (int) message.address());
                window.write32(entry + 4, (int) (message.address() >>> 32));
                window.write32(entry + 8, message.data());
                window.write32(entry + 12, 0);
            }
        }
        window.read32(table); // everything has arrived before the mask is lifted
        config.write16(offset + CONTROL, ENABLE);
    }

    /** No more signals. */
    public void disable() {
        config.write16(offset + CONTROL, 0);
    }

    private static boolean inside(int register, long bytes, List<PciBar> bars) {
        return bars.stream().anyMatch(b -> b.index() == (register & 7) && b.type() != PciBar.Type.IO && (register & ~7 & 0xffff_ffffL) + bytes <= b.size());
    }

    private static String outside(String what, int vectors, int register) {
        return "no interrupts: the MSI-X %s of %d vectors is said to be at 0x%x in BAR %d, where there is no such memory"
                .formatted(what, vectors, register & ~7 & 0xffff_ffffL, register & 7);
    }
}
