package net.pci;

import java.util.List;
import java.util.Set;
import net.api.DeviceType;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.NetStatistics;
import net.api.RegisterValue;
import net.api.RxQueue;
import net.api.TxQueue;

/** A driver's card as users get it: what they set is remembered. Queues are the driver's own. */
final class Card implements NetDriverOps {
    private final NetDriverOps ops;
    private final UserSettings settings;

    Card(NetDriverOps ops, UserSettings settings) {
        this.ops = ops;
        this.settings = settings;
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

    // ---- everything else is the driver's ----

    @Override
    public String deviceName() {
        return ops.deviceName();
    }

    @Override
    public DeviceType deviceType() {
        return ops.deviceType();
    }

    @Override
    public EthernetAddress macAddress() {
        return ops.macAddress();
    }

    @Override
    public boolean canTransmit() {
        return ops.canTransmit();
    }

    @Override
    public boolean canReceive() {
        return ops.canReceive();
    }

    @Override
    public int rxQueueSize() {
        return ops.rxQueueSize();
    }

    @Override
    public int txQueueSize() {
        return ops.txQueueSize();
    }

    @Override
    public NetBuf receive() {
        return ops.receive();
    }

    @Override
    public void recycleRxBuffer(NetBuf buf) {
        ops.recycleRxBuffer(buf);
    }

    @Override
    public int recycleTxBuffers() {
        return ops.recycleTxBuffers();
    }

    @Override
    public NetBuf allocTxBuffer(int size) {
        return ops.allocTxBuffer(size);
    }

    @Override
    public boolean transmit(NetBuf buf) {
        return ops.transmit(buf);
    }

    @Override
    public RxQueue rxQueue(int index) {
        return ops.rxQueue(index);
    }

    @Override
    public TxQueue txQueue(int index) {
        return ops.txQueue(index);
    }

    @Override
    public NetBufPool pool() {
        return ops.pool();
    }

    @Override
    public NetCapabilities capabilities() {
        return ops.capabilities();
    }

    @Override
    public LinkState link() {
        return ops.link();
    }

    @Override
    public NetStatistics statistics() {
        return ops.statistics();
    }

    @Override
    public int mtu() {
        return ops.mtu();
    }

    @Override
    public int maxFrameLength() {
        return ops.maxFrameLength();
    }

    @Override
    public boolean promiscuous() {
        return ops.promiscuous();
    }

    @Override
    public boolean allMulticast() {
        return ops.allMulticast();
    }

    @Override
    public List<RegisterValue> registers() {
        return ops.registers();
    }

    @Override
    public String toString() {
        return ops.toString();
    }
}
