package net.sim;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.PhyInterface;

/**
 * How a model of FXMAC, or of a plain Cadence GEM, is built.
 *
 * @param mac what firmware left in the first specific address register; {@link EthernetAddress#ZERO} for nothing
 * @param phytium it has Phytium's clocks, SerDes and tail pointers; else it is a GEM
 * @param queues 1 to 8 each way
 * @param screeners screeners of each type, which fill the receive queues behind the first, 0 to 16
 * @param clearOnRead reading ISR clears it; else writing ones does
 * @param jumbo it takes frames beyond 1536 bytes
 * @param coherent its DMA is coherent, or so its node says
 * @param phyMode what is between it and its PHY, as {@code phy-mode} of a device tree: {@code sgmii}, {@code rgmii}, {@code rmii}, {@code usxgmii} and the like
 * @param phy the PHY
 */
public record FxmacConfig(EthernetAddress mac, boolean phytium, int queues, int screeners, boolean clearOnRead, boolean jumbo, boolean coherent, String phyMode,
        PhyKind phy) {
    /** @throws DevException INVALID_PARAM if a value is out of range, or the MAC does not have the mode */
    public FxmacConfig {
        if (queues < 1 || queues > Fxmac.QUEUES || screeners < 0 || screeners > Fxmac.SCREEN2.count() || PhyInterface.of(phyMode).isEmpty()) {
            throw new DevException(DevError.INVALID_PARAM, "%d queues, %d screeners, phy-mode %s: 1 to %d, 0 to %d, and what FXMAC can be wired with, are possible"
                    .formatted(queues, screeners, phyMode, Fxmac.QUEUES, Fxmac.SCREEN2.count()));
        }
    }

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
        return new FxmacConfig(mac, true, 4, 16, false, true, true, "sgmii", PhyKind.YT8521);
    }

    /** A plain GEM with interrupts cleared by reading, as QEMU's. */
    public static FxmacConfig gem(EthernetAddress mac, int queues) {
        return new FxmacConfig(mac, false, queues, 0, true, true, true, "rgmii-id", PhyKind.GENERIC);
    }

    /** The same with so many queues. */
    public FxmacConfig withQueues(int count) {
        return new FxmacConfig(mac, phytium, count, screeners, clearOnRead, jumbo, coherent, phyMode, phy);
    }

    /** The same, wired otherwise. */
    public FxmacConfig with(String mode, PhyKind kind) {
        return new FxmacConfig(mac, phytium, queues, screeners, clearOnRead, jumbo, coherent, mode, kind);
    }

    /** The same, whose DMA does not see the caches. */
    public FxmacConfig notCoherent() {
        return new FxmacConfig(mac, phytium, queues, screeners, clearOnRead, jumbo, false, phyMode, phy);
    }

    /** The same, with interrupts cleared in one way or the other. */
    public FxmacConfig withClearOnRead(boolean reads) {
        return new FxmacConfig(mac, phytium, queues, screeners, reads, jumbo, coherent, phyMode, phy);
    }

    PhyInterface between() {
        return PhyInterface.of(phyMode).orElseThrow();
    }

    List<String> compatible() {
        return phytium ? List.of("cdns,phytium-gem-1.0", "cdns,gem") : List.of("cdns,gem");
    }
}
