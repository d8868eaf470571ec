package net.app.fake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufPool;
import net.api.NetFeature;
import net.api.RxQueue;
import net.api.TxQueue;
import net.api.driver.OwnerGate;

/**
 * A card without a device: what a test puts in is received, what is transmitted can be looked at, or goes to another card. It keeps the contracts of the
 * queues word for word: owners, prefixes, refusals, closing.
 */
public final class FakeCard extends FakeSettings {
    public final List<byte[]> sent = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final Queue<NetBuf> arrived = new ArrayDeque<>();
    private final Queue<NetBuf> withDevice = new ArrayDeque<>();
    private final OwnerGate rxGate;
    private final OwnerGate txGate;
    private FakeCard peer;
    /** How many frames the ring takes before it is full; they leave when {@link #complete} is called, or at once. */
    private int ring = 256;
    private boolean holds;
    private long awaits;
    private long dropped;

    public FakeCard(String address, String mac, NetBufPool pool) {
        super(address, EthernetAddress.parse(mac), pool);
        this.rxGate = new OwnerGate("receive queue 0 of " + address);
        this.txGate = new OwnerGate("transmit queue 0 of " + address);
    }

    // ---- what tests do with it ----

    public FakeCard mtu(int bytes) {
        mtu = bytes;
        return this;
    }

    public FakeCard maxSegments(int n) {
        maxSegments = n;
        return this;
    }

    /** Frames stay in the ring until {@link #complete}. */
    public FakeCard holding(int ringSize) {
        ring = ringSize;
        holds = true;
        return this;
    }

    public FakeCard without(NetFeature... missing) {
        features.removeAll(Set.of(missing));
        return this;
    }

    public static void cable(FakeCard a, FakeCard b) {
        a.peer = b;
        b.peer = a;
    }

    /** A frame arrives. */
    public void arrive(NetBuf frame) {
        lock.lock();
        try {
            arrived.add(frame);
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public void arrive(byte[] bytes) {
        arrive(Pools.frame(pool, bytes, pool.dataRoom()));
    }

    /** The device is done with all that it holds. */
    public void complete() {
        lock.lock();
        try {
            for (NetBuf b = withDevice.poll(); b != null; b = withDevice.poll()) {
                deliver(b);
            }
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Detaches: queues are closed, frames in rings go back to the pool. */
    public void close() {
        rxGate.close(1_000_000_000);
        txGate.close(1_000_000_000);
        lock.lock();
        try {
            change.signalAll();
            arrived.forEach(NetBuf::release);
            arrived.clear();
            withDevice.forEach(b -> {
                b.fromDevice();
                b.release();
            });
            withDevice.clear();
        } finally {
            lock.unlock();
        }
    }

    public List<byte[]> sent() {
        lock.lock();
        try {
            return List.copyOf(sent);
        } finally {
            lock.unlock();
        }
    }

    public int sentCount() {
        return sent().size();
    }

    public long awaits() {
        lock.lock();
        try {
            return awaits;
        } finally {
            lock.unlock();
        }
    }

    public int inRing() {
        lock.lock();
        try {
            return withDevice.size();
        } finally {
            lock.unlock();
        }
    }

    private void deliver(NetBuf frame) {
        frame.fromDevice();
        byte[] bytes = frame.toByteArray();
        frame.release();
        if (peer == null) {
            sent.add(bytes);
            return;
        }
        NetBuf copy = peer.pool.allocate();
        if (copy == null) {
            dropped++;
            return;
        }
        copy.setLength(bytes.length);
        copy.copyFrom(0, bytes, 0, bytes.length);
        peer.arrive(copy);
    }

    // ---- the card ----

    private final RxQueue rx = new RxQueue() {
        @Override
        public int index() {
            return 0;
        }

        @Override
        public int size() {
            return 256;
        }

        @Override
        public int receive(NetBuf[] to, int from, int max) {
            rxGate.enter();
            try {
                lock.lock();
                try {
                    int n = 0;
                    while (n < max && !arrived.isEmpty()) {
                        to[from + n++] = arrived.poll();
                    }
                    return n;
                } finally {
                    lock.unlock();
                }
            } finally {
                rxGate.leave();
            }
        }

        @Override
        public boolean canReceive() {
            return !arrived.isEmpty();
        }

        @Override
        public boolean await(long timeoutNanos) throws InterruptedException {
            rxGate.enter();
            rxGate.leave();
            lock.lock();
            try {
                awaits++;
                long left = timeoutNanos;
                while (arrived.isEmpty() && !rxGate.isClosed() && left > 0) {
                    left = change.awaitNanos(left);
                }
                if (rxGate.isClosed()) {
                    throw rxGate.closedError();
                }
                return !arrived.isEmpty();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void unbind() {
            rxGate.unbind();
        }
    };

    private final TxQueue tx = new TxQueue() {
        @Override
        public int index() {
            return 0;
        }

        @Override
        public int size() {
            return ring;
        }

        @Override
        public int transmit(NetBuf[] bufs, int from, int count) {
            txGate.enter();
            try {
                lock.lock();
                try {
                    int n = 0;
                    for (; n < count && withDevice.size() < ring; n++) {
                        DevException wrong = check(bufs[from + n]);
                        if (wrong != null) {
                            if (n == 0) {
                                throw wrong;
                            }
                            break;
                        }
                        NetBuf b = bufs[from + n];
                        bufs[from + n] = null;
                        b.toDevice();
                        withDevice.add(b);
                    }
                    if (!holds) {
                        complete();
                    }
                    return n;
                } finally {
                    lock.unlock();
                }
            } finally {
                txGate.leave();
            }
        }

        @Override
        public boolean canTransmit() {
            return withDevice.size() < ring;
        }

        @Override
        public int reclaim() {
            txGate.enter();
            try {
                return inRing();
            } finally {
                txGate.leave();
            }
        }

        @Override
        public void unbind() {
            txGate.unbind();
        }
    };

    private DevException check(NetBuf b) {
        if (b == null) {
            return new DevException(DevError.INVALID_PARAM, "no frame");
        }
        if (!b.isOwned()) {
            return new DevException(DevError.BAD_STATE, b + " is not owned");
        }
        int segments = 0;
        for (NetBuf s = b; s != null; s = s.next()) {
            segments++;
            if (s.pool() != pool) {
                return new DevException(DevError.INVALID_PARAM, s + " is of another pool");
            }
            if (s.references() != 1) {
                return new DevException(DevError.RESOURCE_BUSY, s + " is shared");
            }
        }
        int length = b.frameLength();
        if (length < MIN_FRAME || length > maxFrameLength() || segments > maxSegments) {
            return new DevException(DevError.INVALID_PARAM, length + " bytes in " + segments + " buffers cannot be sent");
        }
        return null;
    }

    @Override
    public boolean canTransmit() {
        return tx.canTransmit();
    }

    @Override
    public boolean canReceive() {
        return rx.canReceive();
    }

    @Override
    public int rxQueueSize() {
        return rx.size();
    }

    @Override
    public int txQueueSize() {
        return tx.size();
    }

    @Override
    public NetBuf receive() {
        NetBuf[] one = new NetBuf[1];
        return rx.receive(one, 0, 1) == 1 ? one[0] : null;
    }

    @Override
    public void recycleRxBuffer(NetBuf buf) {
        buf.release();
    }

    @Override
    public int recycleTxBuffers() {
        return tx.reclaim();
    }

    @Override
    public NetBuf allocTxBuffer(int size) {
        NetBuf b = pool.allocate();
        if (b != null) {
            b.setLength(size);
        }
        return b;
    }

    @Override
    public boolean transmit(NetBuf buf) {
        return tx.transmit(new NetBuf[] {buf}, 0, 1) == 1;
    }

    @Override
    public RxQueue rxQueue(int index) {
        return rx;
    }

    @Override
    public TxQueue txQueue(int index) {
        return tx;
    }

    @Override
    void refuseIfClosed() {
        if (rxGate.isClosed()) {
            throw rxGate.closedError();
        }
    }
}
