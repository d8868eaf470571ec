package net.api;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An attached network card. Registered as a service by the driver's bundle while the card is attached, with the properties of its device and
 * those named here; unregistered before the card is stopped.
 *
 * <p>The first ten operations are those of axdriver_net. They work on queue 0, one packet a call, and obey its owner; the packet path
 * uses {@link #rxQueue} and {@link #txQueue}. Settings may be called from any thread; each is done, or has failed, when it returns, within a second.
 *
 * <p>Source: NetDriverOps of axdriver_net. Changed: an empty or full ring is a {@code null} or {@code false}, not an error, and a frame that was not
 * accepted stays the caller's.
 */
@ProviderType
public interface NetDriverOps extends BaseDriverOps {
    /** Shortest frame that may be given to a card, in bytes: an Ethernet header. Cards pad to 60. */
    int MIN_FRAME = 14;
    /** Bytes of Ethernet header and one VLAN tag around the MTU. */
    int FRAME_OVERHEAD = 18;
    /** Service property, String: the address of the device, as {@link net.api.device.Device#ADDRESS}. */
    String DEVICE = "device.address";
    /** Service property, String: name of the driver. */
    String DRIVER = "driver.name";
    /** Service property, String: version of the driver's bundle. */
    String DRIVER_VERSION = "driver.version";
    /** Service property, String: the card's MAC address when it was attached. */
    String MAC = "net.mac";
    /** Service property, Integer: receive queues. */
    String RX_QUEUES = "net.rx.queues";
    /** Service property, Integer: transmit queues. */
    String TX_QUEUES = "net.tx.queues";

    // ---- the ten operations of axdriver_net ----

    /** The address that the card receives under now. Any thread. */
    EthernetAddress macAddress();

    /** Transmit queue 0 would accept a frame. Any thread, a hint. */
    boolean canTransmit();

    /** Receive queue 0 has a frame. Any thread, a hint. */
    boolean canReceive();

    /** Descriptors of receive queue 0. Any thread. */
    int rxQueueSize();

    /** Descriptors of transmit queue 0. Any thread. */
    int txQueueSize();

    /**
     * One frame of receive queue 0. Owner thread.
     *
     * @return the frame, now the caller's, or null for "again"
     * @throws DevException BAD_STATE if the queue is closed or owned by another thread
     */
    NetBuf receive();

    /**
     * Gives back a buffer that {@link #receive} gave: the same as {@link NetBuf#release}, without leaving the owner's cache. Owner thread of
     * receive queue 0.
     *
     * @throws DevException BAD_STATE if the buffer is not owned; INVALID_PARAM if it is of another pool
     */
    void recycleRxBuffer(NetBuf buf);

    /**
     * Returns the buffers of sent frames of transmit queue 0 to the pool. Owner thread.
     *
     * @return how many buffers still are with the device
     */
    int recycleTxBuffers();

    /**
     * A buffer for {@link #transmit}, with a packet of that length whose bytes are undefined. Owner thread of transmit queue 0.
     *
     * @param size bytes of the frame, {@link #MIN_FRAME} to the smaller of {@link #maxFrameLength} and the pool's data room
     * @return null if the pool is exhausted (counted there)
     * @throws DevException INVALID_PARAM if the size is outside
     */
    NetBuf allocTxBuffer(int size);

    /**
     * Sends one frame through queue 0. Owner thread.
     *
     * @return true if the buffer now belongs to the device; false for "again": the ring is full, and the buffer stays the caller's
     * @throws DevException as {@link TxQueue#transmit}; the buffer stays the caller's
     */
    boolean transmit(NetBuf buf);

    // ---- queues and what the card can do ----

    /**
     * The receive queue of that number, the same object each time. Any thread; its owner is who polls it.
     *
     * @param index 0 to {@code capabilities().rxQueues() - 1}
     * @throws DevException INVALID_PARAM if outside
     */
    RxQueue rxQueue(int index);

    /**
     * The transmit queue of that number, the same object each time. Any thread; its owner is who sends with it.
     *
     * @param index 0 to {@code capabilities().txQueues() - 1}
     * @throws DevException INVALID_PARAM if outside
     */
    TxQueue txQueue(int index);

    /** The pool that receive buffers come from. Frames of the other pools of its host can be sent as well: {@link TxQueue#transmit}. */
    NetBufPool pool();

    /** Limits and features. */
    NetCapabilities capabilities();

    // ---- state ----

    /** The link as the device reports it now. */
    LinkState link();

    /** What was counted since attach. */
    NetStatistics statistics();

    /** The largest payload of an Ethernet frame, in bytes. */
    int mtu();

    /** Longest frame that may be transmitted now: {@code mtu() + FRAME_OVERHEAD}. */
    default int maxFrameLength() {
        return mtu() + FRAME_OVERHEAD;
    }

    /** The card passes frames for any address. */
    boolean promiscuous();

    /** The card passes frames for any multicast address. */
    boolean allMulticast();

    /**
     * The registers that can be read without changing anything, in order of their address; empty without {@link NetFeature#REGISTER_DUMP}.
     *
     * @throws DevException IO if the device is gone
     */
    List<RegisterValue> registers();

    // ---- settings: UNSUPPORTED without the feature, IO if the device refuses or does not answer; then nothing changed.
    // The device manager remembers what was set, and restores it when a driver is attached to the device again. BAD_STATE when detached: it is noted for then ----

    /**
     * Sets the largest payload that is sent and received.
     *
     * @param mtu in bytes, {@code capabilities().minMtu()} to {@code maxMtu()}
     * @throws DevException INVALID_PARAM if outside
     */
    void setMtu(int mtu);

    /**
     * Sets the address that the card receives under.
     *
     * @param mac a valid unicast address
     * @throws DevException INVALID_PARAM if it is not
     */
    void setMacAddress(EthernetAddress mac);

    /** Receive frames for any address, or stop that. */
    void setPromiscuous(boolean on);

    /** Receive frames for any multicast address, or stop that. */
    void setAllMulticast(boolean on);

    /**
     * Replaces the further addresses that the card receives: unicast and multicast. Broadcast is always received. Where there are more than the device
     * holds, it is opened as far as needed, never less than asked for.
     *
     * @throws DevException INVALID_PARAM for {@link EthernetAddress#ZERO}
     */
    void setMacFilters(Set<EthernetAddress> addresses);

    /**
     * Receive frames that carry this VLAN id, or stop that. Once one was set, tagged frames of other ids are dropped.
     *
     * @param vlan 0 to 4094
     * @throws DevException INVALID_PARAM if outside
     */
    void setVlanFilter(int vlan, boolean on);
}
