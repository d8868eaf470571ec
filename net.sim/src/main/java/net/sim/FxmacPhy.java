package net.sim;

import net.hw.fxmac.Mdio;
import net.hw.fxmac.Phy;

/** A PHY of IEEE 802.3, clause 22, with 1000BASE-T, and its partner at the other end of the cable. */
final class FxmacPhy {
    /** Where it is on the bus. */
    static final int ADDRESS = 7;
    /** Looks at its status during which it negotiates. */
    private static final int NEGOTIATION = 2;

    private final FxmacConfig.PhyKind kind;
    private final int[] registers = new int[Mdio.MAX + 1];
    private boolean cable;
    private boolean lostLink;
    private int negotiating;
    private int speed = 1000;
    private boolean full = true;
    private int pauses = Phy.PAUSE | Phy.ASYMMETRIC;

    FxmacPhy(FxmacConfig.PhyKind kind) {
        this.kind = kind;
        reset();
    }

    /** After power-on and reset: 22.2.4.1.1. */
    void reset() {
        java.util.Arrays.fill(registers, 0);
        registers[Phy.CONTROL] = Phy.AUTONEG | Phy.FORCE_FULL | Phy.FORCE_1000;
        registers[Phy.ID1] = kind == FxmacConfig.PhyKind.YT8521 ? Phy.YT8521 >>> 16 : 0x0141;
        registers[Phy.ID2] = kind == FxmacConfig.PhyKind.YT8521 ? Phy.YT8521 & 0xffff : 0x0cc2;
        registers[Phy.ADVERTISE] = 0x01e1;
        registers[Phy.GIGABIT_CONTROL] = Phy.FULL_1000 | Phy.HALF_1000;
        negotiating = NEGOTIATION;
    }

    /** The cable is in, or out. */
    void cable(boolean in) {
        if (cable && !in) {
            lostLink = true;
        }
        if (in && !cable) {
            negotiating = NEGOTIATION;
        }
        cable = in;
    }

    /** The partner offers one mode alone from now on; the link breaks and is negotiated. */
    void partner(int mbps, boolean fullDuplex) {
        speed = mbps;
        full = fullDuplex;
        breaks();
    }

    /** The partner offers these pause frames; the link breaks and is negotiated. */
    void partnerPauses(int bits) {
        pauses = bits;
        breaks();
    }

    private void breaks() {
        lostLink = true;
        negotiating = NEGOTIATION;
    }

    /** It sleeps until it is reset. */
    void sleep() {
        registers[Phy.CONTROL] |= Phy.POWER_DOWN;
    }

    private boolean up() {
        return cable && negotiating == 0 && (registers[Phy.CONTROL] & (Phy.POWER_DOWN | Phy.ISOLATE)) == 0 && isOffered();
    }

    /** What the partner offers is offered here too: 28.2.3.3. */
    private boolean isOffered() {
        return speed == 1000 ? (registers[Phy.GIGABIT_CONTROL] & (full ? Phy.FULL_1000 : Phy.HALF_1000)) != 0 : (registers[Phy.ADVERTISE] & fast()) != 0;
    }

    /** Mb/s of the link; 0 without. */
    int speed() {
        return up() ? speed : 0;
    }

    /** Duplex of the link. */
    boolean fullDuplex() {
        return full;
    }

    int read(int register) {
        if (kind == FxmacConfig.PhyKind.NONE) {
            return Mdio.NOBODY;
        }
        return switch (register) {
            case Phy.STATUS -> status();
            case Phy.PARTNER -> up() ? 0x4001 | pauses | fast() : 0;
            case Phy.GIGABIT_STATUS -> up() && speed == 1000 ? (full ? Phy.FULL_1000 : Phy.HALF_1000) << 2 : 0;
            case Phy.YT8521_STATUS -> kind == FxmacConfig.PhyKind.YT8521 ? (speed == 1000 ? 2 : speed == 100 ? 1 : 0) << 14 | (full ? 1 << 13 : 0) | (up() ? 0xc00 : 0) : 0;
            default -> registers[register];
        };
    }

    private int fast() {
        return speed == 1000 ? 0 : speed == 100 ? full ? Phy.FULL_100 : Phy.HALF_100 : full ? Phy.FULL_10 : Phy.HALF_10;
    }

    /** Link reads as down once after it was lost: 22.2.4.2.13. */
    private int status() {
        int value = 0x7949 | (up() ? Phy.AUTONEG_DONE : 0) | (up() && !lostLink ? Phy.LINK : 0);
        lostLink = false;
        if (negotiating > 0 && cable && (registers[Phy.CONTROL] & Phy.AUTONEG) != 0) {
            negotiating--;
        }
        return value;
    }

    /** @param resets it does what its reset bit says; else the bit stays */
    void write(int register, int value, boolean resets) {
        if (register == Phy.CONTROL && (value & Phy.RESET) != 0) {
            if (resets) {
                reset();
            } else {
                registers[Phy.CONTROL] |= Phy.RESET;
            }
            return;
        }
        if (register == Phy.CONTROL && (value & Phy.RESTART) != 0) {
            negotiating = NEGOTIATION;
        }
        if (register != Phy.STATUS && register != Phy.ID1 && register != Phy.ID2) {
            registers[register] = register == Phy.CONTROL ? value & ~Phy.RESTART : value;
        }
    }
}
