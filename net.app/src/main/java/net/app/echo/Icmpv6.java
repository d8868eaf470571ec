package net.app.echo;

import net.api.NetBuf;

/** Pings and neighbour solicitations over IPv6. RFC 8200, RFC 4443, RFC 4861. */
final class Icmpv6 {
    private static final int IP = Frames.HEADER;
    private static final int PAYLOAD_LENGTH = IP + 4;
    private static final int NEXT_HEADER = IP + 6;
    private static final int HOP_LIMIT = IP + 7;
    private static final int SOURCE = IP + 8;
    private static final int DESTINATION = IP + 24;
    private static final int ICMP = IP + 40;
    private static final int ICMP_CHECKSUM = ICMP + 2;
    private static final int ICMP_HEADER = 8;
    private static final int NEXT_ICMPV6 = 58;
    private static final int NEXT_FRAGMENT = 44;
    private static final int OUR_HOP_LIMIT = 64;
    private static final int ECHO_REQUEST = 128 << 8;
    private static final int ECHO_REPLY = 129 << 8;

    private static final int SOLICITATION = 135 << 8;
    private static final int ADVERTISEMENT = 136 << 8;
    private static final int FLAGS = ICMP + 4;
    private static final int TARGET = ICMP + 8;
    private static final int OPTIONS = ICMP + 24;
    private static final int SOLICITATION_LENGTH = 24;
    /** Header, target and one option: the target's link-layer address. RFC 4861, 4.4. */
    private static final int ADVERTISEMENT_LENGTH = 32;
    private static final int SOURCE_LINK_ADDRESS = 1;
    private static final int TARGET_LINK_ADDRESS = 2;
    private static final int SOLICITED = 0x4000_0000;
    private static final int OVERRIDE = 0x2000_0000;
    /** No router could have passed it on. RFC 4861, 7.1.1. */
    private static final int NEIGHBOURS_HOP_LIMIT = 255;
    /** ff02::1, and its group address on Ethernet. */
    private static final long ALL_NODES_HIGH = 0xff02L << 48;
    private static final long ALL_NODES_LOW = 1;
    private static final long ALL_NODES_MAC = 0x3333_0000_0001L;
    /** ff02::1:ff00:0/104. RFC 4291, 2.7.1. */
    private static final long SOLICITED_NODE_LOW = 0x0000_0001_ff00_0000L;

    private Icmpv6() {
    }

    /** Makes a request for one of our addresses the answer. */
    static Outcome answer(NetBuf frame, Addresses us, int frameLength) {
        if (frame.length() < ICMP || frame.getUnsignedByte(IP) >>> 4 != 6) {
            return Outcome.MALFORMED;
        }
        int payload = frame.getUnsignedShort(PAYLOAD_LENGTH);
        if (payload > frameLength - ICMP) {
            return Outcome.MALFORMED;
        }
        int next = frame.getUnsignedByte(NEXT_HEADER);
        if (next != NEXT_ICMPV6) {
            return next == NEXT_FRAGMENT && us.has(frame.getLong(DESTINATION), frame.getLong(DESTINATION + 8)) ? Outcome.FRAGMENT : Outcome.IGNORED;
        }
        if (payload < ICMP_HEADER || frame.length() < ICMP + ICMP_HEADER) {
            return Outcome.MALFORMED;
        }
        int type = frame.getUnsignedShort(ICMP);
        return switch (type) {
            case ECHO_REQUEST -> echo(frame, us, payload);
            case SOLICITATION -> solicitation(frame, us, payload);
            default -> Outcome.IGNORED;
        };
    }

    private static Outcome echo(NetBuf frame, Addresses us, int payload) {
        long high = frame.getLong(DESTINATION);
        long low = frame.getLong(DESTINATION + 8);
        if (frame.getMac(0) != us.mac() || !us.has(high, low)) {
            return Outcome.IGNORED;
        }
        long sourceHigh = frame.getLong(SOURCE);
        long sourceLow = frame.getLong(SOURCE + 8);
        if (us.isNoSource(sourceHigh, sourceLow)) {
            return Outcome.MALFORMED;
        }
        if (!checksumIsRight(frame, payload)) {
            return Outcome.BAD_CHECKSUM;
        }
        Frames.cut(frame, ICMP + payload);
        Frames.address(frame, frame.getMac(Frames.SOURCE), us.mac());
        frame.setByte(HOP_LIMIT, OUR_HOP_LIMIT);
        setIp(frame, high, low, sourceHigh, sourceLow);
        frame.setShort(ICMP, ECHO_REPLY);
        // Exchanged addresses add up to the same; the hop limit is not covered.
        frame.setShort(ICMP_CHECKSUM, Checksum.update(frame.getUnsignedShort(ICMP_CHECKSUM), ECHO_REQUEST, ECHO_REPLY));
        return Outcome.ICMPV6_REPLY;
    }

    /** RFC 4861: 7.1.1 says what is valid, 7.2.4 what the answer is. */
    private static Outcome solicitation(NetBuf frame, Addresses us, int payload) {
        if (payload < SOLICITATION_LENGTH || frame.length() < ICMP + payload || frame.getUnsignedByte(HOP_LIMIT) != NEIGHBOURS_HOP_LIMIT) {
            return Outcome.MALFORMED;
        }
        long high = frame.getLong(TARGET);
        long low = frame.getLong(TARGET + 8);
        boolean toTarget = frame.getLong(DESTINATION) == high && frame.getLong(DESTINATION + 8) == low;
        boolean toGroup = frame.getLong(DESTINATION) == ALL_NODES_HIGH && frame.getLong(DESTINATION + 8) == (SOLICITED_NODE_LOW | low & 0xff_ffff);
        if (!us.has(high, low) || !toTarget && !toGroup) {
            return Outcome.IGNORED;
        }
        long sourceHigh = frame.getLong(SOURCE);
        long sourceLow = frame.getLong(SOURCE + 8);
        boolean probe = sourceHigh == 0 && sourceLow == 0;
        if (!probe && us.isNoSource(sourceHigh, sourceLow) || probe && !toGroup) {
            return Outcome.MALFORMED;
        }
        if (!checksumIsRight(frame, payload)) {
            return Outcome.BAD_CHECKSUM;
        }
        long asker = asker(frame, payload, probe);
        if (asker < 0) {
            return Outcome.MALFORMED;
        }
        if (frame.length() + frame.tailroom() < ICMP + ADVERTISEMENT_LENGTH) {
            return Outcome.TOO_LONG;
        }
        advertise(frame, us.mac(), high, low);
        if (probe) {
            // Somebody tests whether the address is free: everybody is told that it is not.
            Frames.address(frame, ALL_NODES_MAC, us.mac());
            setIp(frame, high, low, ALL_NODES_HIGH, ALL_NODES_LOW);
            frame.setInt(FLAGS, OVERRIDE);
        } else {
            Frames.address(frame, asker, us.mac());
            setIp(frame, high, low, sourceHigh, sourceLow);
            frame.setInt(FLAGS, SOLICITED | OVERRIDE);
        }
        frame.setShort(ICMP_CHECKSUM, 0);
        frame.setShort(ICMP_CHECKSUM, ~sum(frame, ADVERTISEMENT_LENGTH));
        return Outcome.NEIGHBOUR_ADVERTISEMENT;
    }

    /** @return the link-layer address to answer to; -1 if the options are wrong */
    private static long asker(NetBuf frame, int payload, boolean probe) {
        long asker = frame.getMac(Frames.SOURCE);
        int end = ICMP + payload;
        int at = OPTIONS;
        while (at < end) {
            if (end - at < 8) {
                return -1;
            }
            int type = frame.getUnsignedByte(at);
            int length = 8 * frame.getUnsignedByte(at + 1);
            if (length == 0 || length > end - at) {
                return -1;
            }
            if (type == SOURCE_LINK_ADDRESS) {
                asker = frame.getMac(at + 2);
                if (probe || Frames.isNoSender(asker)) {
                    return -1;
                }
            }
            at += length;
        }
        return asker;
    }

    private static void advertise(NetBuf frame, long mac, long high, long low) {
        if (frame.next() != null) {
            frame.unchain().release();
        }
        frame.setLength(ICMP + ADVERTISEMENT_LENGTH);
        frame.setShort(PAYLOAD_LENGTH, ADVERTISEMENT_LENGTH);
        frame.setShort(ICMP, ADVERTISEMENT);
        frame.setLong(TARGET, high);
        frame.setLong(TARGET + 8, low);
        frame.setByte(OPTIONS, TARGET_LINK_ADDRESS);
        frame.setByte(OPTIONS + 1, 1);
        frame.setMac(OPTIONS + 2, mac);
    }

    private static void setIp(NetBuf frame, long fromHigh, long fromLow, long toHigh, long toLow) {
        frame.setLong(SOURCE, fromHigh);
        frame.setLong(SOURCE + 8, fromLow);
        frame.setLong(DESTINATION, toHigh);
        frame.setLong(DESTINATION + 8, toLow);
    }

    private static boolean checksumIsRight(NetBuf frame, int payload) {
        return sum(frame, payload) == 0xffff;
    }

    /** Sum over pseudo header and payload. RFC 8200, 8.1. */
    private static int sum(NetBuf frame, int payload) {
        return Checksum.fold((long) Checksum.sum(frame, SOURCE, 32 + payload) + payload + NEXT_ICMPV6);
    }
}
