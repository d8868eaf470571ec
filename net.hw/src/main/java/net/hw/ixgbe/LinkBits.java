package net.hw.ixgbe;

/** Bits of the MAC, link and flow control registers, one class a register: 8.2.3.3, 8.2.3.22. */
public final class LinkBits {
    private LinkBits() {
    }

    /** {@link Reg#HLREG0}. */
    public static final class Hlreg0 {
        public static final int TXCRCEN = 1;
        /** As RDRXCTL.CRCSTRIP. */
        public static final int RXCRCSTRP = 1 << 1;
        /** Frames up to MAXFRS pass; else up to 1518 bytes, 1522 with a VLAN tag. */
        public static final int JUMBOEN = 1 << 2;
        public static final int TXPADEN = 1 << 10;
        /** What is sent is received. */
        public static final int LPBK = 1 << 15;
        public static final int MDCSPD = 1 << 16;
        public static final int RXLNGTHERREN = 1 << 27;

        private Hlreg0() {
        }
    }

    /** {@link Reg#MAXFRS}. */
    public static final class Maxfrs {
        public static final int MFS_SHIFT = 16;

        private Maxfrs() {
        }
    }

    /** {@link Reg#AUTOC}. */
    public static final class Autoc {
        /** Force link up. */
        public static final int FLU = 1;
        public static final int PMA_10G = 3 << 7;
        public static final int PMA_1G = 1 << 9;
        /** Takes the settings over and starts again; clears itself. */
        public static final int RESTART_AN = 1 << 12;
        public static final int LMS = 7 << 13;
        /** {@link #LMS}: 1 GbE without auto-negotiation. */
        public static final int LMS_1G = 0;
        /** {@link #LMS}: 10 GbE parallel without auto-negotiation. */
        public static final int LMS_10G_PARALLEL = 1 << 13;
        /** {@link #LMS}: 1 GbE with auto-negotiation, clause 37. */
        public static final int LMS_1G_AN = 2 << 13;
        /** {@link #LMS}: 10 GbE serial: SFI, or KR without auto-negotiation. */
        public static final int LMS_10G_SERIAL = 3 << 13;
        /** {@link #LMS}: backplane auto-negotiation between KX4, KX and KR, clause 73. */
        public static final int LMS_KX4_KX_KR = 4 << 13;
        /** {@link #LMS}: SGMII. */
        public static final int LMS_SGMII = 5 << 13;
        /** {@link #LMS}: backplane auto-negotiation, with clause 37 for KX. */
        public static final int LMS_KX4_KX_KR_1G_AN = 6 << 13;
        /** {@link #LMS}: backplane auto-negotiation, with SGMII. */
        public static final int LMS_KX4_KX_KR_SGMII = 7 << 13;
        public static final int KR_SUPPORT = 1 << 16;
        public static final int PAUSE = 3 << 28;
        public static final int SYM_PAUSE = 1 << 28;
        public static final int ASM_PAUSE = 1 << 29;
        public static final int KX_SUPPORT = 1 << 30;
        public static final int KX4_SUPPORT = 1 << 31;

        private Autoc() {
        }
    }

    /** {@link Reg#AUTOC2}. */
    public static final class Autoc2 {
        public static final int PMA_10G_SERIAL = 3 << 16;
        /** {@link #PMA_10G_SERIAL}: KR. */
        public static final int PMA_KR = 0;
        /** {@link #PMA_10G_SERIAL}: SFI. */
        public static final int PMA_SFI = 2 << 16;

        private Autoc2() {
        }
    }

    /** {@link Reg#LINKS}. */
    public static final class Links {
        /** The link did not go down since the last read: a low is kept until it is read. */
        public static final int LINK_STATUS = 1 << 7;
        public static final int SPEED = 3 << 28;
        /** {@link #SPEED}: 100 Mb/s. */
        public static final int SPEED_100M = 1 << 28;
        /** {@link #SPEED}: 1 Gb/s. */
        public static final int SPEED_1G = 2 << 28;
        /** {@link #SPEED}: 10 Gb/s. */
        public static final int SPEED_10G = 3 << 28;
        /** The link is up now. */
        public static final int LINK_UP = 1 << 30;
        /** Backplane auto-negotiation is complete. */
        public static final int KX_AN_COMP = 1 << 31;

        private Links() {
        }
    }

    /** {@link Reg#ANLP1}. */
    public static final class Anlp1 {
        public static final int SYM_PAUSE = 1 << 10;
        public static final int ASM_PAUSE = 1 << 11;
        /** State of the arbitration machine; 0 is idle. */
        public static final int AN_STATE = 0xf << 16;

        private Anlp1() {
        }
    }

    /** {@link Reg#MFLCN}. */
    public static final class Mflcn {
        /** Pass MAC control frames on. */
        public static final int PMCF = 1;
        /** Discard pause frames. */
        public static final int DPF = 1 << 1;
        /** Obey priority pause frames. */
        public static final int RPFCM = 1 << 2;
        /** Obey pause frames. */
        public static final int RFCE = 1 << 3;

        private Mflcn() {
        }
    }

    /** {@link Reg#FCCFG}. */
    public static final class Fccfg {
        public static final int TFCE = 3 << 3;
        /** {@link #TFCE}: send pause frames of the link. */
        public static final int TFCE_LINK = 1 << 3;

        private Fccfg() {
        }
    }

    /** {@link Reg#FCRTL} and {@link Reg#FCRTH}: thresholds in bytes, multiples of 32. */
    public static final class Fcrt {
        public static final int THRESHOLD = 0x7ffe0;
        /** FCRTL: XON is sent; FCRTH: flow control of this buffer is on. */
        public static final int ENABLE = 1 << 31;

        private Fcrt() {
        }
    }

    /** {@link Reg#MSCA}, {@link Reg#MSRWD}: 3.7.6. */
    public static final class Msca {
        public static final int ADDRESS = 0xffff;
        public static final int DEVICE_SHIFT = 16;
        public static final int PHY_SHIFT = 21;
        public static final int OPERATION = 3 << 26;
        /** {@link #OPERATION}: clause 45 address cycle. */
        public static final int OP_ADDRESS = 0;
        /** {@link #OPERATION}: write. */
        public static final int OP_WRITE = 1 << 26;
        /** {@link #OPERATION}: clause 45 read and step on; clause 22 read. */
        public static final int OP_READ_NEXT = 2 << 26;
        /** {@link #OPERATION}: clause 45 read. */
        public static final int OP_READ = 3 << 26;
        public static final int START_CODE = 3 << 28;
        /** {@link #START_CODE}: clause 22; clause 45 is 0. */
        public static final int CLAUSE_22 = 1 << 28;
        /** Starts; clears itself when done. */
        public static final int COMMAND = 1 << 30;
        /** MSRWD: what was read. */
        public static final int READ_DATA_SHIFT = 16;

        private Msca() {
        }
    }
}
