package net.driver.fxmac;

import net.api.NetDriverOps;

/** How long frames may be. */
final class FrameLimits {
    /** RFC 791. */
    static final int MIN_MTU = 68;
    /** What is used where nobody says anything. */
    static final int DEFAULT_MTU = 1500;
    /** Bytes of a check sequence. */
    static final int FCS = 4;
    /** Longest frame without jumbo frames, with its check sequence: NetworkConfig.RECEIVE_1536. */
    static final int PLAIN = 1536;
    /** Longest frame with jumbo frames, with its check sequence: what Phytium's driver sets, an MTU of 10240. */
    static final int JUMBO = 10_258;

    private FrameLimits() {
    }

    /** The largest MTU whose frames, tag and check sequence included, are not longer. */
    static int mtu(int longest) {
        return longest - FCS - NetDriverOps.FRAME_OVERHEAD;
    }
}
