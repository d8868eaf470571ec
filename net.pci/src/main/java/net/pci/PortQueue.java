package net.pci;

import net.api.DevError;
import net.api.DevException;

/** What receive and transmit queues of a port have alike: the queue of the driver that is there, or none. */
abstract class PortQueue<Q> {
    private final int index;
    private volatile Q now;
    private volatile int size;

    PortQueue(int index) {
        this.index = index;
    }

    /** The driver's queue from now on; null while there is none. */
    final void become(Q queue) {
        now = queue;
        size = queue == null ? size : sizeOf(queue);
    }

    abstract int sizeOf(Q queue);

    /** The driver's queue, or null. */
    final Q now() {
        return now;
    }

    /** The queue of a driver that is leaving is an empty or a full one; everything else is the caller's business. */
    final void unlessLeft(Q queue, DevException e) {
        if (e.error() != DevError.BAD_STATE || now == queue) {
            throw e;
        }
    }

    public final int index() {
        return index;
    }

    public final int size() {
        return size;
    }
}
