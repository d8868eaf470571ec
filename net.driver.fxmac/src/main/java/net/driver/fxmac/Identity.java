package net.driver.fxmac;

import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.PlatformDevice;
import net.api.device.Mmio;
import net.hw.fxmac.DesignConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.PhyInterface;

/**
 * What the device is, as its node and its design configuration say.
 *
 * @param revision of REVISION
 * @param phytium it has Phytium's clocks, SerDes and tail pointers
 * @param present a bit for each queue that it has, 1 to 8 of them
 * @param queues transmit queues that the driver can use, 1 to 4
 * @param rxQueues of them, receive queues that something can fill
 * @param screeners screeners that it has, as DCFG8 says
 * @param clearOnRead reading ISR clears it, else writing ones
 * @param busWidth for NWCFG
 * @param phy between it and its PHY
 */
record Identity(int revision, boolean phytium, int present, int queues, int rxQueues, int screeners, boolean clearOnRead, int busWidth, PhyInterface phy) {
    /** First part of the compatible strings of Phytium's MACs. */
    private static final String PHYTIUM = "cdns,phytium-gem";
    /** Peripheral clock of Phytium's MACs, in Hz. */
    private static final long PHYTIUM_CLOCK = 50_000_000;
    /** Any other's at most: the divider for this is slow enough for all. */
    private static final long FASTEST_CLOCK = 160_000_000;

    /**
     * Looks at a device.
     *
     * @throws DevException UNSUPPORTED if the driver cannot drive it, with what is missing; IO if it does not answer
     */
    static Identity of(PlatformDevice device, Mmio window) {
        String name = device.address();
        if (!device.dmaCoherent()) {
            throw unsupported(name, "its DMA is not coherent with the caches: the device tree has no dma-coherent for it, and this driver does not clean caches");
        }
        boolean phytium = device.compatible().stream().anyMatch(c -> c.startsWith(PHYTIUM));
        long needed = phytium ? Fxmac.WINDOW : Fxmac.GEM_WINDOW;
        if (window.size() < needed) {
            throw unsupported(name, "its register window has 0x%x bytes, 0x%x are needed".formatted(window.size(), needed));
        }
        int revision = window.read32(Fxmac.REVISION.offset());
        if (revision == MacRegisters.GONE) {
            throw new DevException(DevError.IO, name + " reads as all ones: it is gone, or its clock is off");
        }
        int id = Fxmac.moduleId(revision);
        if (id < Fxmac.FIRST_GEM_ID) {
            throw unsupported(name, "its module id is %d: a GEM has %d or more".formatted(id, Fxmac.FIRST_GEM_ID));
        }
        int dcfg1 = window.read32(Fxmac.DCFG1.offset());
        int dcfg6 = window.read32(Fxmac.DCFG6.offset());
        if ((dcfg6 & DesignConfig.ADDRESS_64) == 0) {
            throw unsupported(name, "its addresses have 32 bits (design configuration 6 is 0x%08x)".formatted(dcfg6));
        }
        String mode = device.text("phy-mode").or(() -> device.text("phy-connection-type")).orElse(phytium ? PhyInterface.SGMII.mode() : PhyInterface.RGMII.mode());
        PhyInterface phy = PhyInterface.of(mode).orElseThrow(() -> unsupported(name, "its phy-mode is '" + mode + "', which the MAC does not have"));
        boolean hasPcs = (dcfg1 & DesignConfig.NO_PCS) == 0;
        if (phy.isPcs() && !hasPcs && !phytium) {
            throw unsupported(name, "its phy-mode is '%s', and it has no PCS (design configuration 1 is 0x%08x)".formatted(mode, dcfg1));
        }
        if (phy.isHighSpeed() && !phytium) {
            throw unsupported(name, "its phy-mode is '" + mode + "', whose SerDes is known for Phytium's MAC only");
        }
        int queues = DesignConfig.queues(dcfg6);
        int dcfg8 = window.read32(Fxmac.DCFG8.offset());
        return new Identity(revision, phytium, DesignConfig.present(dcfg6), queues, Math.min(queues, DesignConfig.screenedQueues(dcfg8)), dcfg8,
                (dcfg1 & DesignConfig.CLEAR_ON_READ) != 0, DesignConfig.busWidth(dcfg1), phy);
    }

    /** The queues behind the first that it has, those that the driver does not use too: it must not find anything there. */
    IntStream further() {
        return IntStream.range(1, Fxmac.QUEUES).filter(q -> (present >>> q & 1) != 0);
    }

    /** Peripheral clock in Hz, or a bound of it. */
    long clock() {
        return phytium ? PHYTIUM_CLOCK : FASTEST_CLOCK;
    }

    private static DevException unsupported(String name, String why) {
        return new DevException(DevError.UNSUPPORTED, name + ": " + why);
    }
}
