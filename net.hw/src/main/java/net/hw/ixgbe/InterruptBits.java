package net.hw.ixgbe;

/** Bits of the interrupt registers, one class a register: 8.2.3.5, 7.3. */
public final class InterruptBits {
    private InterruptBits() {
    }

    /** {@link Reg#EICR}, and with it EICS, EIMS, EIMC, EIAC, EIAM. With MSI-X, bits 15 to 0 are vectors; else what IVAR says of the queues. */
    public static final class Cause {
        public static final int QUEUES = 0xffff;
        public static final int FLOW_DIRECTOR = 1 << 16;
        /** A frame was missed: no room in the packet buffer. */
        public static final int RX_MISS = 1 << 17;
        public static final int PCI_EXCEPTION = 1 << 18;
        public static final int MAILBOX = 1 << 19;
        /** The link went up or down. */
        public static final int LSC = 1 << 20;
        public static final int LINKSEC = 1 << 21;
        public static final int MNG = 1 << 22;
        public static final int THERMAL = 1 << 23;
        public static final int SDP0 = 1 << 24;
        /** On SFP+ cards of two speeds: the module's signal changed. */
        public static final int SDP1 = 1 << 25;
        /** On SFP+ cards: a module came or went. */
        public static final int SDP2 = 1 << 26;
        public static final int SDP3 = 1 << 27;
        public static final int ECC = 1 << 28;
        public static final int TCP_TIMER = 1 << 30;
        /** One of bits 29 to 16 is set and enabled. */
        public static final int OTHER = 1 << 31;
        /** What goes to the vector of IVAR_MISC's byte 1. */
        public static final int OTHERS = 0x3fff_0000;

        private Cause() {
        }
    }

    /** {@link Reg#GPIE}. */
    public static final class Gpie {
        /** Pin n is an interrupt cause, bits 3 to 0. */
        public static final int SDP0_GPIEN = 1;
        public static final int MULTIPLE_MSIX = 1 << 4;
        /** Reading EICR clears the other causes only. */
        public static final int OCD = 1 << 5;
        /** Writing EICS sends at once. */
        public static final int EIMEN = 1 << 6;
        public static final int LL_INTERVAL_SHIFT = 7;
        public static final int RSC_DELAY_SHIFT = 11;
        public static final int VT_MODE_SHIFT = 14;
        /** A message clears its enables as EIAM says. */
        public static final int EIAME = 1 << 30;
        public static final int PBA_SUPPORT = 1 << 31;

        private Gpie() {
        }
    }

    /** {@link Reg#EITR}. */
    public static final class Eitr {
        /** In 2 microseconds at 10 Gb/s and 1 Gb/s, bits 11 to 3; 0: no limit. */
        public static final int INTERVAL = 0xff8;
        public static final int INTERVAL_SHIFT = 3;
        public static final int LLI_MODERATION = 1 << 15;
        /** The counter that runs, bits 27 to 21 with the credits below. */
        public static final int COUNTERS = 0x0fff_0000;
        /** Written: the counters stay as they are. */
        public static final int CNT_WDIS = 1 << 31;

        private Eitr() {
        }
    }

    /** {@link Reg#IVAR}: a byte each for receive queue 2n, transmit queue 2n, receive queue 2n + 1, transmit queue 2n + 1; and {@link Reg#IVAR_MISC}. */
    public static final class Ivar {
        public static final int VECTOR = 0x3f;
        public static final int VALID = 0x80;
        /** Byte of IVAR_MISC for the TCP timer, and of that for all other causes. */
        public static final int TCP_TIMER_SHIFT = 0;
        public static final int OTHER_SHIFT = 8;

        private Ivar() {
        }

        /** Where the byte of a receive queue is in its register, which is IVAR of queue / 2. */
        public static int rxShift(int queue) {
            return 16 * (queue & 1);
        }

        /** Where the byte of a transmit queue is in its register, which is IVAR of queue / 2. */
        public static int txShift(int queue) {
            return 16 * (queue & 1) + 8;
        }
    }
}
