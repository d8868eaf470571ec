package net.driver.ixgbe;

import net.api.DevError;
import net.api.DevException;
import net.hw.ixgbe.LinkBits.Msca;
import net.hw.ixgbe.Reg;

/** The management interface of a PHY, clause 45: 3.7.6. */
final class Mdio {
    /** Device: PMA/PMD. */
    static final int PMA = 1;
    /** Device: auto-negotiation. */
    static final int AN = 7;
    /** Register of each device: control 1. */
    static final int CONTROL = 0;
    /** Registers of each device: identifier. */
    static final int ID1 = 2;
    static final int ID2 = 3;
    /** {@link #AN} {@link #CONTROL}: restart. */
    static final int AN_RESTART = 1 << 9;
    private static final int PHYS = 32;
    private static final int NOBODY = 0xffff;

    private final Registers regs;
    private final Limits limits;
    private final int phy;

    /**
     * Finds the PHY.
     *
     * @throws DevException IO if none answers
     */
    Mdio(Registers regs, Limits limits) {
        this.regs = regs;
        this.limits = limits;
        for (int p = 0; p < PHYS; p++) {
            int id1 = read(p, PMA, ID1);
            int id2 = read(p, PMA, ID2);
            if (id1 != NOBODY && id2 != NOBODY && (id1 | id2) != 0) {
                phy = p;
                return;
            }
        }
        throw new DevException(DevError.IO, regs.device() + ": no PHY answers at any of the 32 addresses of its MDIO");
    }

    int read(int device, int register) {
        return read(phy, device, register);
    }

    private int read(int at, int device, int register) {
        cycle(at, device, register, Msca.OP_ADDRESS);
        cycle(at, device, register, Msca.OP_READ);
        return regs.read(Reg.MSRWD) >>> Msca.READ_DATA_SHIFT;
    }

    void write(int device, int register, int value) {
        cycle(phy, device, register, Msca.OP_ADDRESS);
        regs.write(Reg.MSRWD, value);
        cycle(phy, device, register, Msca.OP_WRITE);
    }

    private void cycle(int at, int device, int register, int operation) {
        regs.write(Reg.MSCA, register & Msca.ADDRESS | device << Msca.DEVICE_SHIFT | at << Msca.PHY_SHIFT | operation | Msca.COMMAND);
        regs.await(Reg.MSCA, 0, Msca.COMMAND, 0, limits.stepNanos(), "an access to its PHY");
    }
}
