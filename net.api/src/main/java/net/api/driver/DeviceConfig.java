package net.api.driver;

import java.util.Optional;
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
 */
public record DeviceConfig(int rxQueues, int txQueues, int rxRingSize, int txRingSize, int mtu, Optional<EthernetAddress> mac, boolean promiscuous,
        boolean allMulticast, boolean interrupts, int violationLimit) {
    /** One queue each way, 256 descriptors, everything else the device's choice, 16 violations. */
    public static final DeviceConfig DEFAULT = new DeviceConfig(1, 1, 256, 256, 0, Optional.empty(), false, false, true, 16);
}
