package net.hw.virtio;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Feature bits: those of the network device, 5.1.3, and those of rings and transport, 6. */
public enum Feature {
    CSUM(0, "the device completes checksums of what it transmits"),
    GUEST_CSUM(1, "the driver handles received frames with partial checksum"),
    CTRL_GUEST_OFFLOADS(2, "receive offloads can be changed"),
    MTU(3, "the configuration tells the largest MTU"),
    MAC(5, "the configuration tells the MAC address"),
    GUEST_TSO4(7, "the driver can receive TSOv4"),
    GUEST_TSO6(8, "the driver can receive TSOv6"),
    GUEST_ECN(9, "the driver can receive TSO with ECN"),
    GUEST_UFO(10, "the driver can receive UFO"),
    HOST_TSO4(11, "the device can receive TSOv4"),
    HOST_TSO6(12, "the device can receive TSOv6"),
    HOST_ECN(13, "the device can receive TSO with ECN"),
    HOST_UFO(14, "the device can receive UFO"),
    MRG_RXBUF(15, "received frames may span several buffers"),
    STATUS(16, "the configuration tells the link's state"),
    CTRL_VQ(17, "there is a control queue"),
    CTRL_RX(18, "the control queue sets promiscuous and all-multicast"),
    CTRL_VLAN(19, "the control queue filters VLANs"),
    CTRL_RX_EXTRA(20, "the control queue sets further receive modes"),
    GUEST_ANNOUNCE(21, "the device asks for gratuitous packets"),
    MQ(22, "several queue pairs"),
    CTRL_MAC_ADDR(23, "the control queue sets the MAC address"),
    INDIRECT_DESC(28, "a descriptor may refer to a table of descriptors"),
    EVENT_IDX(29, "used_event and avail_event say when to notify"),
    VERSION_1(32, "the device follows version 1 of the specification"),
    ACCESS_PLATFORM(33, "the device uses addresses of the platform, as through an IOMMU"),
    RING_PACKED(34, "packed virtqueues"),
    IN_ORDER(35, "buffers are used in the order they were made available"),
    ORDER_PLATFORM(36, "memory is ordered as the platform orders it for hardware"),
    SR_IOV(37, "single root I/O virtualization"),
    NOTIFICATION_DATA(38, "notifications carry more than the queue's number"),
    NOTIF_CONFIG_DATA(39, "notifications carry queue_notify_data"),
    RING_RESET(40, "a queue can be reset alone"),
    NOTF_COAL(53, "interrupts can be coalesced"),
    GUEST_USO4(54, "the driver can receive USOv4"),
    GUEST_USO6(55, "the driver can receive USOv6"),
    HOST_USO(56, "the device can receive USO"),
    HASH_REPORT(57, "the device reports a hash with each frame"),
    GUEST_HDRLEN(59, "hdr_len of transmitted frames is exact"),
    RSS(60, "receive side scaling"),
    RSC_EXT(61, "coalesced segments are reported"),
    STANDBY(62, "the device may stand by for another one"),
    SPEED_DUPLEX(63, "the configuration tells speed and duplex");

    private final int bit;
    private final String meaning;

    Feature(int bit, String meaning) {
        this.bit = bit;
        this.meaning = meaning;
    }

    /** Its number, 0 to 63. */
    public int bit() {
        return bit;
    }

    /** A few words. */
    public String meaning() {
        return meaning;
    }

    /** A word with this bit alone. */
    public long mask() {
        return 1L << bit;
    }

    /** The bit is set. */
    public boolean in(long features) {
        return (features >>> bit & 1) != 0;
    }

    /** {@code 0x0000000100008000 MRG_RXBUF, VERSION_1}. */
    public static String text(long features) {
        return "0x%016x %s".formatted(features, Arrays.stream(values()).filter(f -> f.in(features)).map(Feature::name).collect(Collectors.joining(", ")));
    }
}
