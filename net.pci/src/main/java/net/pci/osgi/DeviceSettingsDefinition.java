package net.pci.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Describes factory PID {@code net.pci.device}. */
@ObjectClassDefinition(name = "Hotnic device", description = "What one network card, or all whose addresses begin alike, is "
        + "attached with. What is not set is as in net.pci. Of several that fit a card, the one with the longest address counts. A change detaches the cards "
        + "concerned and attaches them again. A value outside of its range is reported and changes nothing.")
@interface DeviceSettingsDefinition {
    @AttributeDefinition(name = "Address", description = "Address of the device, such as sim/0000:00:01.0, or the beginning of it and *, such as sim/*.")
    String address();

    @AttributeDefinition(name = "Receive queues", required = false, min = "1", max = "128",
            description = "Receive queues of the card. The driver gives fewer if the card has fewer.")
    int rxQueues();

    @AttributeDefinition(name = "Transmit queues", required = false, min = "1", max = "128",
            description = "Transmit queues of the card. The driver gives fewer if the card has fewer.")
    int txQueues();

    @AttributeDefinition(name = "Receive ring size", required = false, min = "16", max = "32768",
            description = "Descriptors of a receive ring, a power of two. The driver takes the nearest that the card can. Each holds a buffer of the pool.")
    int rxRingSize();

    @AttributeDefinition(name = "Transmit ring size", required = false, min = "16", max = "32768",
            description = "Descriptors of a transmit ring, a power of two. The driver takes the nearest that the card can.")
    int txRingSize();

    @AttributeDefinition(name = "MTU", required = false, min = "0", max = "65517",
            description = "Largest payload of an Ethernet frame in bytes, 68 to 65517; 0 for what the card says, else 1500.")
    int mtu();

    @AttributeDefinition(name = "MAC address", required = false,
            description = "Address that the card receives under, unicast, such as 02:00:00:00:00:01; empty for the card's own.")
    String mac();

    @AttributeDefinition(name = "Driver", required = false,
            description = "The driver that the card is held to: its name, the symbolic name of its bundle, its version, or bundle:version. It is taken first where it is "
                    + "there; a card that works is not taken away from another. Empty for the best driver.")
    String driver();

    @AttributeDefinition(name = "Promiscuous", required = false, description = "Receive frames for any address.")
    boolean promiscuous();

    @AttributeDefinition(name = "All multicast", required = false, description = "Receive frames for any multicast address.")
    boolean allMulticast();

    @AttributeDefinition(name = "Interrupts", required = false,
            description = "Use interrupt vectors where card and host have them, so that a waiting application sleeps. Without them it looks every millisecond.")
    boolean interrupts();

    @AttributeDefinition(name = "Violation limit", required = false, min = "1",
            description = "How often the card may break the rules (impossible lengths, indices it does not own) before it is set aside.")
    int violationLimit();

    @AttributeDefinition(name = "Receive offloads", required = false, options = {@Option("VLAN_STRIP"), @Option("CHECKSUM"), @Option("RSS_HASH")},
            description = "What the card tells of each received frame: the VLAN tag, taken out of it; whether checksums are right; the hash that chose the queue. "
                    + "What a card cannot is left out.")
    String[] rxOffloads();

    @AttributeDefinition(name = "Flow control", required = false, options = {@Option("NONE"), @Option("RX"), @Option("TX"), @Option("FULL")},
            description = "Pause frames: neither sent nor obeyed, obeyed, sent when receive buffers fill, or both. A card that cannot ignores it.")
    String flowControl();

    @AttributeDefinition(name = "Buffer pool", required = false,
            description = "Name of the buffer pool, among those of the card's host, that the card gets its buffers from. The card waits until it is there.")
    String pool();
}
