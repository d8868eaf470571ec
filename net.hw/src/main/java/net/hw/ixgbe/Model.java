package net.hw.ixgbe;

/** The controllers of the 82599 family that a physical function can be, by PCI device id. */
public enum Model {
    KX4(0x10f7, Media.BACKPLANE, "82599 10 Gigabit dual port backplane"),
    COMBO_BACKPLANE(0x10f8, Media.BACKPLANE, "82599 10 Gigabit dual port backplane, combo"),
    CX4(0x10f9, Media.CX4, "82599 10 Gigabit CX4 dual port"),
    SFP(0x10fb, Media.SFP, "82599ES 10-Gigabit SFI/SFP+"),
    XAUI_LOM(0x10fc, Media.BACKPLANE, "82599 10 Gigabit XAUI on the board"),
    SFP_EM(0x1507, Media.SFP, "82599 10 Gigabit SFP+ mezzanine"),
    KX4_MEZZ(0x1514, Media.BACKPLANE, "82599 10 Gigabit KX4 mezzanine"),
    KR(0x1517, Media.BACKPLANE, "82599 10 Gigabit KR"),
    T3_LOM(0x151c, Media.COPPER, "82599 10GBASE-T on the board"),
    SFP_FCOE(0x1529, Media.SFP, "82599 10 Gigabit SFP+ with FCoE"),
    BACKPLANE_FCOE(0x152a, Media.BACKPLANE, "82599 10 Gigabit backplane with FCoE"),
    SFP_SF_QP(0x154a, Media.SFP, "82599 10 Gigabit SFP+, four ports"),
    SFP_SF2(0x154d, Media.SFP, "82599 10 Gigabit SFP+, two ports"),
    LS(0x154f, Media.SFP, "82599 10 Gigabit LS"),
    EN_SFP(0x1557, Media.SFP, "82599EN 10 Gigabit SFP+, one port"),
    QSFP_SF_QP(0x1558, Media.QSFP, "82599 10 Gigabit QSFP+, four ports");

    /** What the port is connected with. */
    public enum Media {
        /** Traces on a board: KX, KX4, KR, XAUI; auto-negotiation or none, no module. */
        BACKPLANE,
        /** A copper cable of four pairs each way. */
        CX4,
        /** A cage for an SFP+ module, whose EEPROM is read over I2C. */
        SFP,
        /** A cage for a QSFP+ module. */
        QSFP,
        /** Twisted pair, with a PHY behind MDIO. */
        COPPER
    }

    /** PCI vendor id of Intel. */
    public static final int VENDOR = 0x8086;

    private final int id;
    private final Media media;
    private final String text;

    Model(int id, Media media, String text) {
        this.id = id;
        this.media = media;
        this.text = text;
    }

    /** PCI device id. */
    public int id() {
        return id;
    }

    /** What the port is connected with. */
    public Media media() {
        return media;
    }

    /** A name for people. */
    public String text() {
        return text;
    }

    /** The model with a PCI device id, or null. */
    public static Model of(int id) {
        for (Model m : values()) {
            if (m.id == id) {
                return m;
            }
        }
        return null;
    }
}
