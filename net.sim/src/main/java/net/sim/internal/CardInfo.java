package net.sim.internal;

import java.util.List;
import net.api.EthernetAddress;
import net.sim.PortCounters;

/**
 * A card as the shell shows it.
 *
 * @param address as {@code net:devices} has it
 * @param kind what it is: virtio, 82599, fxmac
 * @param mac its address now
 * @param linkUp it sees the other end
 * @param cable what it is joined with, "" without a cable
 * @param counters of its port
 * @param dmaFaults accesses to memory that were refused
 * @param complaints what its driver did wrong
 */
public record CardInfo(String address, String kind, EthernetAddress mac, boolean linkUp, String cable, PortCounters counters, long dmaFaults,
        List<String> complaints) {
    @Override
    public String toString() {
        String text = "%-21s %-6s %s link %-4s sent %d received %d dropped %d filtered %d".formatted(address, kind, mac, linkUp ? "up" : "down",
                counters.sent(), counters.received(), counters.dropped(), counters.filtered());
        if (cable.isEmpty()) {
            text += ", no cable";
        }
        if (dmaFaults > 0) {
            text += ", " + dmaFaults + " DMA faults";
        }
        return complaints.isEmpty() ? text : text + ", driver: " + String.join("; ", complaints);
    }
}
