package net.api.driver;

/** What a card may find out about each received frame: {@link net.api.RxInfo}. The names are those of DPDK. */
public enum RxOffload {
    /** Take the VLAN tag out of the frame. */
    VLAN_STRIP,
    /** Check the checksums of IPv4, TCP, UDP and SCTP. */
    CHECKSUM,
    /** Hand on the hash that chose the queue. */
    RSS_HASH
}
