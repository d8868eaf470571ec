package net.hw.fxmac;

/** Bits of {@link Fxmac#TXSR}; writing ones clears all but {@link #GO}. */
public final class TxStatus {
    /** A used descriptor was read: the queues are empty. */
    public static final int USED = 1;
    /** A collision. */
    public static final int COLLISION = 1 << 1;
    /** A frame was given up after 16 collisions. */
    public static final int RETRY_LIMIT = 1 << 2;
    /** Transmission is going on. Read only. */
    public static final int GO = 1 << 3;
    /** A frame ended in the middle: its descriptors ran out, or the bus failed. */
    public static final int CORRUPT = 1 << 4;
    /** A frame was sent. */
    public static final int COMPLETE = 1 << 5;
    /** Memory was too slow. */
    public static final int UNDERRUN = 1 << 6;
    /** A collision too late to try again. */
    public static final int LATE_COLLISION = 1 << 7;
    /** The bus answered with an error. */
    public static final int BUS_ERROR = 1 << 8;
    /** What stops transmission until it is set up again: of half duplex, collisions that were too many or too late. */
    public static final int FATAL = RETRY_LIMIT | CORRUPT | UNDERRUN | LATE_COLLISION | BUS_ERROR;
    /** What writing ones clears. */
    public static final int CLEARABLE = 0x1f7;

    private TxStatus() {
    }
}
