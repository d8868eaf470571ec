package net.api;

/** What a card and its driver can do, beyond sending and receiving single frames. The names are those of DPDK's feature matrix. */
public enum NetFeature {
    /** {@link LinkState} follows the cable. */
    LINK_STATUS,
    /** {@link RxQueue#await} sleeps on an interrupt of the device. */
    RX_INTERRUPT,
    /** {@link NetDriverOps#setPromiscuous}. */
    PROMISCUOUS,
    /** {@link NetDriverOps#setAllMulticast}. */
    ALL_MULTICAST,
    /** {@link NetDriverOps#setMacFilters}. Unicast is exact up to {@link NetCapabilities#macFilters}; multicast may pass groups that share a hash. */
    MAC_FILTER,
    /** {@link NetDriverOps#setVlanFilter}. */
    VLAN_FILTER,
    /** {@link NetDriverOps#setMacAddress}. */
    MAC_SET,
    /** {@link NetDriverOps#setMtu} while attached. */
    MTU_UPDATE,
    /** Frames longer than one buffer arrive as chained buffers. */
    SCATTERED_RX,
    /** Chained buffers are transmitted as one frame. */
    MULTI_SEGMENT_TX,
    /** More than one receive or transmit queue. */
    MULTI_QUEUE,
    /** {@link RxInfo} has VLAN tags, which were taken out of the frames. */
    VLAN_STRIP,
    /** {@link RxInfo} has checksums. */
    RX_CHECKSUM,
    /** {@link RxInfo} has RSS hashes. */
    RSS_HASH,
    /** {@link TxOffload} with a VLAN tag. */
    VLAN_INSERT,
    /** {@link TxOffload} with checksums. */
    TX_CHECKSUM,
    /** {@link TxOffload} with segmentation. */
    TSO,
    /** Pause frames as {@link net.api.driver.DeviceConfig#flowControl} says. */
    FLOW_CONTROL,
    /** {@link NetDriverOps#registers} returns something. */
    REGISTER_DUMP
}
