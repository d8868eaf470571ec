package net.app.echo;

import java.util.List;
import net.api.EthernetAddress;

/** All that a card answers for: its MAC address and the IP addresses, as numbers that are compared one by one; there are few. */
final class Addresses {
    private final long mac;
    private final int[] v4;
    private final LocalAddress[] v4Networks;
    private final long[] v6High;
    private final long[] v6Low;

    Addresses(EthernetAddress mac, List<LocalAddress> addresses) {
        this.mac = mac.bits();
        this.v4Networks = addresses.stream().filter(a -> !a.v6()).toArray(LocalAddress[]::new);
        this.v4 = addresses.stream().filter(a -> !a.v6()).mapToInt(a -> (int) a.low()).toArray();
        this.v6High = addresses.stream().filter(LocalAddress::v6).mapToLong(LocalAddress::high).toArray();
        this.v6Low = addresses.stream().filter(LocalAddress::v6).mapToLong(LocalAddress::low).toArray();
    }

    long mac() {
        return mac;
    }

    boolean has(int ip) {
        for (int a : v4) {
            if (a == ip) {
                return true;
            }
        }
        return false;
    }

    boolean has(long high, long low) {
        for (int i = 0; i < v6High.length; i++) {
            if (v6Low[i] == low && v6High[i] == high) {
                return true;
            }
        }
        return false;
    }

    /**
     * No host sends from there: network 0, loopback, multicast, reserved, or a broadcast address of ours. RFC 1122, 3.2.1.3. Or it is our own.
     */
    boolean isNoSource(int ip) {
        int first = ip >>> 24;
        if (first == 0 || first == 127 || first >= 224 || has(ip)) {
            return true;
        }
        for (LocalAddress network : v4Networks) {
            if (network.isBroadcast(ip)) {
                return true;
            }
        }
        return false;
    }

    /** No host sends an echo request from there: multicast, unspecified, loopback, or our own. RFC 4291, 2.5 and 2.7. */
    boolean isNoSource(long high, long low) {
        return high >>> 56 == 0xff || high == 0 && (low == 0 || low == 1) || has(high, low);
    }
}
