package net.hw.fxmac;

/**
 * Screeners, which choose the receive queue of a frame, those of type 1 first: {@link Fxmac#SCREEN1}; {@link Fxmac#SCREEN2}, {@link Fxmac#COMPAREVALUE},
 * {@link Fxmac#COMPAREPLACE}. UG1087.
 */
public final class Screener {
    /** Bit 28 of a screener of type 1: the class of service counts, its byte in bits 11:4. */
    public static final int SERVICE = 1 << 28;
    /** Bit 29 of a screener of type 1: the port that UDP goes to counts, in bits 27:12. */
    public static final int UDP_PORT = 1 << 29;
    /** Bit 18 of a screener of type 2: compare A counts. */
    public static final int COMPARE_A = 1 << 18;
    /** Bits 17:13 of a screener of type 2: number of compare A. */
    public static final int COMPARE_A_SHIFT = 13;

    private Screener() {
    }

    /** A screener of type 1 that sends UDP for a port to {@code queue}. */
    public static int udpPort(int queue, int port) {
        return queue | port << 12 | UDP_PORT;
    }

    /** Port of UDP of a screener of type 1. */
    public static int port(int screener) {
        return screener >>> 12 & 0xffff;
    }

    /** Class of service of a screener of type 1. */
    public static int service(int screener) {
        return screener >>> 4 & 0xff;
    }

    /** A screener of type 2 that sends what compare register {@code compare} matches to {@code queue}. */
    public static int compareA(int queue, int compare) {
        return queue | compare << COMPARE_A_SHIFT | COMPARE_A;
    }

    /** Queue of a screener. */
    public static int queue(int screener) {
        return screener & 0xf;
    }

    /** Number of compare A of a screener of type 2. */
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
