package net.hw.fxmac;

/** Bits of {@link Fxmac#USXCTRL} and {@link Fxmac#USXSR}. */
public final class Usx {
    /** Bit 0: the SerDes has a signal. */
    public static final int SIGNAL_OK = 1;
    /** Bit 1: transmit enable. */
    public static final int TX = 1 << 1;
    /** Bit 2: the receiver is held in reset. */
    public static final int RX_RESET = 1 << 2;
    /** Bit 8: no scrambling when sending. */
    public static final int TX_PLAIN = 1 << 8;
    /** Bit 9: no descrambling when receiving. */
    public static final int RX_PLAIN = 1 << 9;
    /** Bit 12: the SerDes works at 10 Gb/s. */
    public static final int SERDES_10G = 1 << 12;
    /** Bits 16:14: {@link HighSpeed#code}. */
    public static final int SPEED_SHIFT = 14;
    /** {@link Fxmac#USXSR} bit 0: the receiver found the blocks: link. */
    public static final int BLOCK_LOCK = 1;

    private Usx() {
    }
}
