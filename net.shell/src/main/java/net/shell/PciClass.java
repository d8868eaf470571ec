package net.shell;

import java.util.Map;

/** Class codes in words. PCI Code and ID Assignment Specification 1.11, 1. */
final class PciClass {
    private static final Map<Integer, String> SUBCLASSES = Map.ofEntries(
            Map.entry(0x0100, "SCSI controller"), Map.entry(0x0101, "IDE controller"), Map.entry(0x0104, "RAID controller"),
            Map.entry(0x0106, "SATA controller"), Map.entry(0x0107, "SAS controller"), Map.entry(0x0108, "NVMe controller"),
            Map.entry(0x0200, "Ethernet"), Map.entry(0x0207, "InfiniBand"), Map.entry(0x0280, "network"), Map.entry(0x0300, "VGA display"),
            Map.entry(0x0302, "3D display"), Map.entry(0x0400, "video"), Map.entry(0x0401, "audio"), Map.entry(0x0403, "audio"),
            Map.entry(0x0500, "RAM"), Map.entry(0x0600, "host bridge"), Map.entry(0x0601, "ISA bridge"), Map.entry(0x0604, "PCI bridge"),
            Map.entry(0x0700, "serial port"), Map.entry(0x0780, "communication"), Map.entry(0x0800, "interrupt controller"),
            Map.entry(0x0801, "DMA controller"), Map.entry(0x0806, "IOMMU"), Map.entry(0x0880, "system device"), Map.entry(0x0c03, "USB controller"),
            Map.entry(0x0c05, "SMBus"), Map.entry(0x1080, "encryption"), Map.entry(0x1200, "accelerator"));
    private static final String[] CLASSES = {"unclassified", "storage", "network", "display", "multimedia", "memory", "bridge", "communication",
        "system device", "input", "docking station", "processor", "serial bus", "wireless", "intelligent I/O", "satellite", "encryption", "signal processing",
        "accelerator", "instrumentation"};

    /** Fits in no class. */
    private static final int OTHER = 0xff;

    private PciClass() {
    }

    /** @param code class in bits 23 to 16, subclass in 15 to 8, programming interface in 7 to 0 */
    static String words(int code) {
        int base = code >>> 16 & 0xff;
        return SUBCLASSES.getOrDefault(code >>> 8, base < CLASSES.length ? CLASSES[base] : base == OTHER ? "other" : "class %06x".formatted(code));
    }
}
