package net.api;

import java.util.List;
import java.util.Set;

/** A card that is another one in all that a subclass does not say otherwise. */
public abstract class ForwardingOps implements NetDriverOps {
    /** The other one. */
    protected abstract NetDriverOps ops();

    @Override
    public void setMtu(int mtu) {
        ops().setMtu(mtu);
    }

    @Override
    public void setMacAddress(EthernetAddress mac) {
        ops().setMacAddress(mac);
    }

    @Override
    public void setPromiscuous(boolean on) {
        ops().setPromiscuous(on);
    }

    @Override
    public void setAllMulticast(boolean on) {
        ops().setAllMulticast(on);
    }

    @Override
    public void setMacFilters(Set<EthernetAddress> addresses) {
        ops().setMacFilters(addresses);
    }

    @Override
    public void setVlanFilter(int vlan, boolean on) {
        ops().setVlanFilter(vlan, on);
    }

    @Override
    public String deviceName() {
        return ops().deviceName();
    }

    @Override
    public DeviceType deviceType() {
        return ops().deviceType();
    }

    @Override
    public EthernetAddress macAddress() {
        return ops().macAddress();
    }

    @Override
    public boolean canTransmit() {
        return ops().canTransmit();
    }

    @Override
    public boolean canReceive() {
        return ops().canReceive();
    }

    @Override
    public int rxQueueSize() {
        return ops().rxQueueSize();
    }

    @Override
    public int txQueueSize() {
        return ops().txQueueSize();
    }

    @Override
    public NetBuf receive() {
        return ops().receive();
    }

    @Override
    public void recycleRxBuffer(NetBuf buf) {
        ops().recycleRxBuffer(buf);
    }

    @Override
    public int recycleTxBuffers() {
        return ops().recycleTxBuffers();
    }

    @Override
    public NetBuf allocTxBuffer(int size) {
        return ops().allocTxBuffer(size);
    }

    @Override
    public boolean transmit(NetBuf buf) {
        return ops().transmit(buf);
    }

    @Override
    public RxQueue rxQueue(int index) {
        return ops().rxQueue(index);
    }

    @Override
    public TxQueue txQueue(int index) {
        return ops().txQueue(index);
    }

    @Override
    public NetBufPool pool() {
        return ops().pool();
    }

    @Override
    public NetCapabilities capabilities() {
        return ops().capabilities();
    }

    @Override
    public LinkState link() {
        return ops().link();
    }

    @Override
    public NetStatistics statistics() {
        return ops().statistics();
    }

    @Override
    public int mtu() {
        return ops().mtu();
    }

    @Override
    public int maxFrameLength() {
        return ops().maxFrameLength();
    }

    @Override
    public boolean promiscuous() {
        return ops().promiscuous();
    }

    @Override
    public boolean allMulticast() {
        return ops().allMulticast();
    }

    @Override
    public List<RegisterValue> registers() {
        return ops().registers();
    }

    @Override
    public String toString() {
        return ops().toString();
    }
}
