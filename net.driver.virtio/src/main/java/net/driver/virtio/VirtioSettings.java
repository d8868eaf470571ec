package net.driver.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetCapabilities;
import net.api.driver.CardSettings;
import net.api.driver.ReceiveMode;
import net.hw.virtio.Feature;
import net.hw.virtio.NetControl;

/** How a device is told what is set: by commands in its control queue. */
final class VirtioSettings extends CardSettings {
    /** Addresses of one kind that are given to the device; with more, it is opened for that kind. Devices hold fewer and then open themselves. */
    private static final int MAX_ADDRESSES = 256;
    /** Data of the longest command: two tables of addresses. 5.1.6.5.2. */
    static final int MAX_DATA = 2 * (4 + MAX_ADDRESSES * EthernetAddress.BYTES);

    private final long features;
    /** Null without CTRL_VQ. */
    private final ControlQueue control;

    VirtioSettings(String name, NetCapabilities capabilities, long features, ControlQueue control, VirtioTxQueue[] tx, EthernetAddress mac, int mtu) {
        // Without CTRL_RX a device filters nothing that it can be told about.
        super(name, capabilities, tx, mac, mtu, ReceiveMode.of(!Feature.CTRL_RX.in(features), !Feature.CTRL_RX.in(features)));
        this.features = features;
        this.control = control;
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
        if (!wantedMac.equals(mac()) || !Feature.MAC.in(features) && Feature.CTRL_MAC_ADDR.in(features)) {
            startMac(wantedMac);
        }
        if (Feature.CTRL_RX.in(features)) {
            switchMode(NetControl.RX_PROMISC, wantPromiscuous);
            switchMode(NetControl.RX_ALLMULTI, wantAllMulticast);
            startedMode(ReceiveMode.of(wantPromiscuous, wantAllMulticast));
        }
        if (Feature.CTRL_VLAN.in(features)) {
            // A device that filters VLANs begins with an empty table: 5.1.6.5.3. Until somebody filters, all are to pass.
            control.commands("receive all VLANs", NetControl.VLAN, NetControl.VLAN_ADD, IntStream.range(0, VLANS));
        }
    }

    /** The device is not told: it passes what fits in the posted buffers. */
    @Override
    protected void applyMtu(int to) {
    }

    @Override
    protected void applyMac(EthernetAddress from, EthernetAddress to) {
        control.command("set the MAC address to " + to, NetControl.MAC, NetControl.MAC_ADDR_SET, to.toBytes());
    }

    @Override
    protected void applyMode(ReceiveMode from, ReceiveMode to) {
        boolean wasPromisc = promiscuous(from);
        boolean wasAllMulti = allMulticast(from);
        boolean isPromisc = promiscuous(to);
        boolean isAllMulti = allMulticast(to);
        try {
            if (isPromisc && !wasPromisc) {
                switchMode(NetControl.RX_PROMISC, true);
            }
            if (isAllMulti && !wasAllMulti) {
                switchMode(NetControl.RX_ALLMULTI, true);
            }
            if (!to.filters().equals(from.filters())) {
                setTables(to.filters());
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
                setTables(from.filters());
            });
            throw e;
        }
    }

    private static boolean promiscuous(ReceiveMode m) {
        return m.promiscuous() || unicast(m.filters()).size() > MAX_ADDRESSES;
    }

    private static boolean allMulticast(ReceiveMode m) {
        return m.allMulticast() || multicast(m.filters()).size() > MAX_ADDRESSES;
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

    @Override
    protected void applyFirstVlan(int vlan) {
        try {
            control.commands("drop all VLANs but " + vlan, NetControl.VLAN, NetControl.VLAN_DEL, IntStream.range(0, VLANS).filter(v -> v != vlan));
        } catch (DevException e) {
            undo(e, () -> control.commands("receive all VLANs again", NetControl.VLAN, NetControl.VLAN_ADD, IntStream.range(0, VLANS)));
            throw e;
        }
    }

    @Override
    protected void applyVlan(int vlan, boolean on) {
        control.commands((on ? "receive VLAN " : "drop VLAN ") + vlan, NetControl.VLAN, on ? NetControl.VLAN_ADD : NetControl.VLAN_DEL, IntStream.of(vlan));
    }
}
