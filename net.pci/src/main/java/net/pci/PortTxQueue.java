package net.pci;

import java.util.Objects;
import net.api.DevException;
import net.api.NetBuf;
import net.api.TxQueue;

/** A transmit queue that is there whether its driver is or not. */
final class PortTxQueue extends PortQueue<TxQueue> implements TxQueue {
    PortTxQueue(int index) {
        super(index);
    }

    @Override
    int sizeOf(TxQueue queue) {
        return queue.size();
    }

    @Override
    public int transmit(NetBuf[] bufs, int from, int count) {
        TxQueue q = now();
        if (q == null) {
            Objects.checkFromIndexSize(from, count, bufs.length);
            return 0;
        }
        try {
            return q.transmit(bufs, from, count);
        } catch (DevException e) {
            unlessLeft(q, e);
            return 0;
        }
    }

    @Override
    public boolean canTransmit() {
        TxQueue q = now();
        return q != null && q.canTransmit();
    }

    @Override
    public int reclaim() {
        TxQueue q = now();
        if (q == null) {
            return 0;
        }
        try {
            return q.reclaim();
        } catch (DevException e) {
            unlessLeft(q, e);
            return 0;
        }
    }

    @Override
    public void unbind() {
        TxQueue q = now();
        if (q != null) {
            q.unbind();
        }
    }
}
