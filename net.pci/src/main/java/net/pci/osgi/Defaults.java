package net.pci.osgi;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Describes PID {@code net.pci}. */
@ObjectClassDefinition(name = "Hotnic devices", description = "What every network card is attached with, unless a configuration of "
        + "net.pci.device says otherwise for it. A change detaches the cards concerned and attaches them again. A value outside of its range is reported and "
        + "changes nothing.")
@interface Defaults {
    @AttributeDefinition(name = "Receive queues", required = false, min = "1", max = "128",
            description = "Receive queues of a card. A driver gives fewer if the card has fewer.")
    int rxQueues() default 1;

    @AttributeDefinition(name = "Transmit queues", required = false, min = "1", max = "128",
            description = "Transmit queues of a card. A driver gives fewer if the card has fewer.")
    int txQueues() default 1;

    @AttributeDefinition(name = "Receive ring size", required = false, min = "16", max = "32768",
            description = "Descriptors of a receive ring, a power of two. A driver takes the nearest that the card can. Each holds a buffer of the pool.")
    int rxRingSize() default 256;

    @AttributeDefinition(name = "Transmit ring size", required = false, min = "16", max = "32768",
            description = "Descriptors of a transmit ring, a power of two. A driver takes the nearest that the card can.")
    int txRingSize() default 256;

    @AttributeDefinition(name = "MTU", required = false, min = "0", max = "65517",
            description = "Largest payload of an Ethernet frame in bytes, 68 to 65517; 0 for what the card says, else 1500.")
    int mtu() default 0;

    @AttributeDefinition(name = "Promiscuous", required = false, description = "Receive frames for any address.")
    boolean promiscuous() default false;

    @AttributeDefinition(name = "All multicast", required = false, description = "Receive frames for any multicast address.")
    boolean allMulticast() default false;

    @AttributeDefinition(name = "Interrupts", required = false,
            description = "Use interrupt vectors where card and host have them, so that a waiting application sleeps. Without them it looks every millisecond.")
    boolean interrupts() default true;

    @AttributeDefinition(name = "Violation limit", required = false, min = "1",
            description = "How often a card may break the rules (impossible lengths, indices it does not own) before it is set aside.")
    int violationLimit() default 16;

    @AttributeDefinition(name = "Receive offloads", required = false, options = {@Option("VLAN_STRIP"), @Option("CHECKSUM"), @Option("RSS_HASH")},
            description = "What a card tells of each received frame: the VLAN tag, taken out of it; whether checksums are right; the hash that chose the queue. "
                    + "What a card cannot is left out.")
    String[] rxOffloads() default {};

    @AttributeDefinition(name = "Flow control", required = false, options = {@Option("NONE"), @Option("RX"), @Option("TX"), @Option("FULL")},
            description = "Pause frames: neither sent nor obeyed, obeyed, sent when receive buffers fill, or both. A card that cannot ignores it.")
    String flowControl() default "NONE";

    @AttributeDefinition(name = "Buffer pool", required = false,
            description = "Name of the buffer pool, among those of the card's host, that cards get their buffers from. A card waits until it is there.")
    String pool() default "default";

    @AttributeDefinition(name = "Excluded devices", required = false,
            description = "Addresses of devices that are never attached by themselves, such as sim/0000:00:01.0, or sim/* for all of a host. They can still be "
                    + "attached by command.")
    String[] exclude() default {};
}
