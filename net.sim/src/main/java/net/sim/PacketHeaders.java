package net.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The headers of a frame as a network card recognises them: Ethernet, a VLAN tag, IPv4 with options, IPv6 with extensions, TCP, UDP, SCTP. Reused. */
final class PacketHeaders {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;
    /** {@link #l4}: none that is recognised. */
    static final int NONE = -1;
    private static final int IPV4_TYPE = 0x0800;
    private static final int IPV6_TYPE = 0x86dd;
    private static final int ETHERNET = 14;
    private static final int TAG = 4;
    private static final int IPV6 = 40;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int DESTINATION = 60;
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** The first EtherType is that of VLAN tags. */
    boolean tagged;
    /** The tag, 16 bits. */
    int vlan;
    /** EtherType behind the tag. */
    int etherType;
    /** 4, 6, or 0 if there is no IP packet that is whole enough. */
    int version;
    /** Where the IP header is, and how many bytes it has with options or extensions. */
    int ip;
    int ipLength;
    /** Bytes of the IP packet that are behind its header, as the header says. */
    int ipPayload;
    /** There are IPv4 options or IPv6 extensions. */
    boolean optioned;
    /** The packet is a piece of another. */
    boolean fragment;
    /** {@link #TCP}, {@link #UDP}, {@link #SCTP}, {@link #NONE}: not in fragments. */
    int l4;

    static int u8(MemorySegment m, long at) {
        return m.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    static int u16(MemorySegment m, long at) {
        return m.get(BE16, at) & 0xffff;
    }

    static void set16(MemorySegment m, long at, int value) {
        m.set(BE16, at, (short) value);
    }

    /**
     * Looks at a frame.
     *
     * @param tagType EtherType of VLAN tags
     */
    void parse(MemorySegment m, int length, int tagType) {
        etherType = u16(m, 12);
        tagged = etherType == tagType && length >= ETHERNET + TAG;
        vlan = tagged ? u16(m, ETHERNET) : 0;
        ip = tagged ? ETHERNET + TAG : ETHERNET;
        if (tagged) {
            etherType = u16(m, ip - 2);
        }
        version = 0;
        l4 = NONE;
        optioned = false;
        fragment = false;
        ipLength = 0;
        ipPayload = 0;
        if (etherType == IPV4_TYPE && length >= ip + 20) {
            ipv4(m, length);
        } else if (etherType == IPV6_TYPE && length >= ip + IPV6) {
            ipv6(m, length);
        }
    }

    private void ipv4(MemorySegment m, int length) {
        int header = (u8(m, ip) & 0xf) * 4;
        int total = u16(m, ip + 2);
        if (u8(m, ip) >>> 4 != 4 || header < 20 || total < header || ip + total > length) {
            return;
        }
        version = 4;
        ipLength = header;
        ipPayload = total - header;
        optioned = header > 20;
        fragment = (u16(m, ip + 6) & 0x3fff) != 0;
        transport(u8(m, ip + 9));
    }

    private void ipv6(MemorySegment m, int length) {
        int total = IPV6 + u16(m, ip + 4);
        if (u8(m, ip) >>> 4 != 6 || ip + total > length) {
            return;
        }
        version = 6;
        int next = u8(m, ip + 6);
        int at = IPV6;
        while ((next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == DESTINATION) && at + 8 <= total) {
            optioned = true;
            fragment |= next == FRAGMENT;
            int bytes = next == FRAGMENT ? 8 : 8 * (u8(m, ip + at + 1) + 1);
            next = u8(m, ip + at);
            at += bytes;
        }
        if (at > total) {
            version = 0;
            return;
        }
        ipLength = at;
        ipPayload = total - at;
        transport(next);
    }

    private void transport(int protocol) {
        int least = switch (protocol) {
            case TCP -> 20;
            case UDP -> 8;
            case SCTP -> 12;
            default -> Integer.MAX_VALUE;
        };
        if (!fragment && ipPayload >= least) {
            l4 = protocol;
        }
    }

    /** Where the transport header is. */
    int transportAt() {
        return ip + ipLength;
    }
}
