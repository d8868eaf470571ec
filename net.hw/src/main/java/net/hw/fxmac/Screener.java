package net.hw.fxmac;

/** Screeners of type 2, which choose the receive queue of a frame: {@link Fxmac#SCREEN2}, {@link Fxmac#COMPAREVALUE}, {@link Fxmac#COMPAREPLACE}. UG1087. */
public final class Screener {
    /** Bit 18 of a screener: compare A counts. */
    public static final int COMPARE_A = 1 << 18;
    /** Bits 17:13 of a screener: number of compare A. */
    public static final int COMPARE_A_SHIFT = 13;

    private Screener() {
    }

    /** A screener that sends what compare register {@code compare} matches to {@code queue}. */
    public static int compareA(int queue, int compare) {
        return queue | compare << COMPARE_A_SHIFT | COMPARE_A;
    }

    /** Queue of a screener. */
    public static int queue(int screener) {
        return screener & 0xf;
    }

    /** Number of compare A of a screener. */
    public static int compare(int screener) {
        return screener >>> COMPARE_A_SHIFT & 0x1f;
    }

    /** {@link Fxmac#COMPAREVALUE}: two bytes, the first on the wire lower, compared in the bits of the mask. */
    public static int value(int value, int mask) {
        return value << 16 | mask;
    }

    /** {@link Fxmac#COMPAREPLACE}: so many bytes from the frame's first, 0 to 127. */
    public static int fromStart(int offset) {
        return offset & 0x7f;
    }
}
