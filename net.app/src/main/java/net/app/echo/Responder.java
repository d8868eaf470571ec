package net.app.echo;

import java.util.List;
import net.api.EthernetAddress;
import net.api.NetBuf;

/**
 * Turns requests into answers, in place. Whatever is in a frame: no exception, no read beyond its bytes, and the frame stays the caller's.
 * Every header must lie in the frame's first buffer; payloads may go on in others.
 */
final class Responder {
    private final Addresses us;

    /** @param mac of the card that answers */
    Responder(EthernetAddress mac, List<LocalAddress> addresses) {
        this.us = new Addresses(mac, addresses);
    }

    /**
     * @param frame a received frame, owned and unshared
     * @param maxFrame longest frame, in bytes, that can be sent
     * @param maxSegments most buffers of a frame that can be sent
     */
    Outcome answer(NetBuf frame, int maxFrame, int maxSegments) {
        if (frame.length() < Frames.HEADER) {
            return Outcome.MALFORMED;
        }
        if (Frames.isNoSender(frame.getMac(Frames.SOURCE))) {
            return Outcome.MALFORMED;
        }
        int length = frame.frameLength();
        Outcome outcome = switch (frame.getUnsignedShort(Frames.TYPE)) {
            case Frames.TYPE_ARP -> Arp.answer(frame, us);
            case Frames.TYPE_IPV4 -> Icmp.answer(frame, us, length);
            case Frames.TYPE_IPV6 -> Icmpv6.answer(frame, us, length);
            default -> Outcome.IGNORED;
        };
        if (outcome.isReply() && (frame.next() != null && Frames.segments(frame) > maxSegments || frame.frameLength() > maxFrame)) {
            return Outcome.TOO_LONG;
        }
        return outcome;
    }
}
