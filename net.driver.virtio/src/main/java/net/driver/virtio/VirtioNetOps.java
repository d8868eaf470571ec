package net.driver.virtio;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.DeviceType;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetCounter;
import net.api.NetDriverOps;
import net.api.NetStatistics;
import net.api.RegisterValue;
import net.api.RxQueue;
import net.api.TxQueue;

/** What applications get of an attached virtio card. */
final class VirtioNetOps implements NetDriverOps {
    private final String name;
    private final VirtioPci pci;
    private final NetBufPool pool;
    private final NetCapabilities capabilities;
    private final long offered;
    private final long features;
    private final VirtioRxQueue[] rx;
    private final VirtioTxQueue[] tx;
    private final VirtioSettings settings;

    VirtioNetOps(String name, VirtioPci pci, NetBufPool pool, NetCapabilities capabilities, long offered, long features, VirtioRxQueue[] rx, VirtioTxQueue[] tx,
            VirtioSettings settings) {
        this.name = name;
        this.pci = pci;
        this.pool = pool;
        this.capabilities = capabilities;
        this.offered = offered;
        this.features = features;
        this.rx = rx;
        this.tx = tx;
        this.settings = settings;
    }

    @Override
    public String deviceName() {
        return name;
    }

    @Override
    public DeviceType deviceType() {
        return DeviceType.NET;
    }

    @Override
    public EthernetAddress macAddress() {
        return settings.mac();
    }

    @Override
    public boolean canTransmit() {
        return tx[0].canTransmit();
    }

    @Override
    public boolean canReceive() {
        return rx[0].canReceive();
    }

    @Override
    public int rxQueueSize() {
        return rx[0].size();
    }

    @Override
    public int txQueueSize() {
        return tx[0].size();
    }

    @Override
    public NetBuf receive() {
        return rx[0].receive();
    }

    @Override
    public void recycleRxBuffer(NetBuf buf) {
        rx[0].recycle(buf);
    }

    @Override
    public int recycleTxBuffers() {
        return tx[0].reclaim();
    }

    @Override
    public NetBuf allocTxBuffer(int size) {
        int max = Math.min(maxFrameLength(), pool.dataRoom());
        if (size < MIN_FRAME || size > max) {
            throw new DevException(DevError.INVALID_PARAM, "%s: a frame of %d bytes is outside %d to %d".formatted(name, size, MIN_FRAME, max));
        }
        return tx[0].allocate(size);
    }

    @Override
    public boolean transmit(NetBuf buf) {
        return tx[0].transmit(buf);
    }

    @Override
    public RxQueue rxQueue(int index) {
        check("receive", index, rx.length);
        return rx[index];
    }

    @Override
    public TxQueue txQueue(int index) {
        check("transmit", index, tx.length);
        return tx[index];
    }

    private void check(String what, int index, int count) {
        if (index < 0 || index >= count) {
            throw new DevException(DevError.INVALID_PARAM, "%s has no %s queue %d: it has %d, from 0".formatted(name, what, index, count));
        }
    }

    @Override
    public NetBufPool pool() {
        return pool;
    }

    @Override
    public NetCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public LinkState link() {
        try {
            return pci.status() == VirtioPci.GONE ? LinkState.DOWN : NetSnapshot.link(name, pci, features);
        } catch (InternalError | IllegalStateException | DevException e) {
            return LinkState.DOWN;
        }
    }

    @Override
    public NetStatistics statistics() {
        long[] total = new long[RxRing.NO_BUF + 1];
        long txPackets = 0;
        long txBytes = 0;
        long rxKicks = 0;
        long txKicks = 0;
        long interrupts = 0;
        for (VirtioRxQueue q : rx) {
            for (int i = 0; i < total.length; i++) {
                total[i] += q.ring().counters().get(i);
            }
            rxKicks += q.ring().counters().get(RxRing.KICKS);
            interrupts += q.ring().counters().get(RxRing.INTERRUPTS);
        }
        for (VirtioTxQueue q : tx) {
            txPackets += q.ring().counters().get(TxRing.PACKETS);
            txBytes += q.ring().counters().get(TxRing.BYTES);
            txKicks += q.ring().counters().get(TxRing.KICKS);
        }
        List<NetCounter> extended = new ArrayList<>();
        extended.add(new NetCounter("rx_kicks", "events", rxKicks));
        extended.add(new NetCounter("rx_interrupts", "events", interrupts));
        extended.add(new NetCounter("tx_kicks", "events", txKicks));
        for (Violation v : Violation.values()) {
            long n = 0;
            for (VirtioRxQueue q : rx) {
                n += q.ring().counters().get(RxRing.VIOLATIONS + v.ordinal());
            }
            extended.add(new NetCounter("rx_" + v.counter(), "events", n));
        }
        for (Violation v : List.of(Violation.USED_IDX, Violation.USED_ID)) {
            long n = 0;
            for (VirtioTxQueue q : tx) {
                n += q.ring().counters().get(TxRing.VIOLATIONS + v.ordinal());
            }
            extended.add(new NetCounter("tx_" + v.counter(), "events", n));
        }
        return new NetStatistics(total[RxRing.PACKETS], txPackets, total[RxRing.BYTES], txBytes, 0, total[RxRing.ERRORS], 0,
                total[RxRing.NO_BUF], extended);
    }

    @Override
    public int mtu() {
        return settings.mtu();
    }

    @Override
    public boolean promiscuous() {
        return settings.promiscuous();
    }

    @Override
    public boolean allMulticast() {
        return settings.allMulticast();
    }

    @Override
    public List<RegisterValue> registers() {
        try {
            pci.alive("a look at its status");
            return RegisterDump.read(pci, offered);
        } catch (InternalError | IllegalStateException e) {
            throw new DevException(DevError.IO, name + " is gone: its registers are not there any more", e);
        }
    }

    @Override
    public void setMtu(int mtu) {
        settings.setMtu(mtu);
    }

    @Override
    public void setMacAddress(EthernetAddress mac) {
        settings.setMacAddress(mac);
    }

    @Override
    public void setPromiscuous(boolean on) {
        settings.setPromiscuous(on);
    }

    @Override
    public void setAllMulticast(boolean on) {
        settings.setAllMulticast(on);
    }

    @Override
    public void setMacFilters(Set<EthernetAddress> addresses) {
        settings.setMacFilters(addresses);
    }

    @Override
    public void setVlanFilter(int vlan, boolean on) {
        settings.setVlanFilter(vlan, on);
    }
}
