package net.api.driver;

import java.util.Set;
import net.api.EthernetAddress;

/**
 * Which frames a card passes besides those to its own address and to all.
 *
 * @param promiscuous those for any address
 * @param allMulticast those for any multicast address
 * @param filters those for these unicast and multicast addresses
 */
public record ReceiveMode(boolean promiscuous, boolean allMulticast, Set<EthernetAddress> filters) {
    /** Copies the set. */
    public ReceiveMode {
        filters = Set.copyOf(filters);
    }

    /** Without filters. */
    public static ReceiveMode of(boolean promiscuous, boolean allMulticast) {
        return new ReceiveMode(promiscuous, allMulticast, Set.of());
    }
}
