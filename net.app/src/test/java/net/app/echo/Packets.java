package net.app.echo;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import net.api.EthernetAddress;

/** Packets from the RFCs, byte by byte, with a checksum that is as plain as it gets: nothing of the code under test is used. */
final class Packets {
    static final String US = "02:00:00:00:00:02";
    static final String THEM = "02:00:00:00:00:01";
    static final String OUR4 = "10.0.0.2";
    static final String THEIR4 = "10.0.0.1";
    static final String OUR6 = "fd00::2";
    static final String THEIR6 = "fd00::1";

    private Packets() {
    }

    static byte[] ip(String text) {
        return InetAddress.ofLiteral(text).getAddress();
    }

    static byte[] mac(String text) {
        return EthernetAddress.parse(text).toBytes();
    }

    static byte[] join(byte[]... parts) {
        int n = 0;
        for (byte[] p : parts) {
            n += p.length;
        }
        ByteBuffer all = ByteBuffer.allocate(n);
        for (byte[] p : parts) {
            all.put(p);
        }
        return all.array();
    }

    static byte[] shorts(int... values) {
        ByteBuffer b = ByteBuffer.allocate(2 * values.length);
        for (int v : values) {
            b.putShort((short) v);
        }
        return b.array();
    }

    static byte[] ethernet(String to, String from, int type, byte[] payload) {
        return join(mac(to), mac(from), shorts(type), payload);
    }

    /** RFC 1071 as its first paragraph puts it. */
    static int checksum(byte[] bytes) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xff) * 256 + (i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0);
            if (sum > 0xffff) {
                sum -= 0xffff;
            }
        }
        return 0xffff - sum;
    }

    static byte[] arp(int operation, String ethTo, String senderMac, String senderIp, String targetMac, String targetIp) {
        return ethernet(ethTo, senderMac, 0x0806, join(shorts(1, 0x0800, 0x0604, operation), mac(senderMac), ip(senderIp), mac(targetMac), ip(targetIp)));
    }

    static byte[] ipv4(String from, String to, int id, int flags, int ttl, int protocol, byte[] options, byte[] payload) {
        int header = 20 + options.length;
        byte[] h = join(new byte[] {(byte) (0x40 | header / 4), 0}, shorts(header + payload.length, id, flags), new byte[] {(byte) ttl, (byte) protocol},
                shorts(0), ip(from), ip(to), options);
        put(h, 10, checksum(h));
        return join(h, payload);
    }

    static byte[] icmp(int type, int code, int id, int sequence, byte[] data) {
        byte[] m = join(new byte[] {(byte) type, (byte) code}, shorts(0, id, sequence), data);
        put(m, 2, checksum(m));
        return m;
    }

    static byte[] ping4(byte[] data) {
        return ethernet(US, THEM, 0x0800, ipv4(THEIR4, OUR4, 0x1234, 0x4000, 37, 1, new byte[0], icmp(8, 0, 0xbeef, 7, data)));
    }

    static byte[] ipv6(String from, String to, int next, int hops, byte[] payload) {
        return join(new byte[] {0x60, 0, 0, 0}, shorts(payload.length), new byte[] {(byte) next, (byte) hops}, ip(from), ip(to), payload);
    }

    static byte[] icmp6(String from, String to, byte[] message) {
        byte[] m = message.clone();
        put(m, 2, 0);
        byte[] pseudo = join(ip(from), ip(to), ByteBuffer.allocate(8).putInt(m.length).putInt(58).array(), m);
        put(m, 2, checksum(pseudo));
        return m;
    }

    static byte[] ping6(byte[] data) {
        return ethernet(US, THEM, 0x86dd, ipv6(THEIR6, OUR6, 58, 37, icmp6(THEIR6, OUR6, join(new byte[] {(byte) 128, 0}, shorts(0, 0xbeef, 7), data))));
    }

    static byte[] pong6(byte[] data) {
        return ethernet(THEM, US, 0x86dd, ipv6(OUR6, THEIR6, 58, 64, icmp6(OUR6, THEIR6, join(new byte[] {(byte) 129, 0}, shorts(0, 0xbeef, 7), data))));
    }

    static byte[] solicitation(String ethTo, String from, String to, String target, byte[] options) {
        return ethernet(ethTo, THEM, 0x86dd, ipv6(from, to, 58, 255, icmp6(from, to, join(new byte[] {(byte) 135, 0, 0, 0, 0, 0, 0, 0}, ip(target), options))));
    }

    static byte[] advertisement(String ethTo, String target, String to, int flags) {
        byte[] m = join(new byte[] {(byte) 136, 0, 0, 0, (byte) flags, 0, 0, 0}, ip(target), new byte[] {2, 1}, mac(US));
        return ethernet(ethTo, US, 0x86dd, ipv6(target, to, 58, 255, icmp6(target, to, m)));
    }

    static byte[] linkAddress(int type, String mac) {
        return join(new byte[] {(byte) type, 1}, mac(mac));
    }

    static byte[] counting(int n) {
        byte[] b = new byte[n];
        for (int i = 0; i < n; i++) {
            b[i] = (byte) (i * 7 + 3);
        }
        return b;
    }

    static byte[] pad(byte[] frame, int length) {
        return frame.length >= length ? frame : java.util.Arrays.copyOf(frame, length);
    }

    static void put(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }
}
