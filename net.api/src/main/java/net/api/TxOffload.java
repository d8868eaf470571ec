package net.api;

/**
 * What a card is asked to do to a frame when it is sent: {@link NetBuf#setOffload}. It describes many frames: make one for each kind, and use it again; cards
 * remember the last one.
 *
 * <p>Checksums. IPv4: the card fills in the header's, whose field must be 0. TCP, UDP, SCTP: the card fills in the checksum, whose field must hold the one of the
 * pseudo header (folded, not complemented; for SCTP 0); for segmentation the pseudo header's without its length.
 *
 * <p>Segmentation. A frame of several times {@link #mss} is sent as frames of at most that much payload, each with the frame's headers, in which the card counts
 * up IP identification and TCP sequence number. It may be longer than {@link NetDriverOps#maxFrameLength}.
 *
 * <p>Source: {@code rte_mbuf}'s ol_flags, l2_len, l3_len, l4_len, tso_segsz and vlan_tci of DPDK.
 *
 * @param vlanTag tag control information (priority, CFI, id) of a VLAN tag that is inserted behind the addresses, 0 to 0xffff; {@link #NO_VLAN} for none
 * @param ip how the packet behind the Ethernet header is laid out
 * @param ipChecksum fill in the checksum of the IPv4 header
 * @param l4 the protocol whose checksum is filled in
 * @param l2Length bytes in front of the IP header, 14 to 127
 * @param l3Length bytes of the IP header, extension headers included, 20 to 511
 * @param l4Length bytes of the TCP header for segmentation, 20 to 60; else 0
 * @param mss payload of a segment in bytes, 1 to 0xffff; 0 for no segmentation
 */
public record TxOffload(int vlanTag, Ip ip, boolean ipChecksum, L4 l4, int l2Length, int l3Length, int l4Length, int mss) {
    /** No VLAN tag is inserted. */
    public static final int NO_VLAN = -1;

    /** The protocol behind the Ethernet header. */
    public enum Ip {
        /** Neither of the two, or it does not matter. */
        NONE,
        /** IPv4. */
        V4,
        /** IPv6. */
        V6
    }

    /** The protocol behind the IP header. */
    public enum L4 {
        /** Nothing is done to it. */
        NONE,
        /** TCP. */
        TCP,
        /** UDP. */
        UDP,
        /** SCTP. */
        SCTP
    }

    /**
     * Checks that the parts fit together.
     *
     * @throws DevException INVALID_PARAM if they do not
     */
    public TxOffload {
        require(vlanTag >= NO_VLAN && vlanTag <= 0xffff, "VLAN tag", vlanTag, "0 to 65535, or -1 for none");
        require(!ipChecksum || ip == Ip.V4, "IP checksum of", ip.ordinal(), "1: only IPv4 headers have one");
        require(l4 == L4.NONE || ip != Ip.NONE, "checksum without IP", l4.ordinal(), "0, or an IP version");
        boolean lengths = ipChecksum || l4 != L4.NONE;
        require(lengths ? l2Length >= 14 && l2Length <= 127 : l2Length == 0, "bytes in front of the IP header", l2Length, "14 to 127, or 0 without checksums");
        require(lengths ? l3Length >= 20 && l3Length <= 511 : l3Length == 0, "bytes of the IP header", l3Length, "20 to 511, or 0 without checksums");
        require(mss == 0 || l4 == L4.TCP && mss > 0 && mss <= 0xffff, "bytes of a segment", mss, "1 to 65535 of TCP, or 0 for no segmentation");
        require(mss == 0 ? l4Length == 0 : l4Length >= 20 && l4Length <= 60, "bytes of the TCP header", l4Length, "20 to 60, or 0 without segmentation");
        require(mss == 0 || ip != Ip.V4 || ipChecksum, "segmentation without the IPv4 checksum", mss, "0: each segment's header differs");
    }

    private static void require(boolean holds, String what, int value, String range) {
        if (!holds) {
            throw new DevException(DevError.INVALID_PARAM, "offload: " + what + " " + value + " is not " + range);
        }
    }

    /** Insert a VLAN tag, nothing else. */
    public static TxOffload vlan(int tag) {
        return new TxOffload(tag, Ip.NONE, false, L4.NONE, 0, 0, 0, 0);
    }

    /** Fill in the checksums of an IPv4 packet behind an Ethernet header of 14 bytes, whose header has no options. */
    public static TxOffload checksums(L4 l4) {
        return new TxOffload(NO_VLAN, Ip.V4, true, l4, 14, 20, 0, 0);
    }

    /** Segment TCP over IPv4 behind an Ethernet header of 14 bytes, without options in either header. */
    public static TxOffload segments(int mss) {
        return new TxOffload(NO_VLAN, Ip.V4, true, L4.TCP, 14, 20, 20, mss);
    }

    /** As this, with a VLAN tag. */
    public TxOffload withVlan(int tag) {
        return new TxOffload(tag, ip, ipChecksum, l4, l2Length, l3Length, l4Length, mss);
    }

    /** A VLAN tag is inserted. */
    public boolean insertsVlan() {
        return vlanTag != NO_VLAN;
    }

    /** The frame is cut into segments. */
    public boolean segments() {
        return mss != 0;
    }

    /** Bytes of all headers of a frame to be segmented. */
    public int headers() {
        return l2Length + l3Length + l4Length;
    }

    /** The shortest frame that this can be done to, in bytes: it has all headers, and for segmentation a byte of payload. */
    public int minFrame() {
        return segments() ? headers() + 1 : Math.max(NetDriverOps.MIN_FRAME, l2Length + l3Length + switch (l4) {
            case NONE -> 0;
            case TCP -> 20;
            case UDP -> 8;
            case SCTP -> 12;
        });
    }
}
