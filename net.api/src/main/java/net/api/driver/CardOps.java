package net.api.driver;

import java.util.List;
import java.util.stream.Stream;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.DeviceType;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetCapabilities;
import net.api.NetCounter;
import net.api.NetDriverOps;
import net.api.NetStatistics;
import net.api.RxQueue;
import net.api.TxQueue;
import org.osgi.annotation.versioning.ConsumerType;

/** What applications get of any attached card: its queues, the single-packet operations on queue 0, its settings. A driver adds what only it can ask. */
@ConsumerType
public abstract class CardOps implements NetDriverOps {
    private final String name;
    private final NetBufPool pool;
    private final NetCapabilities capabilities;
    private final OwnedRxQueue[] rx;
    private final OwnedTxQueue[] tx;
    private final CardSettings settings;

    /**
     * @param name the device's address in the runtime
     * @param rx 1 or more
     * @param tx 1 or more
     */
    protected CardOps(String name, NetBufPool pool, NetCapabilities capabilities, OwnedRxQueue[] rx, OwnedTxQueue[] tx, CardSettings settings) {
        this.name = name;
        this.pool = pool;
        this.capabilities = capabilities;
        this.rx = rx.clone();
        this.tx = tx.clone();
        this.settings = settings;
    }

    // ---- what a driver may use ----

    /** The sum of a counter of all receive queues. */
    protected final long rxTotal(int counter) {
        long n = 0;
        for (OwnedRxQueue q : rx) {
            n += q.counters().get(counter);
        }
        return n;
    }

    /** The sum of a counter of all transmit queues. */
    protected final long txTotal(int counter) {
        long n = 0;
        for (OwnedTxQueue q : tx) {
            n += q.counters().get(counter);
        }
        return n;
    }

    /**
     * What the queues counted, and what the device did.
     *
     * @param missed frames that it dropped because no buffer was posted
     * @param errors frames that it dropped itself for their errors
     */
    protected final NetStatistics statistics(long missed, long errors, List<NetCounter> extended) {
        return new NetStatistics(rxTotal(OwnedRxQueue.PACKETS), txTotal(OwnedTxQueue.PACKETS), rxTotal(OwnedRxQueue.BYTES), txTotal(OwnedTxQueue.BYTES), missed,
                rxTotal(OwnedRxQueue.ERRORS) + errors, txTotal(OwnedTxQueue.ERRORS), rxTotal(OwnedRxQueue.NO_BUF), extended);
    }

    /**
     * For {@link DriverInstance#stop}: closes all queues and the settings.
     *
     * @param timeoutNanos longest wait for the queues' owners together, in nanoseconds
     * @return true if nobody is in a queue any more
     */
    public final boolean close(long timeoutNanos) {
        List<OwnerGate> gates = Stream.of(rx, tx).<OwnedQueue>flatMap(Stream::of).map(OwnedQueue::gate).toList();
        boolean left = OwnerGate.close(gates, timeoutNanos);
        settings.close();
        return left;
    }

    // ---- NetDriverOps ----

    @Override
    public final String deviceName() {
        return name;
    }

    @Override
    public final DeviceType deviceType() {
        return DeviceType.NET;
    }

    @Override
    public final EthernetAddress macAddress() {
        return settings.mac();
    }

    @Override
    public final boolean canTransmit() {
        return tx[0].canTransmit();
    }

    @Override
    public final boolean canReceive() {
        return rx[0].canReceive();
    }

    @Override
    public final int rxQueueSize() {
        return rx[0].size();
    }

    @Override
    public final int txQueueSize() {
        return tx[0].size();
    }

    @Override
    public final NetBuf receive() {
        return rx[0].receive();
    }

    @Override
    public final void recycleRxBuffer(NetBuf buf) {
        rx[0].recycle(buf);
    }

    @Override
    public final int recycleTxBuffers() {
        return tx[0].reclaim();
    }

    @Override
    public final NetBuf allocTxBuffer(int size) {
        int max = Math.min(maxFrameLength(), pool.dataRoom());
        if (size < MIN_FRAME || size > max) {
            throw new DevException(DevError.INVALID_PARAM, "%s: a frame of %d bytes is outside %d to %d".formatted(name, size, MIN_FRAME, max));
        }
        return tx[0].allocate(size);
    }

    @Override
    public final boolean transmit(NetBuf buf) {
        return tx[0].transmit(buf);
    }

    @Override
    public final RxQueue rxQueue(int index) {
        check("receive", index, rx.length);
        return rx[index];
    }

    @Override
    public final TxQueue txQueue(int index) {
        check("transmit", index, tx.length);
        return tx[index];
    }

    private void check(String what, int index, int count) {
        if (index < 0 || index >= count) {
            throw new DevException(DevError.INVALID_PARAM, "%s has no %s queue %d: it has %d, from 0".formatted(name, what, index, count));
        }
    }

    @Override
    public final NetBufPool pool() {
        return pool;
    }

    @Override
    public final NetCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public final int mtu() {
        return settings.mtu();
    }

    @Override
    public final boolean promiscuous() {
        return settings.mode().promiscuous();
    }

    @Override
    public final boolean allMulticast() {
        return settings.mode().allMulticast();
    }

    @Override
    public final void setMtu(int mtu) {
        settings.setMtu(mtu);
    }

    @Override
    public final void setMacAddress(EthernetAddress mac) {
        settings.setMacAddress(mac);
    }

    @Override
    public final void setPromiscuous(boolean on) {
        settings.setPromiscuous(on);
    }

    @Override
    public final void setAllMulticast(boolean on) {
        settings.setAllMulticast(on);
    }

    @Override
    public final void setMacFilters(Set<EthernetAddress> addresses) {
        settings.setMacFilters(addresses);
    }

    @Override
    public final void setVlanFilter(int vlan, boolean on) {
        settings.setVlanFilter(vlan, on);
    }
}
