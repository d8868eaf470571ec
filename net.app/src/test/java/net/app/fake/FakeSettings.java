package net.app.fake;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.DeviceType;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.NetStatistics;
import net.api.RegisterValue;

/** What is set on a card without a device, and what it says of itself. */
abstract class FakeSettings implements NetDriverOps {
    public final NetBufPool pool;
    public final String address;
    final Set<NetFeature> features = EnumSet.of(NetFeature.RX_INTERRUPT, NetFeature.PROMISCUOUS, NetFeature.MAC_FILTER, NetFeature.ALL_MULTICAST);
    private EthernetAddress mac;
    private Set<EthernetAddress> filters = Set.of();
    private boolean promiscuous;
    private boolean allMulticast;
    int mtu = 1500;
    int maxSegments = 8;

    FakeSettings(String address, EthernetAddress mac, NetBufPool pool) {
        this.address = address;
        this.mac = mac;
        this.pool = pool;
    }

    /** @throws DevException BAD_STATE if it was detached */
    abstract void refuseIfClosed();

    public Set<EthernetAddress> filters() {
        return filters;
    }

    @Override
    public String deviceName() {
        return address;
    }

    @Override
    public DeviceType deviceType() {
        return DeviceType.NET;
    }

    @Override
    public EthernetAddress macAddress() {
        return mac;
    }

    @Override
    public NetBufPool pool() {
        return pool;
    }

    @Override
    public NetCapabilities capabilities() {
        return new NetCapabilities(features, 1, 1, 68, 9000, maxSegments, 4);
    }

    @Override
    public LinkState link() {
        return LinkState.UP;
    }

    @Override
    public NetStatistics statistics() {
        return new NetStatistics(0, 0, 0, 0, 0, 0, 0, 0, List.of());
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean promiscuous() {
        return promiscuous;
    }

    @Override
    public boolean allMulticast() {
        return allMulticast;
    }

    @Override
    public List<RegisterValue> registers() {
        return List.of();
    }

    @Override
    public void setMtu(int bytes) {
        mtu = bytes;
    }

    @Override
    public void setMacAddress(EthernetAddress address) {
        mac = address;
    }

    @Override
    public void setPromiscuous(boolean on) {
        need(NetFeature.PROMISCUOUS);
        promiscuous = on;
    }

    @Override
    public void setAllMulticast(boolean on) {
        need(NetFeature.ALL_MULTICAST);
        allMulticast = on;
    }

    @Override
    public void setMacFilters(Set<EthernetAddress> addresses) {
        need(NetFeature.MAC_FILTER);
        filters = Set.copyOf(addresses);
    }

    @Override
    public void setVlanFilter(int vlan, boolean on) {
        need(NetFeature.VLAN_FILTER);
    }

    private void need(NetFeature feature) {
        if (!features.contains(feature)) {
            throw new DevException(DevError.UNSUPPORTED, address + " has no " + feature);
        }
        refuseIfClosed();
        if (Thread.currentThread().isInterrupted()) {
            throw new DevException(DevError.IO, address + " was interrupted while it waited for the device");
        }
    }
}
