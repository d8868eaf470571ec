package net.hw.fxmac;

/** Bits of the PCS registers in SGMII. */
public final class Pcs {
    /** {@link Fxmac#PCSCTRL}: auto-negotiation. */
    public static final int AUTONEG = 1 << 12;
    /** {@link Fxmac#PCSSR}: link. */
    public static final int LINK = 1 << 2;
    /** {@link Fxmac#PCSLPA}: the PHY has a link. */
    public static final int PARTNER_LINK = 1 << 15;
    /** {@link Fxmac#PCSLPA}: full duplex. */
    public static final int PARTNER_FULL = 1 << 12;

    private Pcs() {
    }

    /** {@link Fxmac#PCSLPA} bits 11:10: Mb/s. */
    public static int speed(int partner) {
        return Phy.speed(partner >>> 10 & 3);
    }
}
