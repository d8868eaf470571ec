package net.api;

import java.util.Set;

/**
 * The limits and features of an attached card; constant while it is attached.
 *
 * @param features what it can do
 * @param rxQueues receive queues in use, 1 or more
 * @param txQueues transmit queues in use, 1 or more
 * @param minMtu smallest MTU that may be set, in bytes (68 by RFC 791)
 * @param maxMtu largest MTU that may be set, in bytes
 * @param maxSegments longest chain of buffers that one transmitted frame may have, 1 or more
 * @param macFilters unicast addresses that the device compares exactly, besides its own; 0 if unknown
 */
public record NetCapabilities(Set<NetFeature> features, int rxQueues, int txQueues, int minMtu, int maxMtu, int maxSegments, int macFilters) {
    /** Copies the set. */
    public NetCapabilities {
        features = Set.copyOf(features);
    }

    /** The card has this feature. */
    public boolean has(NetFeature feature) {
        return features.contains(feature);
    }
}
