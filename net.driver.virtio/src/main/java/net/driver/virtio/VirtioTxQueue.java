package net.driver.virtio;

import java.util.Objects;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetBufPool;
import net.api.TxQueue;
import net.api.driver.OwnerGate;

/** A transmit queue: who may call; {@link TxRing} does the work. */
final class VirtioTxQueue implements TxQueue {
    private final int index;
    private final SplitRing queue;
    private final TxRing ring;
    private final NetBufPool pool;
    private final OwnerGate gate;
    private final NetBuf[] one = new NetBuf[1];
    private NetBufCache cache;

    /**
     * @param index the queue's number among the transmit queues
     * @param slots for the buffers that the device holds, as many as the queue has descriptors
     */
    VirtioTxQueue(int index, String device, SplitRing queue, NetBuf[] slots, TxChains chains, NetBufPool pool, Watch watch) {
        String name = "transmit queue " + index + " of " + device;
        this.index = index;
        this.queue = queue;
        this.pool = pool;
        gate = new OwnerGate(name);
        ring = new TxRing(name, queue, slots, chains, pool, watch);
    }

    TxRing ring() {
        return ring;
    }

    OwnerGate gate() {
        return gate;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int size() {
        return queue.size;
    }

    @Override
    public int transmit(NetBuf[] bufs, int from, int count) {
        Objects.checkFromIndexSize(from, count, bufs.length);
        enter();
        try {
            return ring.transmit(bufs, from, count);
        } finally {
            gate.leave();
        }
    }

    /** As {@link #transmit(NetBuf[], int, int)}, one frame. */
    boolean transmit(NetBuf buf) {
        enter();
        try {
            one[0] = buf;
            return ring.transmit(one, 0, 1) == 1;
        } finally {
            one[0] = null;
            gate.leave();
        }
    }

    @Override
    public boolean canTransmit() {
        try {
            return !gate.isClosed() && ring.canTransmit();
        } catch (InternalError | IllegalStateException e) {
            return false;
        }
    }

    @Override
    public int reclaim() {
        enter();
        try {
            return ring.reclaim();
        } finally {
            gate.leave();
        }
    }

    /** An owned buffer with a packet of that length, or null. */
    NetBuf allocate(int length) {
        enter();
        try {
            NetBuf b = cache.allocate();
            if (b != null) {
                b.setLength(length);
            }
            return b;
        } finally {
            gate.leave();
        }
    }

    @Override
    public void unbind() {
        gate.unbind();
    }

    private void enter() {
        if (gate.enter()) {
            try {
                cache = pool.cache();
                ring.owner(cache);
            } catch (RuntimeException e) {
                gate.leave();
                gate.unbind();
                throw e;
            }
        }
    }
}
