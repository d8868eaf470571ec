package net.hw.fxmac;

/** Registers of a PHY. IEEE 802.3, clauses 22, 28 and 40; the specific status is Motorcomm's YT8521. */
public final class Phy {
    /** BMCR, control. */
    public static final int CONTROL = 0;
    /** BMSR, status. */
    public static final int STATUS = 1;
    /** PHY identifier 1. */
    public static final int ID1 = 2;
    /** PHY identifier 2. */
    public static final int ID2 = 3;
    /** ANAR: what we offer. */
    public static final int ADVERTISE = 4;
    /** ANLPAR: what the partner offers. */
    public static final int PARTNER = 5;
    /** 1000BASE-T control: what we offer. */
    public static final int GIGABIT_CONTROL = 9;
    /** 1000BASE-T status: what the partner offers. */
    public static final int GIGABIT_STATUS = 10;
    /** YT8521: the link as it was resolved. */
    public static final int YT8521_STATUS = 17;

    /** {@link #CONTROL}: reset, cleared when it is done. */
    public static final int RESET = 1 << 15;
    /** {@link #CONTROL}: 100 Mb/s if forced. */
    public static final int FORCE_100 = 1 << 13;
    /** {@link #CONTROL}: auto-negotiation. */
    public static final int AUTONEG = 1 << 12;
    /** {@link #CONTROL}: the PHY sleeps. */
    public static final int POWER_DOWN = 1 << 11;
    /** {@link #CONTROL}: the PHY is cut off from the MAC. */
    public static final int ISOLATE = 1 << 10;
    /** {@link #CONTROL}: negotiates again. */
    public static final int RESTART = 1 << 9;
    /** {@link #CONTROL}: full duplex if forced. */
    public static final int FORCE_FULL = 1 << 8;
    /** {@link #CONTROL}: 1000 Mb/s if forced. */
    public static final int FORCE_1000 = 1 << 6;

    /** {@link #STATUS}: there are registers 9, 10 and 15. */
    public static final int EXTENDED = 1 << 8;
    /** {@link #STATUS}: negotiation is complete. */
    public static final int AUTONEG_DONE = 1 << 5;
    /** {@link #STATUS}: link; once down it stays so until it was read. 22.2.4.2.13. */
    public static final int LINK = 1 << 2;

    /** {@link #ADVERTISE} and {@link #PARTNER}: pause frames both ways; with {@link #ASYMMETRIC}: towards this end if not both ways. Table 28B-2. */
    public static final int PAUSE = 1 << 10;
    /** The same: pause frames one way, alone away from this end. */
    public static final int ASYMMETRIC = 1 << 11;
    /** The same: 100BASE-TX full duplex. */
    public static final int FULL_100 = 1 << 8;
    /** The same: 100BASE-TX half duplex. */
    public static final int HALF_100 = 1 << 7;
    /** The same: 10BASE-T full duplex. */
    public static final int FULL_10 = 1 << 6;
    /** The same: 10BASE-T half duplex. */
    public static final int HALF_10 = 1 << 5;
    /** {@link #GIGABIT_CONTROL}: 1000BASE-T full duplex; two higher in {@link #GIGABIT_STATUS}. */
    public static final int FULL_1000 = 1 << 9;
    /** {@link #GIGABIT_CONTROL}: 1000BASE-T half duplex; two higher in {@link #GIGABIT_STATUS}. */
    public static final int HALF_1000 = 1 << 8;

    /** Identifier of Motorcomm's YT8521, both registers. */
    public static final int YT8521 = 0x0000_011a;

    private Phy() {
    }

    /** {@link #YT8521_STATUS} bits 15:14: 2 for 1000, 1 for 100, 0 for 10 Mb/s. */
    public static int yt8521Speed(int status) {
        return speed(status >>> 14 & 3);
    }

    /** {@link #YT8521_STATUS} bit 13: full duplex. */
    public static boolean yt8521FullDuplex(int status) {
        return (status & 1 << 13) != 0;
    }

    /** Mb/s of a two-bit speed as MDIO registers and SGMII have it; 0 for the reserved one. */
    static int speed(int code) {
        return switch (code) {
            case 0 -> 10;
            case 1 -> 100;
            case 2 -> 1000;
            default -> 0;
        };
    }
}
