package net.hw.fxmac;

/** Bits of {@link Fxmac#NWCFG}. */
public final class NetworkConfig {
    /** 100 Mb/s; else 10, or 1000 with {@link #GIGABIT}. */
    public static final int SPEED_100 = 1;
    /** Full duplex. */
    public static final int FULL_DUPLEX = 1 << 1;
    /** Frames up to {@link Fxmac#JUMBOMAX} are received. */
    public static final int JUMBO = 1 << 3;
    /** All frames are received: promiscuous. */
    public static final int COPY_ALL = 1 << 4;
    /** Broadcast frames are not received. */
    public static final int NO_BROADCAST = 1 << 5;
    /** Multicast frames are received if their hash bit is set. */
    public static final int MULTICAST_HASH = 1 << 6;
    /** Unicast frames are received if their hash bit is set. */
    public static final int UNICAST_HASH = 1 << 7;
    /** Frames up to 1536 bytes are received, not 1518. */
    public static final int RECEIVE_1536 = 1 << 8;
    /** 1000 Mb/s. */
    public static final int GIGABIT = 1 << 10;
    /** A PCS is between MAC and PHY. */
    public static final int PCS = 1 << 11;
    /** Pause frames are obeyed. */
    public static final int PAUSE = 1 << 13;
    /** Bits 15:14: bytes that stay free at the start of a frame's first buffer. */
    public static final int OFFSET_SHIFT = 14;
    /** Frames that are shorter than their length field are dropped. */
    public static final int DISCARD_LENGTH_ERROR = 1 << 16;
    /** The check sequence is not written to memory. */
    public static final int REMOVE_FCS = 1 << 17;
    /** Bits 20:18: {@link #mdcDivider}. */
    public static final int MDC_SHIFT = 18;
    /** Bits 22:21: width of the data bus, as {@link DesignConfig#busWidth}. */
    public static final int BUS_SHIFT = 21;
    /** Pause frames are not written to memory. */
    public static final int NO_PAUSE_COPY = 1 << 23;
    /** Checksums of IP, TCP and UDP are compared, and frames with wrong ones are dropped. */
    public static final int RX_CHECKSUM = 1 << 24;
    /** The 8b/10b PCS is in use, for SGMII and, at 2.5 Gb/s, 2500BASE-X. */
    public static final int SGMII = 1 << 27;
    /** Everything that depends on the link's speed and duplex. */
    public static final int SPEED_MASK = SPEED_100 | FULL_DUPLEX | GIGABIT;

    private static final int[] DIVIDERS = {8, 16, 32, 48, 64, 96, 128, 224};
    /** IEEE 802.3, 22.2.2.13: the shortest period of MDC is 400 ns. */
    private static final int MDC_HZ = 2_500_000;

    private NetworkConfig() {
    }

    /** Bits 20:18 for a peripheral clock of so many Hz: the smallest divider that keeps MDC at 2.5 MHz or below, or the largest. */
    public static int mdcDivider(long hz) {
        int i = 0;
        while (i < DIVIDERS.length - 1 && hz / DIVIDERS[i] > MDC_HZ) {
            i++;
        }
        return i << MDC_SHIFT;
    }
}
