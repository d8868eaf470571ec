package net.sim;

import java.util.Arrays;
import java.util.BitSet;
import net.hw.virtio.NetControl;

/**
 * What a virtio network device lets in: receive modes, addresses, VLANs. Virtio 1.2, 5.1.6.5.1 to 5.1.6.5.3. The specification leaves open which modes are on
 * after a reset; here none is, so that a driver has to ask for what it wants. QEMU starts promiscuous.
 */
final class NetFilter {
    /** Addresses of each kind that fit; with more, all of that kind come in. */
    static final int TABLE = 64;
    private static final long GROUP = 1L << 40;
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final int VLAN_TAG = 0x8100;

    private final boolean[] modes = new boolean[6];
    private final long[] unicast = new long[TABLE];
    private final long[] multicast = new long[TABLE];
    private int unicasts;
    private int multicasts;
    private final BitSet vlans = new BitSet(4096);
    private boolean addressed;
    private boolean tagged;
    private long own;

    /**
     * As after a reset.
     *
     * @param mac its own address
     */
    void reset(long mac) {
        Arrays.fill(modes, false);
        unicasts = 0;
        multicasts = 0;
        vlans.clear();
        own = mac;
        addressed = false;
        tagged = false;
    }

    /**
     * What was negotiated.
     *
     * @param byAddress CTRL_RX: without it a driver could not open the filter, so it is open
     * @param byVlan CTRL_VLAN
     */
    void start(boolean byAddress, boolean byVlan) {
        addressed = byAddress;
        tagged = byVlan;
    }

    void setOwn(long mac) {
        own = mac;
    }

    /** Sets one of the modes of class RX. */
    void setMode(int mode, boolean on) {
        modes[mode] = on;
    }

    void setVlan(int id, boolean on) {
        vlans.set(id, on);
    }

    /** Replaces the tables by those in {@code list}: counts and addresses, checked by the caller. */
    void setTables(SgList list, int unicastAt, long unicastCount, int multicastAt, long multicastCount) {
        unicasts = fill(unicast, list, unicastAt, unicastCount);
        multicasts = fill(multicast, list, multicastAt, multicastCount);
    }

    private static int fill(long[] table, SgList list, int at, long count) {
        if (count > TABLE) {
            return -1;
        }
        for (int i = 0; i < count; i++) {
            table[i] = list.u48(at + 6 * i);
        }
        return (int) count;
    }

    private static boolean contains(long[] table, int count, long mac) {
        for (int i = 0; i < count; i++) {
            if (table[i] == mac) {
                return true;
            }
        }
        return count < 0;
    }

    /** A frame of 14 bytes or more comes in. */
    boolean accepts(SgList frame) {
        if (tagged && frame.bytes() >= 16 && frame.u16(12) == VLAN_TAG && !vlans.get(frame.u16(14) & 0xfff)) {
            return false;
        }
        if (!addressed || modes[NetControl.RX_PROMISC]) {
            return true;
        }
        long to = frame.u48(0);
        if (to == BROADCAST) {
            return !modes[NetControl.RX_NOBCAST];
        }
        if ((to & GROUP) != 0) {
            return !modes[NetControl.RX_NOMULTI] && (modes[NetControl.RX_ALLMULTI] || contains(multicast, multicasts, to));
        }
        return !modes[NetControl.RX_NOUNI] && (to == own || modes[NetControl.RX_ALLUNI] || contains(unicast, unicasts, to));
    }
}
