package net.hw.ixgbe;

/** Bits of the general, EEPROM, semaphore and PCIe registers, one class a register: 8.2.3.1, 8.2.3.2, 8.2.3.4. */
public final class ControlBits {
    private ControlBits() {
    }

    /** {@link Reg#CTRL}. */
    public static final class Ctrl {
        /** No new requests on PCIe; {@link Status#MASTER_ENABLED} falls when the last one is over. */
        public static final int MASTER_DISABLE = 1 << 2;
        /** Link reset: resets MAC, PCS and auto-negotiation, and in effect the device; clears itself. */
        public static final int LRST = 1 << 3;
        /** Device reset; clears itself. Wait 1 ms before the next access: 4.2.1.6.1. */
        public static final int RST = 1 << 26;

        private Ctrl() {
        }
    }

    /** {@link Reg#STATUS}. */
    public static final class Status {
        /** Port of the device, 0 or 1, two bits. */
        public static final int LAN_ID = 0xc;
        public static final int LAN_ID_SHIFT = 2;
        public static final int LINK_UP = 1 << 7;
        /** Requests on PCIe can be under way. */
        public static final int MASTER_ENABLED = 1 << 19;

        private Status() {
        }
    }

    /** {@link Reg#CTRL_EXT}. */
    public static final class CtrlExt {
        /** The physical function is through with its reset: virtual functions may start; clears itself. */
        public static final int PFRSTD = 1 << 14;
        public static final int NS_DIS = 1 << 16;
        public static final int RO_DIS = 1 << 17;
        /** Frames carry an outer VLAN tag. */
        public static final int EXTENDED_VLAN = 1 << 26;
        /** A driver is there: for the firmware. */
        public static final int DRV_LOAD = 1 << 28;

        private CtrlExt() {
        }
    }

    /** {@link Reg#ESDP}: bit n is the value of pin n, bit 8 + n its direction, bit 16 + n its mode. */
    public static final class Esdp {
        /** On SFP+ cards: a module is in the cage. */
        public static final int SDP2 = 1 << 2;
        /** On SFP+ cards: the laser is off. */
        public static final int SDP3 = 1 << 3;
        /** Direction bits: 1 is out. */
        public static final int DIRECTION_SHIFT = 8;

        private Esdp() {
        }
    }

    /** {@link Reg#I2CCTL}. */
    public static final class I2cCtl {
        public static final int CLK_IN = 1;
        public static final int CLK_OUT = 1 << 1;
        public static final int DATA_IN = 1 << 2;
        public static final int DATA_OUT = 1 << 3;

        private I2cCtl() {
        }
    }

    /** {@link Reg#EEC}. */
    public static final class Eec {
        public static final int REQ = 1 << 6;
        public static final int GNT = 1 << 7;
        public static final int PRES = 1 << 8;
        /** The device has read its settings: part of every reset. */
        public static final int AUTO_RD = 1 << 9;
        /** log2 of the words, less 6. */
        public static final int SIZE = 0x7800;
        public static final int SIZE_SHIFT = 11;

        private Eec() {
        }
    }

    /** {@link Reg#EERD}. */
    public static final class Eerd {
        public static final int START = 1;
        public static final int DONE = 1 << 1;
        public static final int ADDR_SHIFT = 2;
        public static final int ADDR_MAX = 0x3fff;
        public static final int DATA_SHIFT = 16;

        private Eerd() {
        }
    }

    /** Words of the EEPROM: 6.1. */
    public static final class Eeprom {
        /** Words 0 to 0x3f, and the sections that words 3 to 0xe point to, add up to this: 6.3. */
        public static final int SUM = 0xbaba;
        public static final int CHECKSUM = 0x3f;
        /** First and last word that points to a section of the sum. */
        public static final int POINTERS = 0x03;
        public static final int FW_PTR = 0x0f;
        public static final int SERIAL_NUMBER = 0x11;
        public static final int PBA0 = 0x15;
        public static final int PBA1 = 0x16;
        /** This in PBA0: PBA1 points to a string. */
        public static final int PBA_STRING = 0xfafa;
        public static final int SAN_MAC_PTR = 0x28;
        public static final int PHY_INIT_PTR = 0x2b;
        public static final int DEVICE_CAPS = 0x2c;
        /** DEVICE_CAPS bit 0: modules of any make. */
        public static final int CAPS_ANY_SFP = 1;
        public static final int ETRACK_LOW = 0x2d;
        public static final int ETRACK_HIGH = 0x2e;
        public static final int ALT_MAC_PTR = 0x37;

        private Eeprom() {
        }
    }

    /** {@link Reg#SWSM}. */
    public static final class Swsm {
        /** Taken by the read that sees 0. */
        public static final int SMBI = 1;
        /** Taken by writing 1, if it then reads as 1: the firmware does not hold it. */
        public static final int SWESMBI = 1 << 1;

        private Swsm() {
        }
    }

    /** {@link Reg#SW_FW_SYNC}: bits of the software; those of the firmware are 5 higher. */
    public static final class SwFwSync {
        public static final int EEPROM = 1;
        public static final int PHY0 = 1 << 1;
        public static final int PHY1 = 1 << 2;
        public static final int MAC_CSR = 1 << 3;
        public static final int FLASH = 1 << 4;
        public static final int FIRMWARE_SHIFT = 5;

        private SwFwSync() {
        }
    }

    /** {@link Reg#FWSM}. */
    public static final class Fwsm {
        public static final int MODE = 0xe;
        /** Pass-through mode. */
        public static final int MODE_PT = 0x4;
        public static final int EEPROM_RELOADED = 1 << 6;
        public static final int FW_VALID = 1 << 15;

        private Fwsm() {
        }
    }
}
