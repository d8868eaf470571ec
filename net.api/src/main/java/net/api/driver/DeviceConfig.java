package net.api.driver;

import java.util.Optional;
import java.util.Set;
import net.api.EthernetAddress;

/**
 * What the user wants of a device; values were checked against the ranges given here, drivers check them against the device.
 *
 * @param rxQueues receive queues, 1 to 128; a driver gives fewer if the device has fewer
 * @param txQueues transmit queues, 1 to 128; likewise
 * @param rxRingSize descriptors of a receive ring, a power of two from 16 to 32 768; a driver takes the nearest that the device can
 * @param txRingSize descriptors of a transmit ring; likewise
 * @param mtu in bytes, 68 to 65 517; 0 for what the device says, else 1500
 * @param mac the address to receive under; empty for the device's own
 * @param promiscuous receive frames for any address
 * @param allMulticast receive frames for any multicast address
 * @param interrupts use interrupt vectors if there are any
 * @param violationLimit rule violations that a device may commit before it is set aside, 1 or more
 * @param rxOffloads what the card is to find out about received frames; what it cannot is left out, its {@link net.api.NetFeature}s say what it does
 * @param flowControl pause frames; a card that cannot ignores it
 */
public record DeviceConfig(int rxQueues, int txQueues, int rxRingSize, int txRingSize, int mtu, Optional<EthernetAddress> mac, boolean promiscuous,
        boolean allMulticast, boolean interrupts, int violationLimit, Set<RxOffload> rxOffloads, FlowControl flowControl) {
    /** One queue each way, 256 descriptors, 16 violations, no offloads, no pause frames, everything else the device's choice. */
    public static final DeviceConfig DEFAULT = new DeviceConfig(1, 1, 256, 256, 0, Optional.empty(), false, false, true, 16);

    /** Copies the set. */
    public DeviceConfig {
        rxOffloads = Set.copyOf(rxOffloads);
    }

    /** Without offloads and pause frames. */
    public DeviceConfig(int rxQueues, int txQueues, int rxRingSize, int txRingSize, int mtu, Optional<EthernetAddress> mac, boolean promiscuous,
            boolean allMulticast, boolean interrupts, int violationLimit) {
        this(rxQueues, txQueues, rxRingSize, txRingSize, mtu, mac, promiscuous, allMulticast, interrupts, violationLimit, Set.of(), FlowControl.NONE);
    }

    /** As this, with other offloads. */
    public DeviceConfig withRxOffloads(Set<RxOffload> offloads) {
        return new DeviceConfig(rxQueues, txQueues, rxRingSize, txRingSize, mtu, mac, promiscuous, allMulticast, interrupts, violationLimit, offloads, flowControl);
    }

    /** As this, with other pause frames. */
    public DeviceConfig withFlowControl(FlowControl pauses) {
        return new DeviceConfig(rxQueues, txQueues, rxRingSize, txRingSize, mtu, mac, promiscuous, allMulticast, interrupts, violationLimit, rxOffloads, pauses);
    }
}
