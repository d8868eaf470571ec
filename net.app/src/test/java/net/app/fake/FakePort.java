package net.app.fake;

import java.util.Optional;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.RxQueue;
import net.api.TxQueue;

/** A port with one queue each way, whose card comes and goes as the test wants. */
public final class FakePort implements NetPort {
    private volatile NetDriverOps card;

    public FakePort(NetDriverOps card) {
        this.card = card;
    }

    public void become(NetDriverOps now) {
        card = now;
    }

    @Override
    public String device() {
        return "test/port";
    }

    @Override
    public Optional<NetDriverOps> card() {
        return Optional.ofNullable(card);
    }

    /** What queues of both directions say of themselves. */
    private abstract static class Queue {
        final int index;

        Queue(int index) {
            this.index = index;
        }

        public int index() {
            return index;
        }

        public int size() {
            return 0;
        }
    }

    @Override
    public RxQueue rxQueue(int index) {
        return new Rx(index);
    }

    @Override
    public TxQueue txQueue(int index) {
        return new Tx(index);
    }

    private final class Rx extends Queue implements RxQueue {
        Rx(int index) {
            super(index);
        }

        @Override
        public int receive(NetBuf[] to, int from, int max) {
            NetDriverOps c = card;
            return c == null ? 0 : c.rxQueue(index).receive(to, from, max);
        }

        @Override
        public boolean canReceive() {
            NetDriverOps c = card;
            return c != null && c.canReceive();
        }

        @Override
        public boolean await(long timeoutNanos) throws InterruptedException {
            NetDriverOps c = card;
            return c != null && c.rxQueue(index).await(Math.min(timeoutNanos, 1_000_000));
        }

        @Override
        public void unbind() {
            card().ifPresent(c -> c.rxQueue(index).unbind());
        }
    }

    private final class Tx extends Queue implements TxQueue {
        Tx(int index) {
            super(index);
        }

        @Override
        public int transmit(NetBuf[] bufs, int from, int count) {
            NetDriverOps c = card;
            return c == null ? 0 : c.txQueue(index).transmit(bufs, from, count);
        }

        @Override
        public boolean canTransmit() {
            NetDriverOps c = card;
            return c != null && c.canTransmit();
        }

        @Override
        public int reclaim() {
            NetDriverOps c = card;
            return c == null ? 0 : c.txQueue(index).reclaim();
        }

        @Override
        public void unbind() {
            card().ifPresent(c -> c.txQueue(index).unbind());
        }
    }
}
