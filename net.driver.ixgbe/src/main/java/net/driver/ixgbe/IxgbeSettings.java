package net.driver.ixgbe;

import net.api.EthernetAddress;
import net.api.NetCapabilities;
import net.api.driver.CardSettings;
import net.api.driver.ReceiveMode;

/** How a device is told what is set: by its filters. */
final class IxgbeSettings extends CardSettings {
    private final Filters filters;

    IxgbeSettings(String name, NetCapabilities capabilities, Filters filters, IxgbeTxQueue[] tx, EthernetAddress mac, int mtu, ReceiveMode mode) {
        super(name, capabilities, tx, mac, mtu, mode);
        this.filters = filters;
    }

    /** Tells a device that begins all of it. */
    void start() {
        filters.setAddress(0, mac());
        filters.mtu(mtu());
        filters.apply(mode());
    }

    @Override
    protected void applyMtu(int to) {
        filters.mtu(to);
    }

    @Override
    protected void applyMac(EthernetAddress from, EthernetAddress to) {
        filters.setAddress(0, to);
    }

    @Override
    protected void applyMode(ReceiveMode from, ReceiveMode to) {
        filters.apply(to);
    }

    @Override
    protected void applyFirstVlan(int vlan) {
        filters.firstVlan(vlan);
    }

    @Override
    protected void applyVlan(int vlan, boolean on) {
        filters.vlan(vlan, on);
    }
}
