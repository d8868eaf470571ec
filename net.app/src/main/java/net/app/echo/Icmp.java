package net.app.echo;

import net.api.NetBuf;

/** Pings over IPv4. RFC 791, RFC 792, RFC 1122 3.2.2.6. */
final class Icmp {
    private static final int IP = Frames.HEADER;
    private static final int TOTAL_LENGTH = IP + 2;
    private static final int FRAGMENT = IP + 6;
    private static final int TTL = IP + 8;
    private static final int PROTOCOL = IP + 9;
    private static final int IP_CHECKSUM = IP + 10;
    private static final int SOURCE = IP + 12;
    private static final int DESTINATION = IP + 16;
    private static final int MIN_IP_HEADER = 20;
    private static final int ICMP_HEADER = 8;
    private static final int PROTOCOL_ICMP = 1;
    private static final int NO_OPERATION = 1;
    /** More fragments, and the offset. */
    private static final int FRAGMENT_BITS = 0x3fff;
    private static final int OUR_TTL = 64;
    private static final int ECHO_REQUEST = 0x0800;
    private static final int ECHO_REPLY = 0;

    private Icmp() {
    }

    /** Makes an echo request for one of our addresses the reply. */
    static Outcome answer(NetBuf frame, Addresses us, int frameLength) {
        if (frame.length() < IP + MIN_IP_HEADER) {
            return Outcome.MALFORMED;
        }
        int versionAndLength = frame.getUnsignedByte(IP);
        int header = (versionAndLength & 0xf) * 4;
        int total = frame.getUnsignedShort(TOTAL_LENGTH);
        int icmp = IP + header;
        if (versionAndLength >>> 4 != 4 || header < MIN_IP_HEADER || total < header || total > frameLength - IP) {
            return Outcome.MALFORMED;
        }
        int source = frame.getInt(SOURCE);
        int destination = frame.getInt(DESTINATION);
        if (frame.getMac(0) != us.mac() || !us.has(destination)) {
            return Outcome.IGNORED;
        }
        if (Checksum.sum(frame, IP, header) != 0xffff) {
            return Outcome.BAD_CHECKSUM;
        }
        if ((frame.getUnsignedShort(FRAGMENT) & FRAGMENT_BITS) != 0) {
            return Outcome.FRAGMENT;
        }
        if (frame.getUnsignedByte(PROTOCOL) != PROTOCOL_ICMP) {
            return Outcome.IGNORED;
        }
        if (us.isNoSource(source) || total - header < ICMP_HEADER || icmp + ICMP_HEADER > frame.length()) {
            return Outcome.MALFORMED;
        }
        if (frame.getUnsignedShort(icmp) != ECHO_REQUEST) {
            return Outcome.IGNORED;
        }
        if (Checksum.sum(frame, icmp, total - header) != 0xffff) {
            return Outcome.BAD_CHECKSUM;
        }
        Frames.cut(frame, IP + total);
        Frames.address(frame, frame.getMac(Frames.SOURCE), us.mac());
        // The request's options (routes, time stamps) are not ours to continue: the reply goes straight back.
        for (int i = IP + MIN_IP_HEADER; i < icmp; i++) {
            frame.setByte(i, NO_OPERATION);
        }
        frame.setByte(TTL, OUR_TTL);
        frame.setInt(SOURCE, destination);
        frame.setInt(DESTINATION, source);
        frame.setShort(IP_CHECKSUM, 0);
        frame.setShort(IP_CHECKSUM, ~Checksum.sum(frame, IP, header));
        frame.setShort(icmp, ECHO_REPLY);
        frame.setShort(icmp + 2, Checksum.update(frame.getUnsignedShort(icmp + 2), ECHO_REQUEST, ECHO_REPLY));
        return Outcome.ICMP_REPLY;
    }
}
