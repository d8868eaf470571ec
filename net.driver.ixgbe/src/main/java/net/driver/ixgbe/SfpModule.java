package net.driver.ixgbe;

/**
 * What is in the cage of an SFP+ card: SFF-8472, table 4-1.
 *
 * @param kind what it is; null if the 82599 does not work with it
 * @param text what it says of itself, for messages
 */
record SfpModule(Kind kind, String text) {
    /** Address of the identification page, with the write bit. */
    private static final int PAGE = 0xa0;
    private static final int IDENTIFIER = 0;
    private static final int CODES_10G = 3;
    private static final int CODES_1G = 6;
    private static final int CABLE = 8;
    private static final int CABLE_ACTIVE = 60;
    private static final int SFP = 0x03;
    private static final int CODE_10G_SR = 0x10;
    private static final int CODE_10G_LR = 0x20;
    private static final int CODE_1G_SX = 0x01;
    private static final int CODE_1G_LX = 0x02;
    private static final int CODE_1G_T = 0x08;
    private static final int PASSIVE = 0x04;
    private static final int ACTIVE = 0x08;
    private static final int ACTIVE_LIMITING = 0x04;

    /** What a module is; the number is that of its set-up in the EEPROM for port 0, one higher for port 1: 6.3.5.6. */
    enum Kind {
        /** A direct attached cable without electronics. */
        COPPER_CABLE(3, 10_000),
        /** 10GBASE-SR or LR. */
        OPTICAL(5, 10_000),
        /** A direct attached cable with limiting amplifiers. */
        ACTIVE_CABLE(7, 10_000),
        /** 1000BASE-T. */
        TWISTED_PAIR_1G(9, 1000),
        /** 1000BASE-SX. */
        SX_1G(11, 1000),
        /** 1000BASE-LX. */
        LX_1G(13, 1000);

        private final int setup;
        private final int speed;

        Kind(int setup, int speed) {
            this.setup = setup;
            this.speed = speed;
        }

        /** Its number in the EEPROM's list, for a port 0 or 1. */
        int setup(int port) {
            return setup + port;
        }

        /** In 10^6 bits a second. */
        int speed() {
            return speed;
        }
    }

    /** Reads what the module says of itself; its kind is null if the 82599 does not work with it. */
    static SfpModule read(I2c i2c) {
        int identifier = i2c.read(PAGE, IDENTIFIER);
        int codes10 = i2c.read(PAGE, CODES_10G);
        int codes1 = i2c.read(PAGE, CODES_1G);
        int cable = i2c.read(PAGE, CABLE);
        boolean limiting = (cable & ACTIVE) != 0 && (i2c.read(PAGE, CABLE_ACTIVE) & ACTIVE_LIMITING) != 0;
        String text = "identifier 0x%02x, 10G codes 0x%02x, 1G codes 0x%02x, cable 0x%02x".formatted(identifier, codes10, codes1, cable);
        return new SfpModule(identifier == SFP ? kind(codes10, codes1, cable, limiting) : null, text);
    }

    private static Kind kind(int codes10, int codes1, int cable, boolean limiting) {
        if ((cable & PASSIVE) != 0) {
            return Kind.COPPER_CABLE;
        }
        if ((cable & ACTIVE) != 0) {
            return limiting ? Kind.ACTIVE_CABLE : null;
        }
        if ((codes10 & (CODE_10G_SR | CODE_10G_LR)) != 0) {
            return Kind.OPTICAL;
        }
        if ((codes1 & CODE_1G_T) != 0) {
            return Kind.TWISTED_PAIR_1G;
        }
        if ((codes1 & CODE_1G_SX) != 0) {
            return Kind.SX_1G;
        }
        return (codes1 & CODE_1G_LX) != 0 ? Kind.LX_1G : null;
    }
}
