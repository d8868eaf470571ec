package net.pci;

import java.util.Set;
import net.api.EthernetAddress;
import net.api.ForwardingOps;
import net.api.NetDriverOps;

/** A driver's card as users get it: what they set is remembered. Queues are the driver's own. */
final class Card extends ForwardingOps {
    private final NetDriverOps ops;
    private final UserSettings settings;

    Card(NetDriverOps ops, UserSettings settings) {
        this.ops = ops;
        this.settings = settings;
    }

    @Override
    protected NetDriverOps ops() {
        return ops;
    }

    @Override
    public void setMtu(int mtu) {
        settings.setMtu(ops, mtu);
    }

    @Override
    public void setMacAddress(EthernetAddress mac) {
        settings.setMacAddress(ops, mac);
    }

    @Override
    public void setPromiscuous(boolean on) {
        settings.setPromiscuous(ops, on);
    }

    @Override
    public void setAllMulticast(boolean on) {
        settings.setAllMulticast(ops, on);
    }

    @Override
    public void setMacFilters(Set<EthernetAddress> addresses) {
        settings.setMacFilters(ops, addresses);
    }

    @Override
    public void setVlanFilter(int vlan, boolean on) {
        settings.setVlanFilter(ops, vlan, on);
    }
}
