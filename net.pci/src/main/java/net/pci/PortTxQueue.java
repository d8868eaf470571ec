package net.pci;

import java.util.Objects;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.TxQueue;

/** A transmit queue that is there whether its driver is or not. */
final class PortTxQueue implements TxQueue {
    private final int index;
    private volatile TxQueue now;
    private volatile int size;

    PortTxQueue(int index) {
        this.index = index;
    }

    /** The driver's queue from now on; null while there is none. */
    void become(TxQueue queue) {
        now = queue;
        size = queue == null ? size : queue.size();
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int transmit(NetBuf[] bufs, int from, int count) {
        TxQueue q = now;
        if (q == null) {
            Objects.checkFromIndexSize(from, count, bufs.length);
            return 0;
        }
        try {
            return q.transmit(bufs, from, count);
        } catch (DevException e) {
            return noneIfLeft(q, e);
        }
    }

    @Override
    public boolean canTransmit() {
        TxQueue q = now;
        return q != null && q.canTransmit();
    }

    @Override
    public int reclaim() {
        TxQueue q = now;
        if (q == null) {
            return 0;
        }
        try {
            return q.reclaim();
        } catch (DevException e) {
            return noneIfLeft(q, e);
        }
    }

    @Override
    public void unbind() {
        TxQueue q = now;
        if (q != null) {
            q.unbind();
        }
    }

    /** The queue of a driver that is leaving takes nothing; everything else is the caller's business. */
    private int noneIfLeft(TxQueue q, DevException e) {
        if (e.error() != DevError.BAD_STATE || now == q) {
            throw e;
        }
        return 0;
    }
}
