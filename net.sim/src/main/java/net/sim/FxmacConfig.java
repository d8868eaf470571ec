package net.sim;

import java.util.List;
import net.api.EthernetAddress;
import net.hw.fxmac.PhyInterface;

/**
 * How a model of FXMAC, or of a plain Cadence GEM, is built.
 *
 * @param mac what firmware left in the first specific address register; {@link EthernetAddress#ZERO} for nothing
 * @param phytium it has Phytium's clocks, SerDes and tail pointers; else it is a GEM
 * @param queues 1 to 4 each way
 * @param screeners screeners of type 2, which fill the receive queues behind the first, 0 to 16
 * @param clearOnRead reading ISR clears it; else writing ones does
 * @param jumbo it takes frames beyond 1536 bytes
 * @param coherent its DMA is coherent, or so its node says
 * @param between what is between it and its PHY
 * @param phy the PHY
 */
public record FxmacConfig(EthernetAddress mac, boolean phytium, int queues, int screeners, boolean clearOnRead, boolean jumbo, boolean coherent, PhyInterface between,
        PhyKind phy) {
    /** A PHY. */
    public enum PhyKind {
        /** Motorcomm's, on the PhytiumPi: it has a status register of its own. */
        YT8521,
        /** Any other of IEEE 802.3, clause 22, with 1000BASE-T. */
        GENERIC,
        /** Nothing answers on MDIO. */
        NONE
    }

    /** Phytium's MAC as on the PhytiumPi: four queues, SGMII to a YT8521, interrupts cleared by writing. */
    public static FxmacConfig of(EthernetAddress mac) {
        return new FxmacConfig(mac, true, 4, 16, false, true, true, PhyInterface.SGMII, PhyKind.YT8521);
    }

    /** A plain GEM with interrupts cleared by reading, as QEMU's. */
    public static FxmacConfig gem(EthernetAddress mac, int queues) {
        return new FxmacConfig(mac, false, queues, 0, true, true, true, PhyInterface.RGMII, PhyKind.GENERIC);
    }

    /** The same, wired otherwise. */
    public FxmacConfig with(PhyInterface wiring, PhyKind kind) {
        return new FxmacConfig(mac, phytium, queues, screeners, clearOnRead, jumbo, coherent, wiring, kind);
    }

    /** The same, whose DMA does not see the caches. */
    public FxmacConfig notCoherent() {
        return new FxmacConfig(mac, phytium, queues, screeners, clearOnRead, jumbo, false, between, phy);
    }

    /** The same, with interrupts cleared in one way or the other. */
    public FxmacConfig withClearOnRead(boolean reads) {
        return new FxmacConfig(mac, phytium, queues, screeners, reads, jumbo, coherent, between, phy);
    }

    List<String> compatible() {
        return phytium ? List.of("cdns,phytium-gem-1.0", "cdns,gem") : List.of("cdns,gem");
    }
}
