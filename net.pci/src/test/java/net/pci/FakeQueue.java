package net.pci;

import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.RxQueue;

/** A receive queue that has nothing, and can be closed. */
final class FakeQueue implements RxQueue {
    final String name;
    volatile boolean closed;

    FakeQueue(String name) {
        this.name = name;
    }

    @Override
    public int index() {
        return 0;
    }

    @Override
    public int size() {
        return 16;
    }

    @Override
    public int receive(NetBuf[] to, int from, int max) {
        if (closed) {
            throw new DevException(DevError.BAD_STATE, name + " is closed");
        }
        return 1;
    }

    @Override
    public boolean canReceive() {
        return !closed;
    }

    @Override
    public boolean await(long timeoutNanos) {
        return receive(null, 0, 0) == 1;
    }

    @Override
    public void unbind() {
    }
}
