package net.pci;

import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.RxQueue;
import net.api.TxQueue;

/** The port of one device. The manager {@link #open}s it for a driver's card and {@link #shut}s it before the driver's queues are closed. */
final class Port implements NetPort {
    private static final int QUEUES = 128;

    private final String device;
    private final PortRxQueue[] rx = new PortRxQueue[QUEUES];
    private final PortTxQueue[] tx = new PortTxQueue[QUEUES];
    private volatile NetDriverOps card;
    private long shutAt = System.nanoTime();
    private long pauseNanos;

    Port(String device) {
        this.device = device;
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public Optional<NetDriverOps> card() {
        return Optional.ofNullable(card);
    }

    @Override
    public synchronized RxQueue rxQueue(int index) {
        check(index);
        if (rx[index] == null) {
            rx[index] = new PortRxQueue(index);
            rx[index].become(rxOf(card, index));
        }
        return rx[index];
    }

    @Override
    public synchronized TxQueue txQueue(int index) {
        check(index);
        if (tx[index] == null) {
            tx[index] = new PortTxQueue(index);
            tx[index].become(txOf(card, index));
        }
        return tx[index];
    }

    private void check(int index) {
        if (index < 0 || index >= QUEUES) {
            throw new DevException(DevError.INVALID_PARAM, "the port of %s has no queue %d, only 0 to %d".formatted(device, index, QUEUES - 1));
        }
    }

    /** This card is there from now on. */
    synchronized void open(NetDriverOps now) {
        pass(now);
        pauseNanos = System.nanoTime() - shutAt;
    }

    /** No card is there from now on. */
    synchronized void shut() {
        if (card != null) {
            shutAt = System.nanoTime();
            pass(null);
        }
    }

    /** How long it was shut the last time, in nanoseconds. */
    synchronized long pauseNanos() {
        return pauseNanos;
    }

    private void pass(NetDriverOps now) {
        card = now;
        for (int i = 0; i < QUEUES; i++) {
            if (rx[i] != null) {
                rx[i].become(rxOf(now, i));
            }
            if (tx[i] != null) {
                tx[i].become(txOf(now, i));
            }
        }
    }

    private static RxQueue rxOf(NetDriverOps card, int index) {
        return card == null || index >= card.capabilities().rxQueues() ? null : card.rxQueue(index);
    }

    private static TxQueue txOf(NetDriverOps card, int index) {
        return card == null || index >= card.capabilities().txQueues() ? null : card.txQueue(index);
    }
}
