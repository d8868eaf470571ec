package net.hw.fxmac;

/** Bits of {@link Fxmac#ISR}, {@link Fxmac#IER}, {@link Fxmac#IDR} and {@link Fxmac#IMR}, and of the further queues' ones. */
public final class Irq {
    /** An MDIO frame is done. */
    public static final int MDIO = 1;
    /** A frame was received. */
    public static final int RX_COMPLETE = 1 << 1;
    /** A receive descriptor was used already: no buffer. */
    public static final int RX_USED = 1 << 2;
    /** A transmit descriptor was used already: nothing to send. */
    public static final int TX_USED = 1 << 3;
    /** Memory was too slow for transmission. */
    public static final int TX_UNDERRUN = 1 << 4;
    /** A frame was given up after 16 collisions, or a late one. */
    public static final int RETRY_LIMIT = 1 << 5;
    /** A frame ended in the middle. */
    public static final int TX_CORRUPT = 1 << 6;
    /** A frame was sent. */
    public static final int TX_COMPLETE = 1 << 7;
    /** The PCS's link changed. */
    public static final int LINK = 1 << 9;
    /** Memory was too slow for reception. */
    public static final int RX_OVERRUN = 1 << 10;
    /** The bus answered with an error. */
    public static final int BUS_ERROR = 1 << 11;
    /** A pause frame came, with a time. */
    public static final int PAUSE_RECEIVED = 1 << 12;
    /** The time of the last one is over. */
    public static final int PAUSE_OVER = 1 << 13;
    /** A pause frame was sent. */
    public static final int PAUSE_SENT = 1 << 14;
    /** All of them. */
    public static final int ALL = -1;

    private Irq() {
    }
}
