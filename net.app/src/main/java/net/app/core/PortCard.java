package net.app.core;

import net.api.ForwardingOps;
import net.api.NetDriverOps;
import net.api.NetPort;
import net.api.RxQueue;
import net.api.TxQueue;

/**
 * A card as an application holds it: the same one while its driver is swapped. Its queues are the port's; everything else is that of the driver of the moment,
 * or of the one before, which may be closed. Any thread.
 */
public final class PortCard extends ForwardingOps {
    private final NetPort port;
    private volatile NetDriverOps now;

    /** @param now the card of the driver that is attached */
    public PortCard(NetPort port, NetDriverOps now) {
        this.port = port;
        this.now = now;
    }

    /**
     * Another driver was attached.
     *
     * @return true if an application may go on as if nothing had happened: it is the same port, and what was built on pool and capabilities is right still
     */
    public boolean goesOn(NetPort samePort, NetDriverOps next) {
        if (samePort != port || next.pool() != now.pool() || !next.capabilities().equals(now.capabilities())) {
            return false;
        }
        now = next;
        return true;
    }

    @Override
    protected NetDriverOps ops() {
        return now;
    }

    @Override
    public RxQueue rxQueue(int index) {
        return port.rxQueue(index);
    }

    @Override
    public TxQueue txQueue(int index) {
        return port.txQueue(index);
    }
}
