package net.api;

import java.util.List;

/**
 * What a card has done since it was attached; names as in DPDK's {@code rte_eth_stats}. Each value only grows, but they are read one after
 * the other while traffic goes on, so two of them need not belong to the same instant. Bytes count frames from the destination address to the
 * last byte of payload, without the frame check sequence.
 *
 * @param ipackets frames given to the receiving application
 * @param opackets frames that the device reported as sent, or, where it reports nothing, took
 * @param ibytes bytes of ipackets
 * @param obytes bytes of opackets
 * @param imissed frames the device dropped because no buffer was posted; 0 where the device does not count them
 * @param ierrors frames dropped for what the device wrote about them: error bits, impossible lengths or indices
 * @param oerrors frames that could not be sent
 * @param rxNoBuf times that a receive slot could not be refilled because the pool was empty
 * @param extended further counters of this device
 */
public record NetStatistics(long ipackets, long opackets, long ibytes, long obytes, long imissed, long ierrors, long oerrors, long rxNoBuf,
        List<NetCounter> extended) {
    /** Copies the list. */
    public NetStatistics {
        extended = List.copyOf(extended);
    }
}
