package net.app.echo;

import java.net.Inet4Address;
import java.net.InetAddress;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;

/**
 * An address that echo answers for, with the length of its prefix.
 *
 * @param high bits 127 to 64 of an IPv6 address; 0 for IPv4
 * @param low bits 63 to 0; an IPv4 address in the low 32
 * @param v6 it is an IPv6 address
 * @param prefix bits of network, 0 to 32 or 128
 */
public record LocalAddress(long high, long low, boolean v6, int prefix) {
    /** The last bits of ff02::1:ff00:0/104, as a group address on Ethernet: 33:33:ff and the last three bytes. RFC 4291, 2.7.1; RFC 2464, 7. */
    private static final long SOLICITED_NODE_MAC = 0x3333_ff00_0000L;

    /**
     * Reads {@code 10.0.0.2}, {@code 10.0.0.2/24}, {@code fd00::2} or {@code fd00::2/64}.
     *
     * @throws DevException INVALID_PARAM for anything else, and for what cannot be a host's address: multicast, loopback, unspecified, broadcast
     */
    public static LocalAddress parse(String text) {
        String address = text.strip();
        int slash = address.indexOf('/');
        InetAddress inet;
        try {
            inet = InetAddress.ofLiteral(slash < 0 ? address : address.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw bad(text, "write it like 10.0.0.2/24 or fd00::2/64");
        }
        boolean v6 = !(inet instanceof Inet4Address);
        if (address.indexOf('%') >= 0 || !v6 && address.chars().filter(c -> c == '.').count() != 3) {
            throw bad(text, "write it like 10.0.0.2/24 or fd00::2/64");
        }
        int bits = v6 ? 128 : 32;
        int prefix = slash < 0 ? bits : prefix(text, address.substring(slash + 1), bits);
        byte[] b = inet.getAddress();
        long high = v6 ? join(b, 0, 8) : 0;
        long low = join(b, v6 ? 8 : 0, v6 ? 8 : 4);
        LocalAddress local = new LocalAddress(high, low, v6, prefix);
        if (inet.isMulticastAddress() || inet.isLoopbackAddress() || inet.isAnyLocalAddress() || !v6 && local.isBroadcast((int) low)) {
            throw bad(text, "a host cannot have this address: it is a multicast, loopback, unspecified or broadcast address");
        }
        return local;
    }

    /** The IPv4 address is the limited broadcast, or the directed one of this address' network. RFC 1122, 3.2.1.3. */
    boolean isBroadcast(int ip) {
        if (ip == -1) {
            return true;
        }
        int mask = prefix == 0 ? 0 : -1 << 32 - prefix;
        return prefix < 31 && (ip & mask) == ((int) low & mask) && (ip & ~mask) == ~mask;
    }

    /** The group on Ethernet under which others look for this IPv6 address. */
    EthernetAddress solicitedNodeMac() {
        return new EthernetAddress(SOLICITED_NODE_MAC | low & 0xff_ffff);
    }

    private static int prefix(String text, String digits, int bits) {
        try {
            int prefix = Integer.parseInt(digits);
            if (prefix >= 0 && prefix <= bits) {
                return prefix;
            }
        } catch (NumberFormatException e) {
            throw bad(text, "the prefix length '" + digits + "' is no number");
        }
        throw bad(text, "the prefix length is 0 to " + bits);
    }

    private static DevException bad(String text, String what) {
        return new DevException(DevError.INVALID_PARAM, "'" + text + "' is not an address to answer for: " + what);
    }

    private static long join(byte[] b, int from, int n) {
        long v = 0;
        for (int i = from; i < from + n; i++) {
            v = v << 8 | b[i] & 0xff;
        }
        return v;
    }

    /** {@code 10.0.0.2/24}. */
    @Override
    public String toString() {
        byte[] b = new byte[v6 ? 16 : 4];
        for (int i = 0; i < b.length; i++) {
            int bit = 8 * (b.length - 1 - i);
            b[i] = (byte) (bit < 64 ? low >>> bit : high >>> bit - 64);
        }
        try {
            return (v6 ? Ipv6Text.of(b) : InetAddress.getByAddress(b).getHostAddress()) + "/" + prefix;
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
