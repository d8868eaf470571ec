package net.driver.fxmac;

import net.api.DevError;
import net.api.DevException;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Mdio;

/** The MDIO bus, clause 22. Every wait ends. The device manager's thread. */
final class MdioBus {
    private final String name;
    private final MacRegisters mac;
    private final long waitNanos;

    MdioBus(String name, MacRegisters mac, long waitNanos) {
        this.name = name;
        this.mac = mac;
        this.waitNanos = waitNanos;
    }

    /**
     * Reads a register.
     *
     * @return 0 to 0xffff; {@link Mdio#NOBODY} where no PHY answers
     * @throws DevException IO if the bus hangs
     */
    int read(int phy, int register) {
        idle(phy, register);
        mac.write(Fxmac.PHYMNTNC, Mdio.read(phy, register));
        idle(phy, register);
        return Mdio.data(mac.read(Fxmac.PHYMNTNC));
    }

    /** Writes a register. */
    void write(int phy, int register, int value) {
        idle(phy, register);
        mac.write(Fxmac.PHYMNTNC, Mdio.write(phy, register, value));
        idle(phy, register);
    }

    private void idle(int phy, int register) {
        if (!MacRegisters.await(waitNanos, () -> (mac.read(Fxmac.NWSR) & Fxmac.NWSR_MDIO_IDLE) != 0)) {
            throw new DevException(DevError.IO, "%s: MDIO was not idle within %d ms around register %d of PHY %d; network status is 0x%x"
                    .formatted(name, waitNanos / 1_000_000, register, phy, mac.read(Fxmac.NWSR)));
        }
    }
}
