package net.hw.ixgbe;

/** Bits of the transmit registers, one class a register: 8.2.3.9, 8.2.3.10, 8.2.3.12. */
public final class TransmitBits {
    private TransmitBits() {
    }

    /** {@link Reg#DMATXCTL}. */
    public static final class Dmatxctl {
        /** Transmit enable. */
        public static final int TE = 1;
        /** Double VLAN. */
        public static final int GDV = 1 << 3;
        /** EtherType of inserted VLAN tags. */
        public static final int VT_SHIFT = 16;

        private Dmatxctl() {
        }
    }

    /** {@link Reg#TXDCTL}. */
    public static final class Txdctl {
        public static final int PTHRESH = 0x7f;
        public static final int HTHRESH_SHIFT = 8;
        public static final int WTHRESH_SHIFT = 16;
        public static final int WTHRESH = 0x7f << 16;
        /** Reads as 1 when the queue is running, as 0 when it has stopped. */
        public static final int ENABLE = 1 << 25;
        /** What is finished is written back at once; clears itself. */
        public static final int SWFLSH = 1 << 26;

        private Txdctl() {
        }
    }

    /** {@link Reg#TDWBAL}. */
    public static final class Tdwbal {
        /** The head is written to memory, not the descriptors' DD. */
        public static final int HEAD_WB_EN = 1;

        private Tdwbal() {
        }
    }

    /** {@link Reg#RTTDCS}. */
    public static final class Rttdcs {
        /** The arbiter is off, as MTQC needs when it is written. */
        public static final int ARBDIS = 1 << 6;

        private Rttdcs() {
        }
    }

    /** {@link Reg#SECTXCTRL}, {@link Reg#SECTXSTAT}. */
    public static final class Sectx {
        /** SECTXCTRL: the path is stopped. */
        public static final int TX_DIS = 1 << 1;
        /** SECTXSTAT: the path is empty. */
        public static final int SECTX_RDY = 1;

        private Sectx() {
        }
    }
}
