package net.app.echo;

import net.api.NetBuf;

/** Ethernet, and frames of several buffers. */
final class Frames {
    /** Destination, source, type. */
    static final int HEADER = 14;
    static final int SOURCE = 6;
    static final int TYPE = 12;
    static final int TYPE_IPV4 = 0x0800;
    static final int TYPE_ARP = 0x0806;
    static final int TYPE_IPV6 = 0x86dd;

    private Frames() {
    }

    /** The group bit, or nothing at all: no sender has such an address. */
    static boolean isNoSender(long mac) {
        return mac == 0 || (mac >>> 40 & 1) != 0;
    }

    /** Sends the frame back to {@code to}. */
    static void address(NetBuf frame, long to, long from) {
        frame.setMac(0, to);
        frame.setMac(SOURCE, from);
    }

    /** Cuts the frame to its first {@code length} bytes, 1 or more, of those that it has; buffers that are not needed are released. */
    static void cut(NetBuf frame, int length) {
        int left = length;
        NetBuf b = frame;
        while (left > b.length()) {
            left -= b.length();
            b = b.next();
        }
        b.setLength(left);
        if (b.next() != null) {
            b.unchain().release();
        }
    }

    /** How many buffers it has. */
    static int segments(NetBuf frame) {
        int n = 1;
        for (NetBuf b = frame.next(); b != null; b = b.next()) {
            n++;
        }
        return n;
    }
}
