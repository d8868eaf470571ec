package net.sim;

import java.util.List;
import java.util.Optional;
import net.api.EthernetAddress;
import net.api.device.PciAddress;

/** A model of a network card: what every kind of them has for those who plug and cable it. Any thread. */
public sealed interface CardModel permits VirtioNetModel, IxgbeModel, FxmacModel {
    /**
     * Plugs it into a host: into the first free slot, or, what a device tree describes, at the first free place.
     *
     * @param behindPort behind a root port, on a bus of its own; means nothing to what is on no PCI bus
     * @throws net.api.DevException NO_MEMORY if there is no place left; BAD_STATE if it is plugged in already
     */
    default void plugInto(SimHost host, boolean behindPort) {
        switch (this) {
            case VirtioNetModel m -> host.plug(m, behindPort);
            case IxgbeModel m -> host.plug(m, behindPort);
            case FxmacModel m -> host.plug(m);
        }
    }

    /**
     * Pulls it out without warning. It can be plugged in again.
     *
     * @throws net.api.DevException BAD_STATE if it is not plugged in there
     */
    default void pullFrom(SimHost host) {
        switch (this) {
            case VirtioNetModel m -> host.unplug(m);
            case IxgbeModel m -> host.unplug(m);
            case FxmacModel m -> host.unplug(m);
        }
    }

    /** Where it is, as the host has it: {@code 0000:00:01.0}, {@code ethernet@3200c000}; empty if it is nowhere, or on a bus that has no number yet. */
    default Optional<String> place(SimHost host) {
        return switch (this) {
            case VirtioNetModel m -> host.address(m).map(PciAddress::toString);
            case IxgbeModel m -> host.address(m).map(PciAddress::toString);
            case FxmacModel m -> Optional.of(m.name()).filter(n -> m.host() == host);
        };
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
