package net.driver.fxmac;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.driver.CardSettings;
import net.api.driver.ReceiveMode;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HashFilter;
import net.hw.fxmac.NetworkConfig;

/**
 * What the device receives: its own address in the first specific address register, up to three more in the others, exactly, and any further ones by the
 * hash of
 * 64 bits, which lets others with the same hash in too. TRM 16.3.6.
 */
final class FxmacSettings extends CardSettings {
    /** Addresses that are compared exactly, besides the own. */
    static final int EXACT = 3;
    private static final int FILTERS = NetworkConfig.COPY_ALL | NetworkConfig.MULTICAST_HASH | NetworkConfig.UNICAST_HASH;

    private final MacRegisters mac;
    private final boolean jumbo;

    /** @param jumbo the device can be told how long frames may be */
    FxmacSettings(String name, NetCapabilities capabilities, FxmacTxQueue[] tx, MacRegisters mac, EthernetAddress address, int mtu, boolean jumbo) {
        super(name, capabilities, tx, address, mtu, ReceiveMode.of(false, false));
        this.mac = mac;
        this.jumbo = jumbo;
    }

    /** Brings a device that was just reset to what the user wants. */
    void start(EthernetAddress address, int mtu, ReceiveMode wanted) {
        applyMtu(mtu);
        startMac(address);
        apply(wanted);
        startedMode(wanted);
    }

    /** Puts an address where firmware had it. */
    void restore(EthernetAddress address) {
        writeAddress(0, address);
    }

    @Override
    protected void applyMtu(int to) {
        if (jumbo) {
            mac.write(Fxmac.JUMBOMAX, longest(to));
        }
    }

    /** Longest frame that is received, with its check sequence, for an MTU; what any Ethernet card takes is never refused. */
    static int longest(int mtu) {
        return Math.max(FrameLimits.PLAIN, mtu + NetDriverOps.FRAME_OVERHEAD + FrameLimits.FCS);
    }

    @Override
    protected void applyMac(EthernetAddress from, EthernetAddress to) {
        writeAddress(0, to);
    }

    @Override
    protected void applyMode(ReceiveMode from, ReceiveMode to) {
        // An address register does not compare while it is written: everything passes until all are.
        mac.configure(NetworkConfig.COPY_ALL, NetworkConfig.COPY_ALL);
        apply(to);
    }

    private void apply(ReceiveMode to) {
        List<EthernetAddress> others = new ArrayList<>(new TreeSet<>(to.filters()));
        others.remove(EthernetAddress.BROADCAST);
        // Unicast first: a hash that lets strangers in costs most there.
        others.sort((a, b) -> Boolean.compare(a.isMulticast(), b.isMulticast()));
        long hash = 0;
        int bits = to.promiscuous() ? NetworkConfig.COPY_ALL : 0;
        for (int i = 0; i < Math.max(EXACT, others.size()); i++) {
            if (i >= EXACT) {
                EthernetAddress a = others.get(i);
                hash |= 1L << HashFilter.index(a);
                bits |= a.isMulticast() ? NetworkConfig.MULTICAST_HASH : NetworkConfig.UNICAST_HASH;
            } else if (i < others.size()) {
                writeAddress(1 + i, others.get(i));
            } else {
                mac.write(Fxmac.SAB, 1 + i, 0); // switches it off
            }
        }
        if (to.allMulticast()) {
            hash = -1;
            bits |= NetworkConfig.MULTICAST_HASH;
        }
        mac.write(Fxmac.HASHL, (int) hash);
        mac.write(Fxmac.HASHH, (int) (hash >>> 32));
        mac.configure(FILTERS, bits);
    }

    /** The bottom switches the comparison off, the top on. */
    private void writeAddress(int i, EthernetAddress a) {
        long onTheWire = Long.reverseBytes(a.bits()) >>> 16;
        mac.write(Fxmac.SAB, i, (int) onTheWire);
        mac.write(Fxmac.SAT, i, (int) (onTheWire >>> 32));
    }

    /** The address in the first specific address register. */
    static EthernetAddress read(MacRegisters mac) {
        long onTheWire = mac.read(Fxmac.SAB, 0) & 0xffff_ffffL | (long) (mac.read(Fxmac.SAT, 0) & 0xffff) << 32;
        return new EthernetAddress(Long.reverseBytes(onTheWire) >>> 16);
    }

    @Override
    protected void applyFirstVlan(int vlan) {
        throw new DevException(DevError.UNSUPPORTED, name() + ": the device filters no VLANs");
    }

    @Override
    protected void applyVlan(int vlan, boolean on) {
        applyFirstVlan(vlan);
    }
}
