package net.hw.virtio;

/**
 * Commands of the control queue, {@code virtio_net_ctrl}: 5.1.6.5. The driver gives class and command, one byte each, then the command's data; the device
 * writes one byte, {@link #OK} or {@link #ERR}.
 */
public final class NetControl {
    /** Bytes of class and command. */
    public static final int HEADER_SIZE = 2;
    /** The device did it. */
    public static final int OK = 0;
    /** The device did not. */
    public static final int ERR = 1;

    /** Class: receive filtering, each command with one byte, 1 on and 0 off. 5.1.6.5.1. */
    public static final int RX = 0;
    /** Of {@link #RX}: receive all frames. */
    public static final int RX_PROMISC = 0;
    /** Of {@link #RX}: receive all multicast frames. */
    public static final int RX_ALLMULTI = 1;
    /** Of {@link #RX}: receive all unicast frames. CTRL_RX_EXTRA. */
    public static final int RX_ALLUNI = 2;
    /** Of {@link #RX}: receive no multicast. CTRL_RX_EXTRA. */
    public static final int RX_NOMULTI = 3;
    /** Of {@link #RX}: receive no unicast. CTRL_RX_EXTRA. */
    public static final int RX_NOUNI = 4;
    /** Of {@link #RX}: receive no broadcast. CTRL_RX_EXTRA. */
    public static final int RX_NOBCAST = 5;

    /** Class: MAC addresses. 5.1.6.5.2. */
    public static final int MAC = 1;
    /** Of {@link #MAC}: two tables, unicast then multicast, each le32 entries and six bytes an entry. CTRL_RX. */
    public static final int MAC_TABLE_SET = 0;
    /** Of {@link #MAC}: six bytes, the device's own address. CTRL_MAC_ADDR. */
    public static final int MAC_ADDR_SET = 1;

    /** Class: VLAN filtering, each command with le16, the VLAN id. 5.1.6.5.3. */
    public static final int VLAN = 2;
    /** Of {@link #VLAN}: receive this one. */
    public static final int VLAN_ADD = 0;
    /** Of {@link #VLAN}: do not. */
    public static final int VLAN_DEL = 1;

    /** Class: gratuitous packets. 5.1.6.5.4. */
    public static final int ANNOUNCE = 3;
    /** Of {@link #ANNOUNCE}: they were sent; no data. */
    public static final int ANNOUNCE_ACK = 0;

    /** Class: several queues. 5.1.6.5.5. */
    public static final int MQ = 4;
    /** Of {@link #MQ}: le16, how many pairs are in use. */
    public static final int MQ_VQ_PAIRS_SET = 0;

    /** Class: receive offloads. 5.1.6.5.6. */
    public static final int GUEST_OFFLOADS = 5;
    /** Of {@link #GUEST_OFFLOADS}: le64, which ones. */
    public static final int GUEST_OFFLOADS_SET = 0;

    private NetControl() {
    }
}
