package net.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.api.EthernetAddress;

/** Makes packets, and checks them, with sums of its own. */
final class Packets {
    static final int TCP = 6;
    static final int UDP = 17;

    private Packets() {
    }

    /** Ethernet, IPv4 or IPv6, TCP or UDP, random payload; checksums right. */
    static byte[] ip(EthernetAddress to, byte[] source, byte[] destination, int protocol, int sourcePort, int destinationPort, int payload, Random random) {
        boolean four = source.length == 4;
        int l4Header = protocol == TCP ? 20 : 8;
        int ipHeader = four ? 20 : 40;
        ByteBuffer b = ByteBuffer.allocate(14 + ipHeader + l4Header + payload);
        b.put(to.toBytes()).put(RawIxgbe.PEER.toBytes()).putShort((short) (four ? 0x0800 : 0x86dd));
        if (four) {
            b.putShort((short) 0x4500).putShort((short) (20 + l4Header + payload)).putShort((short) random.nextInt()).putShort((short) 0x4000);
            b.put((byte) 64).put((byte) protocol).putShort((short) 0);
        } else {
            b.putInt(0x6000_0000).putShort((short) (l4Header + payload)).put((byte) protocol).put((byte) 64);
        }
        b.put(source).put(destination);
        b.putShort((short) sourcePort).putShort((short) destinationPort);
        if (protocol == TCP) {
            b.putInt(random.nextInt()).putInt(random.nextInt()).putShort((short) 0x5018).putShort((short) 0xffff).putInt(0);
        } else {
            b.putShort((short) (8 + payload)).putShort((short) 0);
        }
        byte[] body = new byte[payload];
        random.nextBytes(body);
        b.put(body);
        byte[] f = b.array();
        fill(f);
        return f;
    }

    /** Fills in both checksums. */
    static void fill(byte[] f) {
        int ip = 14;
        int header = ipHeader(f, ip);
        if (f[ip] >>> 4 == 4) {
            put16(f, ip + 10, 0);
            put16(f, ip + 10, ~fold(sum(f, ip, header, 0)));
        }
        int at = ip + header;
        int field = at + (protocol(f, ip) == TCP ? 16 : 6);
        put16(f, field, 0);
        put16(f, field, ~fold(sum(f, at, ipEnd(f, ip) - at, pseudo(f, ip))));
    }

    /** Both checksums are right. */
    static boolean right(byte[] f) {
        int ip = 14;
        int header = ipHeader(f, ip);
        int at = ip + header;
        return (f[ip] >>> 4 != 4 || fold(sum(f, ip, header, 0)) == 0xffff) && fold(sum(f, at, ipEnd(f, ip) - at, pseudo(f, ip))) == 0xffff;
    }

    static int ipHeader(byte[] f, int ip) {
        return f[ip] >>> 4 == 4 ? (f[ip] & 0xf) * 4 : 40;
    }

    static int ipEnd(byte[] f, int ip) {
        return ip + (f[ip] >>> 4 == 4 ? get16(f, ip + 2) : 40 + get16(f, ip + 4));
    }

    static int protocol(byte[] f, int ip) {
        return f[ip] >>> 4 == 4 ? f[ip + 9] : f[ip + 6];
    }

    /** The sum of the pseudo header with the length that the packet has. */
    static int pseudo(byte[] f, int ip) {
        return pseudo(f, ip, ipEnd(f, ip) - ip - ipHeader(f, ip));
    }

    static int pseudo(byte[] f, int ip, int length) {
        int addresses = f[ip] >>> 4 == 4 ? sum(f, ip + 12, 8, 0) : sum(f, ip + 8, 32, 0);
        return addresses + protocol(f, ip) + length;
    }

    static int sum(byte[] f, int at, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) {
            sum += (f[at + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    static int fold(int sum) {
        int s = (sum & 0xffff) + (sum >>> 16);
        return (s & 0xffff) + (s >>> 16);
    }

    static int get16(byte[] f, int at) {
        return (f[at] & 0xff) << 8 | f[at + 1] & 0xff;
    }

    static void put16(byte[] f, int at, int value) {
        f[at] = (byte) (value >>> 8);
        f[at + 1] = (byte) value;
    }

    static int get32(byte[] f, int at) {
        return get16(f, at) << 16 | get16(f, at + 2);
    }

    /** The frame with a VLAN tag behind the addresses. */
    static byte[] tagged(byte[] f, int tag) {
        byte[] t = new byte[f.length + 4];
        System.arraycopy(f, 0, t, 0, 12);
        put16(t, 12, 0x8100);
        put16(t, 14, tag);
        System.arraycopy(f, 12, t, 16, f.length - 12);
        return t;
    }

    /** The frame as it is on a wire: not shorter than 60 bytes. */
    static byte[] padded(byte[] f) {
        return f.length < 60 ? Arrays.copyOf(f, 60) : f;
    }
}
