package net.sim;

import java.util.List;
import net.api.EthernetAddress;

/** A model of a network card: what every kind of them has for those who plug and cable it. Any thread. */
public sealed interface CardModel permits VirtioNetModel, IxgbeModel {
    /** What is plugged into a host. */
    default PciFunction function() {
        return (PciFunction) this;
    }

    /** Where its cable goes in. */
    Port port();

    /** Its address now: a driver may have set another one. */
    EthernetAddress mac();

    /** What was wrong with the driver's behaviour so far, the last 64 of it, oldest first. Empty for a driver that keeps to the rules. */
    List<String> complaints();

    /** Accesses to memory that were refused: outside of what the host has lent, or with bus mastering off. */
    long dmaFaults();
}
