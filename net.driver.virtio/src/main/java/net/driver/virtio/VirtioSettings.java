package net.driver.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetDriverOps;
import net.hw.virtio.Feature;
import net.hw.virtio.NetControl;

/** What can be changed while the card runs, from any thread, one change at a time. A change that fails leaves everything as it was. */
final class VirtioSettings {
    /** Addresses of one kind that are given to the device; with more, it is opened for that kind. Devices hold fewer and then open themselves. */
    private static final int MAX_ADDRESSES = 256;
    /** Data of the longest command: two tables of addresses. 5.1.6.5.2. */
    static final int MAX_DATA = 2 * (4 + MAX_ADDRESSES * EthernetAddress.BYTES);
    private static final int VLANS = 4095;
    private static final long LOCK_MILLIS = 200;

    private final String name;
    private final long features;
    /** Null without CTRL_VQ. */
    private final ControlQueue control;
    private final VirtioTxQueue[] tx;
    private final int minMtu;
    private final int maxMtu;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;
    private boolean promisc;
    private boolean allMulti;
    private Set<EthernetAddress> filters = Set.of();
    private final BitSet vlans = new BitSet(VLANS);
    private boolean vlanFiltering;
    private volatile EthernetAddress mac;
    private volatile int mtu;
    private volatile boolean promiscuous;
    private volatile boolean allMulticast;

    VirtioSettings(String name, long features, ControlQueue control, VirtioTxQueue[] tx, EthernetAddress mac, int minMtu, int maxMtu) {
        this.name = name;
        this.features = features;
        this.control = control;
        this.tx = tx;
        this.mac = mac;
        this.minMtu = minMtu;
        this.maxMtu = maxMtu;
        // Without CTRL_RX a device filters nothing that it can be told about.
        promiscuous = !Feature.CTRL_RX.in(features);
        allMulticast = promiscuous;
    }

    /**
     * Brings a device that was just started to a known state, whatever it has after a reset: 5.1.6.5.1 leaves that open.
     *
     * @param wantedMac the address to receive under
     * @param pairs queue pairs to use
     */
    void start(EthernetAddress wantedMac, boolean wantPromiscuous, boolean wantAllMulticast, int pairs) {
        if (Feature.MQ.in(features)) {
            control.command("use " + pairs + " queue pairs", NetControl.MQ, NetControl.MQ_VQ_PAIRS_SET, new byte[] {(byte) pairs, (byte) (pairs >>> 8)});
        }
        if (!wantedMac.equals(mac) || !Feature.MAC.in(features) && Feature.CTRL_MAC_ADDR.in(features)) {
            setMac(wantedMac);
        }
        if (Feature.CTRL_RX.in(features)) {
            switchMode(NetControl.RX_PROMISC, wantPromiscuous);
            switchMode(NetControl.RX_ALLMULTI, wantAllMulticast);
            promisc = wantPromiscuous;
            allMulti = wantAllMulticast;
            promiscuous = wantPromiscuous;
            allMulticast = wantAllMulticast;
        }
        if (Feature.CTRL_VLAN.in(features)) {
            // A device that filters VLANs begins with an empty table: 5.1.6.5.3. Until somebody filters, all are to pass.
            control.commands("receive all VLANs", NetControl.VLAN, NetControl.VLAN_ADD, IntStream.range(0, VLANS));
        }
    }

    /** Waits for a change under way, and refuses further ones. */
    void close() {
        boolean locked = false;
        try {
            locked = lock.tryLock(LOCK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closed = true;
        if (locked) {
            lock.unlock();
        }
    }

    EthernetAddress mac() {
        return mac;
    }

    int mtu() {
        return mtu;
    }

    boolean promiscuous() {
        return promiscuous;
    }

    boolean allMulticast() {
        return allMulticast;
    }

    void setMtu(int wanted) {
        change(() -> {
            if (wanted < minMtu || wanted > maxMtu) {
                throw new DevException(DevError.INVALID_PARAM, "%s: MTU %d is outside %d to %d".formatted(name, wanted, minMtu, maxMtu));
            }
            for (VirtioTxQueue q : tx) {
                q.ring().setMaxFrame(wanted + NetDriverOps.FRAME_OVERHEAD);
            }
            mtu = wanted;
        });
    }

    void setMacAddress(EthernetAddress wanted) {
        if (!wanted.isValidUnicast()) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %s cannot be a card's address: it must be a unicast address".formatted(name, wanted));
        }
        change(() -> {
            need(Feature.CTRL_MAC_ADDR, "change its MAC address");
            setMac(wanted);
        });
    }

    private void setMac(EthernetAddress wanted) {
        control.command("set the MAC address to " + wanted, NetControl.MAC, NetControl.MAC_ADDR_SET, wanted.toBytes());
        mac = wanted;
    }

    void setPromiscuous(boolean on) {
        change(() -> {
            need(Feature.CTRL_RX, "switch promiscuous reception");
            receive(on, allMulti, filters);
            promiscuous = on;
        });
    }

    void setAllMulticast(boolean on) {
        change(() -> {
            need(Feature.CTRL_RX, "switch multicast reception");
            receive(promisc, on, filters);
            allMulticast = on;
        });
    }

    void setMacFilters(Set<EthernetAddress> addresses) {
        if (addresses.contains(EthernetAddress.ZERO)) {
            throw new DevException(DevError.INVALID_PARAM, "%s: %s is no address to receive under".formatted(name, EthernetAddress.ZERO));
        }
        change(() -> {
            need(Feature.CTRL_RX, "filter MAC addresses");
            receive(promisc, allMulti, Set.copyOf(addresses));
        });
    }

    /** Goes to another receive mode; on the way the device receives more than either asks for, never less. */
    private void receive(boolean toPromisc, boolean toAllMulti, Set<EthernetAddress> to) {
        boolean wasPromisc = promisc || unicast(filters).size() > MAX_ADDRESSES;
        boolean wasAllMulti = allMulti || multicast(filters).size() > MAX_ADDRESSES;
        boolean isPromisc = toPromisc || unicast(to).size() > MAX_ADDRESSES;
        boolean isAllMulti = toAllMulti || multicast(to).size() > MAX_ADDRESSES;
        try {
            if (isPromisc && !wasPromisc) {
                switchMode(NetControl.RX_PROMISC, true);
            }
            if (isAllMulti && !wasAllMulti) {
                switchMode(NetControl.RX_ALLMULTI, true);
            }
            if (!to.equals(filters)) {
                setTables(to);
            }
            if (!isAllMulti && wasAllMulti) {
                switchMode(NetControl.RX_ALLMULTI, false);
            }
            if (!isPromisc && wasPromisc) {
                switchMode(NetControl.RX_PROMISC, false);
            }
        } catch (DevException e) {
            undo(e, () -> {
                switchMode(NetControl.RX_PROMISC, wasPromisc);
                switchMode(NetControl.RX_ALLMULTI, wasAllMulti);
                setTables(filters);
            });
            throw e;
        }
        promisc = toPromisc;
        allMulti = toAllMulti;
        filters = to;
    }

    private static List<EthernetAddress> unicast(Set<EthernetAddress> all) {
        return new TreeSet<>(all).stream().filter(a -> !a.isMulticast()).toList();
    }

    private static List<EthernetAddress> multicast(Set<EthernetAddress> all) {
        return new TreeSet<>(all).stream().filter(a -> a.isMulticast() && !a.isBroadcast()).toList();
    }

    private void switchMode(int command, boolean on) {
        control.command((on ? "turn on " : "turn off ") + (command == NetControl.RX_PROMISC ? "promiscuous" : "all-multicast") + " reception",
                NetControl.RX, command, new byte[] {(byte) (on ? 1 : 0)});
    }

    private void setTables(Set<EthernetAddress> all) {
        ByteBuffer data = ByteBuffer.allocate(MAX_DATA).order(ByteOrder.LITTLE_ENDIAN);
        for (List<EthernetAddress> table : List.of(unicast(all), multicast(all))) {
            int n = table.size() > MAX_ADDRESSES ? 0 : table.size();
            data.putInt(n);
            table.stream().limit(n).forEach(a -> data.put(a.toBytes()));
        }
        byte[] bytes = new byte[data.position()];
        data.flip().get(bytes);
        control.command("filter %d MAC addresses".formatted(all.size()), NetControl.MAC, NetControl.MAC_TABLE_SET, bytes);
    }

    void setVlanFilter(int vlan, boolean on) {
        if (vlan < 0 || vlan >= VLANS) {
            throw new DevException(DevError.INVALID_PARAM, "%s: VLAN %d is outside 0 to %d".formatted(name, vlan, VLANS - 1));
        }
        change(() -> {
            need(Feature.CTRL_VLAN, "filter VLANs");
            if (!vlanFiltering && on) {
                filterAllBut(vlan);
            } else if (vlanFiltering && on != vlans.get(vlan)) {
                control.commands((on ? "receive VLAN " : "drop VLAN ") + vlan, NetControl.VLAN, on ? NetControl.VLAN_ADD : NetControl.VLAN_DEL,
                        IntStream.of(vlan));
                vlans.set(vlan, on);
            }
        });
    }

    private void filterAllBut(int vlan) {
        try {
            control.commands("drop all VLANs but " + vlan, NetControl.VLAN, NetControl.VLAN_DEL, IntStream.range(0, VLANS).filter(v -> v != vlan));
        } catch (DevException e) {
            undo(e, () -> control.commands("receive all VLANs again", NetControl.VLAN, NetControl.VLAN_ADD, IntStream.range(0, VLANS)));
            throw e;
        }
        vlanFiltering = true;
        vlans.set(vlan);
    }

    private static void undo(DevException failure, Runnable back) {
        try {
            back.run();
        } catch (DevException e) {
            failure.addSuppressed(e);
        }
    }

    private void need(Feature feature, String what) {
        if (!feature.in(features)) {
            throw new DevException(DevError.UNSUPPORTED, "%s: the device cannot %s: it does not offer %s".formatted(name, what, feature));
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            if (closed) {
                throw new DevException(DevError.BAD_STATE, name + " was detached: look for its service again");
            }
            change.run();
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, name + ": the device is gone: its memory is not there any more", e);
        } finally {
            lock.unlock();
        }
    }
}
