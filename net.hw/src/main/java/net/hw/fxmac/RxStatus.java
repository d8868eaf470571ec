package net.hw.fxmac;

/** Bits of {@link Fxmac#RXSR}; writing ones clears them. */
public final class RxStatus {
    /** A used descriptor was read: no buffer was there for a frame. */
    public static final int NO_BUFFER = 1;
    /** A frame was received. */
    public static final int FRAME = 1 << 1;
    /** Memory was too slow, and a frame was lost. */
    public static final int OVERRUN = 1 << 2;
    /** The bus answered with an error. */
    public static final int BUS_ERROR = 1 << 3;
    /** What writing ones clears. */
    public static final int CLEARABLE = 0xf;

    private RxStatus() {
    }
}
