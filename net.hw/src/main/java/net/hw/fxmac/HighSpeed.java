package net.hw.fxmac;

/** Speeds in {@link Fxmac#HSMAC} and {@link Fxmac#USXCTRL}. */
public final class HighSpeed {
    private HighSpeed() {
    }

    /** The code of a speed in Mb/s: 0 up to 100, 1 for 1000, 2 for 2500, 3 for 5000, 4 for 10000. */
    public static int code(int mbps) {
        return switch (mbps) {
            case 1000 -> 1;
            case 2500 -> 2;
            case 5000 -> 3;
            case 10_000 -> 4;
            default -> 0;
        };
    }
}
