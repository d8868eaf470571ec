package net.hw.ixgbe;

/** Bits of the receive registers, one class a register: 8.2.3.7, 8.2.3.8, 8.2.3.12. */
public final class ReceiveBits {
    private ReceiveBits() {
    }

    /** {@link Reg#FCTRL}. */
    public static final class Fctrl {
        /** Store bad packets. */
        public static final int SBP = 1 << 1;
        /** All multicast frames. */
        public static final int MPE = 1 << 8;
        /** All unicast frames. */
        public static final int UPE = 1 << 9;
        /** Broadcast frames. */
        public static final int BAM = 1 << 10;

        private Fctrl() {
        }
    }

    /** {@link Reg#VLNCTRL}. */
    public static final class Vlnctrl {
        public static final int VET = 0xffff;
        public static final int CFI = 1 << 28;
        public static final int CFIEN = 1 << 29;
        /** Tagged frames pass only if their bit in VFTA is set. */
        public static final int VFE = 1 << 30;

        private Vlnctrl() {
        }
    }

    /** {@link Reg#MCSTCTRL}. */
    public static final class Mcstctrl {
        /** Which 12 bits of the address index MTA: 0 is 47:36, 1 46:35, 2 45:34, 3 43:32. */
        public static final int MO = 0x3;
        /** The multicast table is used. */
        public static final int MFE = 1 << 2;

        private Mcstctrl() {
        }
    }

    /** {@link Reg#RXCSUM}. */
    public static final class Rxcsum {
        /** The checksum of fragments' payload is in the descriptor. */
        public static final int IPPCSE = 1 << 12;
        /** The RSS hash is in the descriptor, not the fragment checksum. */
        public static final int PCSD = 1 << 13;

        private Rxcsum() {
        }
    }

    /** {@link Reg#RFCTL}. */
    public static final class Rfctl {
        public static final int RSC_DIS = 1 << 5;
        public static final int NFSW_DIS = 1 << 6;
        public static final int NFSR_DIS = 1 << 7;

        private Rfctl() {
        }
    }

    /** {@link Reg#RAH}. */
    public static final class Rah {
        public static final int HIGH = 0xffff;
        /** The address is compared. */
        public static final int AV = 1 << 31;

        private Rah() {
        }
    }

    /** {@link Reg#MRQC}. */
    public static final class Mrqc {
        public static final int MRQE = 0xf;
        /** {@link #MRQE}: one queue, 0; RSS over up to 16 queues. */
        public static final int MRQE_RSS = 1;
        public static final int IPV4_TCP = 1 << 16;
        public static final int IPV4 = 1 << 17;
        public static final int IPV6 = 1 << 20;
        public static final int IPV6_TCP = 1 << 21;
        public static final int IPV4_UDP = 1 << 22;
        public static final int IPV6_UDP = 1 << 23;

        private Mrqc() {
        }
    }

    /** {@link Reg#SRRCTL}. */
    public static final class Srrctl {
        /** Bytes of a packet buffer, in 1024. */
        public static final int BSIZEPACKET = 0x1f;
        public static final int BSIZEPACKET_UNIT = 1024;
        /** Bytes of a header buffer, in 64. */
        public static final int BSIZEHEADER_SHIFT = 8;
        public static final int BSIZEHEADER = 0x3f00;
        public static final int RDMTS_SHIFT = 22;
        public static final int DESCTYPE = 7 << 25;
        /** {@link #DESCTYPE}: legacy. */
        public static final int DESCTYPE_LEGACY = 0;
        /** {@link #DESCTYPE}: advanced, one buffer. */
        public static final int DESCTYPE_ADVANCED = 1 << 25;
        /** Frames for a queue without descriptors are dropped, and hold no other queue up. */
        public static final int DROP_EN = 1 << 28;

        private Srrctl() {
        }
    }

    /** {@link Reg#RXDCTL}. */
    public static final class Rxdctl {
        /** Reads as 1 when the queue is running, as 0 when it has stopped. */
        public static final int ENABLE = 1 << 25;
        /** VLAN tags are stripped. */
        public static final int VME = 1 << 30;

        private Rxdctl() {
        }
    }

    /** {@link Reg#RDRXCTL}. */
    public static final class Rdrxctl {
        /** As HLREG0.RXCRCSTRP. */
        public static final int CRCSTRIP = 1 << 1;
        /** The DMA engine is through with its reset. */
        public static final int DMAIDONE = 1 << 3;
        /** To be set to 0. */
        public static final int RSCFRSTSIZE = 0x1f << 17;
        /** To be set to 1. */
        public static final int RSCACKC = 1 << 25;
        /** To be set to 1. */
        public static final int FCOE_WRFIX = 1 << 26;

        private Rdrxctl() {
        }
    }

    /** {@link Reg#RXCTRL}. */
    public static final class Rxctrl {
        public static final int RXEN = 1;

        private Rxctrl() {
        }
    }

    /** {@link Reg#DCA_RXCTRL}. */
    public static final class DcaRxctrl {
        /** Set after reset, to be cleared: 4.6.7. */
        public static final int RESERVED_12 = 1 << 12;

        private DcaRxctrl() {
        }
    }

    /** {@link Reg#SECRXCTRL}, {@link Reg#SECRXSTAT}. */
    public static final class Secrx {
        /** SECRXCTRL: no security offload. */
        public static final int SECRX_DIS = 1;
        /** SECRXCTRL: the path is stopped. */
        public static final int RX_DIS = 1 << 1;
        /** SECRXSTAT: the path is empty. */
        public static final int SECRX_RDY = 1;

        private Secrx() {
        }
    }
}
