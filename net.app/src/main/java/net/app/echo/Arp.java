package net.app.echo;

import net.api.NetBuf;

/** ARP for IPv4 on Ethernet. RFC 826. */
final class Arp {
    private static final int HARDWARE = Frames.HEADER;
    private static final int OPERATION = Frames.HEADER + 6;
    private static final int SENDER_MAC = Frames.HEADER + 8;
    private static final int SENDER_IP = Frames.HEADER + 14;
    private static final int TARGET_MAC = Frames.HEADER + 18;
    private static final int TARGET_IP = Frames.HEADER + 24;
    private static final int LENGTH = Frames.HEADER + 28;
    /** Hardware type 1 (Ethernet), protocol 0x0800 (IPv4), lengths 6 and 4. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private Arp() {
    }

    /** Makes a request for one of our addresses the reply. */
    static Outcome answer(NetBuf frame, Addresses us) {
        if (frame.length() < LENGTH || frame.getMac(HARDWARE) != ETHERNET_IPV4) {
            return Outcome.MALFORMED;
        }
        long sender = frame.getMac(SENDER_MAC);
        int senderIp = frame.getInt(SENDER_IP);
        int target = frame.getInt(TARGET_IP);
        // A sender who claims the address himself announces it, and asks nothing. RFC 5227, 1.1.
        if (frame.getUnsignedShort(OPERATION) != REQUEST || !us.has(target) || senderIp == target) {
            return Outcome.IGNORED;
        }
        if (Frames.isNoSender(sender)) {
            return Outcome.MALFORMED;
        }
        Frames.cut(frame, LENGTH);
        Frames.address(frame, sender, us.mac());
        frame.setShort(OPERATION, REPLY);
        frame.setMac(SENDER_MAC, us.mac());
        frame.setInt(SENDER_IP, target);
        frame.setMac(TARGET_MAC, sender);
        frame.setInt(TARGET_IP, senderIp);
        return Outcome.ARP_REPLY;
    }
}
