package net.hw.fxmac;

/** Fields of the design configuration registers: what the core was built with. */
public final class DesignConfig {
    /** {@link Fxmac#DCFG1} bit 0: there is no PCS. */
    public static final int NO_PCS = 1;
    /** {@link Fxmac#DCFG1} bit 23: reading {@link Fxmac#ISR} clears it; else writing ones does. */
    public static final int CLEAR_ON_READ = 1 << 23;
    /** {@link Fxmac#DCFG6} bit 23: addresses may have 64 bits. */
    public static final int ADDRESS_64 = 1 << 23;

    private DesignConfig() {
    }

    /** {@link Fxmac#DCFG1} bits 27:25 as {@link NetworkConfig#BUS_SHIFT} wants them: 0 for 32 bits, 1 for 64, 2 for 128. */
    public static int busWidth(int dcfg1) {
        return switch (dcfg1 >>> 25 & 7) {
            case 4 -> 2;
            case 2 -> 1;
            default -> 0;
        };
    }

    /**
     * {@link Fxmac#DCFG6} bits 7:0: a bit for each queue, that of queue 0 perhaps missing. Gives the queues from 0 without a gap, 1 to {@link
     * Fxmac#MAX_QUEUES}.
     */
    public static int queues(int dcfg6) {
        return Math.min(Integer.numberOfTrailingZeros(~present(dcfg6)), Fxmac.MAX_QUEUES);
    }

    /** {@link Fxmac#DCFG6} bits 7:0: a bit for each queue that is there, with queue 0's, which is always there. */
    public static int present(int dcfg6) {
        return dcfg6 & 0xff | 1;
    }

    /** {@link Fxmac#DCFG8}: receive queues that screeners can fill: queue 0, and one for each screener of type 2 that has a compare register. */
    public static int screenedQueues(int dcfg8) {
        return Math.min(1 + Math.min(screeners2(dcfg8), dcfg8 & 0xff), Fxmac.MAX_QUEUES);
    }

    /** {@link Fxmac#DCFG8} bits 31:24: screeners of type 1, 0 to 16. */
    public static int screeners1(int dcfg8) {
        return Math.min(dcfg8 >>> 24, Fxmac.SCREEN1.count());
    }

    /** {@link Fxmac#DCFG8} bits 23:16: screeners of type 2, 0 to 16. */
    public static int screeners2(int dcfg8) {
        return Math.min(dcfg8 >>> 16 & 0xff, Fxmac.SCREEN2.count());
    }
}
