package net.driver.ixgbe;

import java.nio.ByteBuffer;
import net.api.EthernetAddress;

/**
 * An Ethernet frame with IPv4 and UDP or TCP in it; sums are 0 until they are asked for.
 *
 * @param bytes the frame
 * @param protocol 6 or 17
 */
record Packet(byte[] bytes, int protocol) {
    private static final int IP = 14;
    private static final int L4 = 34;

    /** A frame of another protocol. */
    static byte[] of(EthernetAddress to, int type, int length) {
        byte[] b = new byte[length];
        for (int i = 0; i < length; i++) {
            b[i] = (byte) (i * 7 + length);
        }
        System.arraycopy(to.toBytes(), 0, b, 0, 6);
        System.arraycopy(EthernetAddress.parse("02:00:00:00:00:55").toBytes(), 0, b, 6, 6);
        b[12] = (byte) (type >>> 8);
        b[13] = (byte) type;
        return b;
    }

    static Packet udp(EthernetAddress to, int sourcePort, int port, int length) {
        return new Packet(ip(to, 17, 0x0a00_0001, sourcePort, 0x0a00_0002, port, length), 17);
    }

    static Packet tcp(EthernetAddress to, int source, int sourcePort, int destination, int port, int length) {
        byte[] b = ip(to, 6, source, sourcePort, destination, port, length);
        ByteBuffer.wrap(b).putInt(L4 + 4, 0x1234_5678).putInt(L4 + 8, 0).put(L4 + 12, (byte) 0x50).put(L4 + 13, (byte) 0x18).putShort(L4 + 14, (short) 1000);
        return new Packet(b, 6);
    }

    /** An empty TCP segment over IPv4 or IPv6, by the length of the addresses; without sums. */
    static byte[] tcp(EthernetAddress to, byte[] source, int sourcePort, byte[] destination, int port) {
        boolean four = source.length == 4;
        int l4 = four ? L4 : IP + 40;
        byte[] b = of(to, four ? 0x0800 : 0x86dd, l4 + 20);
        ByteBuffer f = ByteBuffer.wrap(b);
        if (four) {
            f.putShort(IP, (short) 0x4500).putShort(IP + 2, (short) 40).putInt(IP + 4, 0).put(IP + 8, (byte) 64).put(IP + 9, (byte) 6);
        } else {
            f.putInt(IP, 0x6000_0000).putShort(IP + 4, (short) 20).put(IP + 6, (byte) 6).put(IP + 7, (byte) 64);
        }
        f.put(l4 - 2 * source.length, source).put(l4 - destination.length, destination);
        f.putShort(l4, (short) sourcePort).putShort(l4 + 2, (short) port).put(l4 + 12, (byte) 0x50);
        return b;
    }

    /** As long as a frame on a wire is at least. */
    static byte[] padded(byte[] frame) {
        return frame.length < 60 ? java.util.Arrays.copyOf(frame, 60) : frame;
    }

    private static byte[] ip(EthernetAddress to, int protocol, int source, int sourcePort, int destination, int port, int length) {
        byte[] b = of(to, 0x0800, length);
        ByteBuffer f = ByteBuffer.wrap(b);
        f.put(IP, (byte) 0x45).put(IP + 1, (byte) 0).putShort(IP + 2, (short) (length - IP)).putShort(IP + 4, (short) 77).putShort(IP + 6, (short) 0);
        f.put(IP + 8, (byte) 64).put(IP + 9, (byte) protocol).putShort(IP + 10, (short) 0).putInt(IP + 12, source).putInt(IP + 16, destination);
        f.putShort(L4, (short) sourcePort).putShort(L4 + 2, (short) port).putShort(L4 + 4, (short) (length - L4)).putShort(sumAt(protocol), (short) 0);
        f.putShort(L4 + (protocol == 6 ? 18 : 6), (short) 0);
        return b;
    }

    private static int sumAt(int protocol) {
        return L4 + (protocol == 6 ? 16 : 6);
    }

    /** With the sums that belong there. */
    Packet withSums() {
        byte[] b = bytes.clone();
        ByteBuffer f = ByteBuffer.wrap(b);
        f.putShort(IP + 10, (short) 0).putShort(IP + 10, (short) ~fold(add(0, b, IP, 20)));
        f.putShort(sumAt(protocol), (short) 0);
        f.putShort(sumAt(protocol), (short) ~fold(add(pseudo(b, b.length - L4), b, L4, b.length - L4)));
        return new Packet(b, protocol);
    }

    /** With what a card wants to find before it fills sums in. */
    Packet withPseudoSum() {
        return prepared(bytes.length - L4);
    }

    /** As {@link #withPseudoSum}, for segmentation. */
    Packet withPseudoSumForSegments() {
        return prepared(0);
    }

    private Packet prepared(int length) {
        byte[] b = bytes.clone();
        ByteBuffer.wrap(b).putShort(IP + 10, (short) 0).putShort(sumAt(protocol), (short) fold(pseudo(b, length)));
        return new Packet(b, protocol);
    }

    private long pseudo(byte[] b, int length) {
        return add(protocol + length, b, IP + 12, 8);
    }

    private static long add(long sum, byte[] b, int from, int length) {
        for (int i = 0; i < length; i++) {
            sum += (b[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        return sum;
    }

    private static int fold(long sum) {
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    /** The TCP sequence number of a frame. */
    static int sequence(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(L4 + 4);
    }

    /** The same frame with a VLAN tag. */
    byte[] tagged(int tag) {
        byte[] b = new byte[bytes.length + 4];
        System.arraycopy(bytes, 0, b, 0, 12);
        ByteBuffer.wrap(b).putShort(12, (short) 0x8100).putShort(14, (short) tag);
        System.arraycopy(bytes, 12, b, 16, bytes.length - 12);
        return b;
    }
}
